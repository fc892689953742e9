"""``selrisk dam try``: a dam drawn on the command line, what it holds, and what it changes by district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from rich.table import Table

from geodata import open_region
from risk_api.answers import Answers
from risk_api.command_line.asked_dam import from_model, in_options
from risk_api.command_line.output import console, write_json
from risk_api.command_line.runs import make_runs
from risk_api.errors import BadParameter
from risk_api.i18n import Language, format_number, translate
from risk_api.layers import LayerStore
from risk_api.parameters import finite, parse_language
from risk_api.runs import RunStore
from risk_api.serialise.rounding import shown_count
from risk_api.what_if import SimulationBody, WhatIf
from risk_api.what_if.answer import simulation_json
from risk_api.what_if.drawing import storage_svg

if TYPE_CHECKING:
    from risk_api.settings import Settings


#: What stands after ``--state KIND=``.
_STATE_FIGURES = {
    "unfinished": ("built_share",),
    "clogged": ("blocked_share",),
    "silted": ("volume_m3",),
    "damaged": ("settlement_m",),
    "breached": ("bottom_share", "bottom_width_m"),
}


def own_dam(
    axis: str,
    height: float | None,
    crest: float | None,
    openings: Sequence[str],
    weir: str | None,
    state: str,
    name: str | None,
    clogging: str | None = None,
    breach: Mapping[str, Any] | None = None,
    gate: str | None = None,
    siphons: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a dam as `SimulationBody` takes it, from the options of the command line.

    Raises
    ------
    BadParameter
        Naming the option that cannot be read.
    """
    numbers = _numbers("--axis", axis)
    if len(numbers) % 2:
        raise BadParameter("--axis", "a latitude is needed for each longitude: lon,lat,lon,lat")
    kind, equals, told = state.partition("=")
    dam: dict[str, Any] = {
        "axis": [list(point) for point in zip(numbers[::2], numbers[1::2], strict=True)],
        "openings": [_opening(text) for text in openings],
        "state": kind,
    }
    given = {"id": name, "height_m": height, "crest_elevation_m": crest}
    dam |= {key: value for key, value in given.items() if value is not None}
    if equals:
        names = _STATE_FIGURES.get(kind, ())
        numbers = _numbers("--state", told, least=len(names) or 1, most=len(names) or 1)
        dam |= dict(zip(names, numbers, strict=True)) if names else {"built_share": numbers[0]}
    if clogging is not None:
        law = dict(
            zip(
                ("largest_share", "solids_m3_per_m2"),
                _numbers("--clogs", clogging, least=1, most=2),
                strict=False,
            )
        )
        for one in dam["openings"]:
            one["clogging"] = law
    if gate is not None:
        table = _gate(gate)
        for one in dam["openings"]:
            one["gate"] = table
    dam["openings"] += [_siphon(text) for text in siphons]
    if breach is not None:
        dam["breach"] = breach
    if weir is not None:
        width, drop = _numbers("--weir", weir, most=2, least=2)
        dam["weir"] = {"width_m": width, "below_crest_m": drop}
    return dam


def breach_of(
    breach: str | None, soil: str | None, erodible: str | None, crest_width: float | None, slopes: str | None
) -> dict[str, Any] | None:
    """Return a breach as `BreachBody` takes it; None where none is asked for.

    Raises
    ------
    BadParameter
        Naming the option that cannot be read, or that needs ``--breach`` beside it.
    """
    given: dict[str, Any] = {"soil": soil, "erodible": erodible, "crest_width_m": crest_width}
    given = {key: value for key, value in given.items() if value is not None}
    if slopes is not None:
        given |= dict(
            zip(
                ("upstream_slope", "downstream_slope"),
                _numbers("--slopes", slopes, least=2, most=2),
                strict=True,
            )
        )
    if breach is None:
        if given:
            raise BadParameter("--breach", "soil and form of a fill count only where it can breach")
        return None
    kind, equals, pipe = breach.partition("=")
    given["kind"] = kind
    if equals:
        given |= dict(
            zip(
                ("pipe_above_bed_m", "pipe_diameter_m"),
                _numbers("--breach", pipe, least=1, most=2),
                strict=False,
            )
        )
    return given


def _opening(text: str) -> dict[str, Any]:
    numbers = _numbers("--opening", text, most=2, least=1)
    return dict(zip(("area_m2", "sill_above_bed_m"), numbers, strict=False))


def _gate(text: str) -> dict[str, Any]:
    numbers = _numbers("--gate", text)
    if len(numbers) % 2:
        raise BadParameter("--gate", "a share is needed for each time: seconds,share,seconds,share")
    return {"time_s": numbers[::2], "open_share": numbers[1::2]}


def _siphon(text: str) -> dict[str, Any]:
    area, outlet, priming, breaking = _numbers("--siphon", text, most=4)
    levels = {"priming_above_bed_m": priming, "breaking_above_bed_m": breaking}
    return {"area_m2": area, "sill_above_bed_m": outlet, "siphon": levels}


def _numbers(option: str, text: str, *, least: int = 4, most: int = 100) -> list[float]:
    numbers = [finite(option, part.strip()) for part in text.split(",")]
    if not least <= len(numbers) <= most:
        raise BadParameter(option, f"{least} numbers with commas between are needed")
    return numbers


def dam_try_command(
    settings: Settings, given: Mapping[str, Any], svg: Path | None, language: str, as_json: bool
) -> None:
    """Make both runs, or find them, and show what the dam would do.

    Raises
    ------
    RiskError
        With the field and the reason, before anything is run.
    """
    chosen = parse_language(language)
    try:
        asked = SimulationBody.model_validate(dict(given))
    except ValidationError as error:
        raise from_model(error, chosen) from None
    region = open_region(settings.region)
    store = RunStore(settings.runs_dir)
    answers = Answers(region, store)
    try:
        specs = WhatIf(region, answers).specs(asked, any_cell_size=True)
    except BadParameter as error:
        raise in_options(error) from None
    missing = [spec for spec in specs.values() if not store.has(spec.id)]
    if missing:
        make_runs(region, store, missing, settings.max_run_memory_mb)
    districts = LayerStore(region).layer("districts")
    document = simulation_json(region, store, answers, specs, districts, "buwal", chosen)
    if svg is not None:
        svg.write_bytes(storage_svg(document["dams"][0], chosen))
    if as_json:
        write_json(document)
        return
    _show(document, chosen)
    if svg is not None:
        console().print(translate(chosen, "cli.try.saved", path=str(svg)), soft_wrap=True)


def _show(document: Mapping[str, Any], language: Language) -> None:
    screen = console()

    def number(value: float | None, decimals: int = 0) -> str:
        return format_number(value, language, decimals)

    for dam in document["dams"]:
        record = dam["record"]
        screen.print(f"{translate(language, 'cli.try.dam')} {dam['name']}", markup=False)
        screen.print(
            translate(
                language,
                "cli.try.height",
                height=number(dam["height_m"], 1),
                crest=number(dam["crest_elevation_m"], 1),
                length=number(dam["crest_length_m"]),
                spill=number(dam["spill_elevation_m"], 1),
            )
        )
        screen.print(translate(language, "cli.try.holds", capacity=number(dam["capacity_m3"])))
        screen.print(
            translate(
                language,
                "cli.try.record",
                outcome=dam["outcome_text"] or "-",
                inflow=number(record["inflow_m3"]),
                stored=number(record["stored_m3"]),
                passed=number(record["passed_m3"]),
                overflow=number(record["overflow_m3"]),
                freeboard=number(record["freeboard_min_m"], 1),
            ),
            soft_wrap=True,
        )
        for line in dam["told"]:
            screen.print(line, soft_wrap=True)
        curve = Table(translate(language, "drawing.level"), translate(language, "drawing.volume"))
        storage = dam["storage"]
        pairs = list(zip(storage["level_m"], storage["volume_m3"], strict=True))
        for level, volume in pairs[:: max(1, len(pairs) // 8)]:
            curve.add_row(number(level, 1), number(volume / 1e6, 3))
        screen.print(curve)
    table = Table(
        translate(language, "page.districts.district"),
        *(translate(language, f"cli.try.{key}") for key in ("without", "with", "difference")),
        title=document["scenario"]["name"],
    )
    for feature in document["features"]:
        properties = feature["properties"]
        without, with_it = (properties["strategies"][key]["people_exposed"] for key in ("without", "with"))
        between = properties["differences"]["without..with"]
        change = format_number(between["people_exposed"], language, signed=True)
        table.add_row(
            feature["properties"][f"name_{language}"],
            number(shown_count(without)),
            number(shown_count(with_it)),
            f"{change}  {between['cause']['text']}",
        )
    screen.print(table)
    for note in (*document["warnings"], *document["notes"], document["quality"]["text"]):
        screen.print(note)
    screen.print(translate(language, "page.model_banner"))
