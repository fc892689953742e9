"""One district on one A4 page: every scenario of the region, with and without the dams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api import __version__
from risk_api.i18n import Language, translate
from risk_api.reports.page import MARGIN, one_page, paragraph, table
from risk_api.reports.rows import count, minutes

if TYPE_CHECKING:
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
            *(paragraph(cell_text(row["strategies"].get(key), language), "cell") for key in strategies),
        ]
        for row in rows
    ]
    first = 0.24 * width
    each = (width - first) / len(strategies)
    lead = translate(language, "report.district.lead", population=count(document.get("population"), language))
    story = [
        paragraph(title, "title"),
        paragraph(lead, "text"),
        table([head, *body], [first, *[each] * len(strategies)]),
        paragraph(translate(language, "report.cell"), "small"),
        paragraph(translate(language, "report.limits.heading"), "heading"),
        paragraph(str(document["terrain_quality"]["statement"]), "text"),
        paragraph(" ".join(limits), "small"),
    ]
    return one_page(story, title=title, language=language, foot=_foot(document, region, language))


def cell_text(counts: Mapping[str, Any] | None, language: Language) -> str:
    """Return one scenario under one strategy in two lines, or that it is not computed yet."""
    if counts is None:
        return translate(language, "report.district.not_made")
    if counts["first_arrival_s"] is None:
        return translate(language, "page.districts.not_reached")
    exposed = count(counts["people_exposed"], language)
    key = "report.cell.people" if exposed != "0" else "report.cell.ground"
    return translate(
        language,
        key,
        minutes=minutes(counts["first_person_s"], language),
        exposed=exposed,
        affected=count(counts["people_affected"], language),
    )


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
