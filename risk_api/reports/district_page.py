"""One district on one A4 page: every scenario with and without the dams, and every named earthquake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api import __version__
from risk_api.i18n import DASH, Language, format_number, translate
from risk_api.reports.page import MARGIN, one_page, paragraph, table
from risk_api.reports.rows import cell_text, cells_of, count

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from geodata import Region


def district_pdf(
    document: Mapping[str, Any],
    region: Region,
    strategies: Mapping[str, str],
    limits: Sequence[str],
    language: Language,
) -> bytes:
    """Return the page.

    Parameters
    ----------
    document : mapping
        The answer of ``/v1/districts/{id}/risk``.
    region : Region
    strategies : mapping
        Names of the strategies by id, in the order of the columns.
    limits : sequence of str
        What is not covered, a sentence each.
    language : {"kk", "ru", "en"}
    """
    from reportlab.lib.pagesizes import A4

    width = A4[0] - 2 * MARGIN
    title = translate(language, "report.district.title", district=document["name"])
    head = [
        paragraph(translate(language, "report.district.scenario"), "head"),
        *(paragraph(name, "head") for name in strategies.values()),
    ]
    rows = sorted(document["mudflow"]["scenarios"], key=_soonest)
    body = [
        [
            paragraph(row["name"], "cell"),
            *(
                paragraph(cell_text(cell, language), "cell")
                for cell in cells_of([row["strategies"].get(key) for key in strategies], language)
            ),
        ]
        for row in rows
    ]
    first = 0.24 * width
    each = (width - first) / len(strategies)
    lead = translate(language, "report.district.lead", population=count(document.get("population"), language))
    story = [
        paragraph(title, "title"),
        paragraph(translate(language, "page.model_banner"), "warn"),
        paragraph(lead, "text"),
        table([head, *body], [first, *[each] * len(strategies)]),
        paragraph(translate(language, "report.cell"), "small"),
        *_earthquakes(document["earthquake"], width, language),
        paragraph(translate(language, "report.limits.heading"), "heading"),
        paragraph(str(document["terrain_quality"]["statement"]), "text"),
        paragraph(" ".join(limits), "small"),
    ]
    return one_page(story, title=title, language=language, foot=_foot(document, region, language))


def _earthquakes(part: Mapping[str, Any] | None, width: float, language: Language) -> list[Flowable]:
    """Return what named earthquakes do to the district, most dead first; nothing where nobody knows."""
    if part is None:
        return []
    keys = ("map.quake.pick", "map.quake.mmi", "quake.deaths", "quake.destroyed", "quake.displaced")
    rows = sorted(part["scenarios"], key=lambda one: (-one["both"]["deaths_night"]["mid"], str(one["id"])))
    body = [
        [
            paragraph(one["name"], "cell"),
            paragraph(_band(one["mmi"], language, 1), "cell"),
            *(
                paragraph(_band(one["both"][key], language), "cell")
                for key in ("deaths_night", "buildings_destroyed", "people_displaced")
            ),
        ]
        for one in rows
    ]
    head = [paragraph(translate(language, key), "head") for key in keys]
    return [
        paragraph(translate(language, "map.quake.heading"), "heading"),
        table([head, *body], [0.28 * width, *[0.18 * width] * 4]),
        paragraph(part["bands"], "small"),
    ]


def _band(band: Mapping[str, float], language: Language, decimals: int | None = None) -> str:
    """Return the middle and its ends in brackets; people and buildings with two significant figures."""
    mid, low, high = (
        count(band[key], language) if decimals is None else format_number(band[key], language, decimals)
        for key in ("mid", "low", "high")
    )
    return f"{mid} ({low}{DASH}{high})"


def _soonest(row: Mapping[str, Any]) -> tuple[float, str]:
    times = [
        counts["first_person_s"]
        for counts in row["strategies"].values()
        if counts is not None and counts["first_person_s"] is not None
    ]
    return (min(times, default=float("inf")), str(row["id"]))


def _foot(document: Mapping[str, Any], region: Region, language: Language) -> str:
    runs = dict.fromkeys(
        f"{row['id']} {counts['run_id']}"
        for row in document["mudflow"]["scenarios"]
        for counts in row["strategies"].values()
        if counts is not None
    )
    return translate(
        language,
        "report.foot",
        runs="; ".join(runs),
        scheme=document["mudflow"]["scheme"],
        software=f"selrisk {__version__}",
        region=f"{region.id} {region.version[:12]}",
        credits="; ".join(dict.fromkeys(str(credit["text"]) for credit in region.credits)),
    )
