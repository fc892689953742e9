"""``selrisk report``: a page, a workbook, a GeoPackage or a bundle as a file; missing runs are made first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geodata import open_region
from risk_api.alerts.clock import now
from risk_api.answers import Answers
from risk_api.command_line.output import console
from risk_api.command_line.runs import make_runs
from risk_api.errors import BadParameter
from risk_api.i18n import LANGUAGES, Language
from risk_api.layers import LayerStore
from risk_api.parameters import parse_choice, parse_language, parse_list
from risk_api.reports.bundle import VALID_DAYS, bundle
from risk_api.reports.files import FORMATS, archives, scenario_file
from risk_api.reports.material import Material, material
from risk_api.runs import RunStore
from risk_api.tiles.store import TileStore

if TYPE_CHECKING:
    from risk_api.settings import Settings

#: Kinds of file; a bundle is of all languages.
KINDS: Final = (*FORMATS, "zip")


def report_command(
    settings: Settings,
    scenario: str,
    strategies: str | None,
    quality: str | None,
    cell_size_m: float | None,
    language: str,
    out: Path | None,
    kind: str | None,
) -> None:
    """Write one report; what kind is said, or the end of the file's name says it.

    Raises
    ------
    BadParameter
        If the kind or the language is none of those there are, or the file's folder does not exist.
    """
    chosen = parse_language(language)
    kind = kind or (out.suffix.removeprefix(".") if out is not None else "pdf")
    kind = parse_choice("format", kind, KINDS)
    path = out or Path(f"{scenario}-{chosen}.{kind}")
    if not path.absolute().parent.is_dir():
        raise BadParameter(
            "out",
            f"the folder {path.parent} does not exist",
            reason_key="folder",
            folder=str(path.parent),
        )
    region = open_region(settings.region)
    store = RunStore(settings.runs_dir)
    answers, layers = Answers(region, store), LayerStore(region)
    question = answers.question(
        scenario, parse_list("strategies", strategies, ()), None, cell_size_m, quality
    )
    missing = answers.missing(question)
    if missing:
        make_runs(region, store, missing, settings.max_run_memory_mb)
    comparison = answers.comparison(question)

    def gather(code: Language) -> Material:
        return material(comparison, answers, region, layers, store, code)

    if kind == "zip":
        today = now().date()
        found = {code: gather(code) for code in LANGUAGES}
        tiles = TileStore(settings.tiles_dir, region, layers, store)
        body = bundle(
            found, region.crs, today, today + timedelta(days=VALID_DAYS), archives(tiles, found["en"])
        )
    else:
        body = scenario_file(gather(chosen), region.crs, kind)
    path.write_bytes(body)
    console().print(f"wrote {path} ({len(body):,} bytes)", soft_wrap=True)
