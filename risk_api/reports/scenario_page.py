"""One scenario on one A4 page: districts first, then what the dams do, the map, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from risk_api.i18n import format_number, translate
from risk_api.reports.colours import class_colours
from risk_api.reports.page import MARGIN, one_page, paragraph, table
from risk_api.reports.rows import cell_text, city_row, dam_lines, district_rows
from risk_api.reports.small_map import small_map

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from risk_api.reports.material import Material


def scenario_pdf(found: Material, crs: str, limits: Sequence[str]) -> bytes:
    """Return the page.

    Parameters
    ----------
    found : Material
    crs : str
        Metric system of the maps.
    limits : sequence of str
        What is not covered, a sentence each.
    """
    from reportlab.lib.pagesizes import A4

    language = found.language
    width = A4[0] - 2 * MARGIN
    title = translate(language, "report.scenario.title", scenario=found.members["scenario"]["name"])
    story = [
        paragraph(title, "title"),
        paragraph(translate(language, "page.model_banner"), "warn"),
        paragraph(_lead(found), "text"),
        _districts(found, width),
        paragraph(translate(language, "report.cell"), "small"),
        *_dams(found, width),
        paragraph(translate(language, "report.map.heading"), "heading"),
        _maps(found, crs, width),
        _legend(found, width),
        paragraph(translate(language, "report.limits.heading"), "heading"),
        paragraph(confidence(found), "text"),
        paragraph(" ".join(limits), "small"),
    ]
    return one_page(story, title=title, language=language, foot=foot(found))


def _lead(found: Material) -> str:
    scenario = found.members["scenario"]
    return translate(
        found.language,
        "report.lead",
        volume=format_number(scenario["mudflow_m3"]["value"], found.language),
        trigger=translate(found.language, f"trigger.{scenario['trigger']}"),
    )


def confidence(found: Material) -> str:
    """Return the line that says what the numbers rest on."""
    quality, terrain = found.members["quality"], found.members["terrain_quality"]
    text = translate(
        found.language,
        "report.confidence",
        cell=format_number(quality["cell_size_m"], found.language),
        quality=quality["text"],
        terrain=terrain["statement"],
    )
    # The newest of the runs, to the minute: when the report itself was made would change its bytes.
    made = max(str(run["created"]) for run in found.members["lineage"]["runs"].values())
    computed = translate(found.language, "map.confidence.computed", time=made[:16].replace("T", " "))
    return f"{text} {computed}"


def credit_line(found: Material) -> str:
    """Return whose data it is, as they ask to be named: in English whatever the language of the report."""
    return "; ".join(dict.fromkeys(str(credit["text"]) for credit in found.members["credits"]))


def foot(found: Material) -> str:
    """Return the line that every number can be traced by."""
    lineage = found.members["lineage"]
    runs = "; ".join(f"{strategy['id']} {strategy['run_id']}" for strategy in found.strategies)
    return translate(
        found.language,
        "report.foot",
        runs=runs,
        scheme=found.members["scheme"]["id"],
        software=lineage["software"],
        region=f"{lineage['region']} {lineage['region_version'][:12]}",
        credits=credit_line(found),
    )


def _districts(found: Material, width: float) -> Flowable:
    language = found.language
    head = [
        paragraph(translate(language, "page.districts.district"), "head"),
        *(paragraph(strategy["name"], "head") for strategy in found.strategies),
    ]
    body = [
        [
            paragraph(row.name, "cell"),
            *(paragraph(cell_text(cell, language), "cell") for cell in row.cells),
        ]
        for row in district_rows(found)
    ]
    city = city_row(found)
    last = [
        paragraph(city.name, "head"),
        *(paragraph(cell_text(cell, language), "head") for cell in city.cells),
    ]
    first = 0.2 * width
    each = (width - first) / len(found.strategies)
    return table([head, *body, last], [first, *[each] * len(found.strategies)])


def _dams(found: Material, width: float) -> list[Flowable]:
    lines = dam_lines(found)
    language = found.language
    heading = paragraph(translate(language, "page.dams.volumes"), "heading")
    if not lines:
        return [heading, paragraph(translate(language, "page.dams.none"), "text")]
    keys = ("dam", "strategy", "state", "inflow", "stored", "passed", "overflow")
    head = [paragraph(translate(language, f"page.dams.{key}"), "head") for key in keys]
    body = [[paragraph(getattr(line, key), "cell") for key in keys] for line in lines]
    shares = (0.18, 0.21, 0.13, 0.11, 0.11, 0.15, 0.11)
    return [heading, table([head, *body], [share * width for share in shares])]


def map_strategies(found: Material) -> list[dict[str, Any]]:
    """Return the strategies whose maps are shown, as on the page: the first, and the next of another run."""
    first, *others = found.strategies
    return [first, *[one for one in others if one["run_id"] != first["run_id"]][:1]]


def _maps(found: Material, crs: str, width: float) -> Flowable:
    shown = map_strategies(found)
    gap = 8.0
    each = (width - gap * (len(shown) - 1)) / len(shown)
    height = min(230.0, 0.8 * each)
    cells = [small_map(found, one["id"], crs, each - 5.0, height) for one in shown]
    names = [paragraph(one["name"], "head") for one in shown]
    plain = [("LINEBELOW", (0, 0), (-1, -1), 0, "#ffffff")]
    return table([names, cells], [each] * len(shown), plain)


def _legend(found: Material, width: float) -> Flowable:
    from reportlab.lib.colors import HexColor

    classes = found.members["scheme"]["classes"]
    colours = class_colours(found.members["scheme"]["id"])
    row: list[Any] = []
    widths: list[float] = []
    extra: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0, HexColor("#ffffff"))]
    for index, (entry, colour) in enumerate(zip(classes, colours, strict=True)):
        row += ["", paragraph(entry["name"], "small")]
        widths += [10.0, (width - 10.0 * len(classes)) / len(classes)]
        extra.append(("BACKGROUND", (2 * index, 0), (2 * index, 0), HexColor(colour)))
    return table([row], widths, extra)
