"""Options that several commands take: a name, a type and a sentence each, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON on stdout, for machines.")]
RegionOption = Annotated[
    str | None, typer.Option(help="almaty, or a folder with region.toml. [env: RISK_REGION]")
]
DataDirOption = Annotated[
    Path | None, typer.Option(help="Where runs and state are kept. [env: RISK_DATA_DIR]")
]
LanguageOption = Annotated[str, typer.Option("--lang", help="Language of names and causes: kk, ru or en.")]
CellSizeOption = Annotated[float | None, typer.Option("--cell-size", help="Cell size of the runs, m.")]
QualityOption = Annotated[
    str | None,
    typer.Option("--quality", help="final (default), or preview: first order, cells twice as large."),
]
StrategiesOption = Annotated[
    str | None,
    typer.Option(help="Strategy ids with commas between; default: all; on:YYYY-MM-DD is a day's dams."),
]
ScenariosOption = Annotated[
    str | None, typer.Option(help="Events with commas between; default: every event once.")
]
ReferenceOption = Annotated[
    str | None, typer.Option(help="Strategy that is judged against; default: no-dams.")
]
FrequenciesOption = Annotated[
    str | None, typer.Option(help="Per year, scenario:0.01 with commas between; else published or counted.")
]
MeasureOption = Annotated[str | None, typer.Option(help="exposed (default) or affected.")]
SchemeOption = Annotated[str | None, typer.Option(help="Class scheme: buwal or arr.")]
