"""Where the numbers of a report come from, as rows: scenario, runs, assumptions, credits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import translate

if TYPE_CHECKING:
    from risk_api.reports.material import Material

ABOUT_COLUMNS: Final = ("title", "value", "low", "high", "unit", "why")


def about_rows(found: Material) -> Iterable[dict[str, Any]]:
    """Yield a row per thing that a reader has to know to trust the numbers: `ABOUT_COLUMNS`."""
    members = found.members
    lineage, terrain = members["lineage"], members["terrain_quality"]

    def title(key: str, **params: str) -> str:
        return translate(found.language, key, **params)

    yield {"title": title("page.model_banner")}
    yield {
        "title": title("page.scenarios.scenario"),
        "value": members["scenario"]["id"],
        "why": members["scenario"]["name"],
    }
    yield {
        "title": title("page.form.scheme"),
        "value": members["scheme"]["id"],
        "why": members["scheme"]["source"],
    }
    yield {
        "title": title("process.input.quality.title"),
        "value": members["quality"]["id"],
        "why": members["quality"]["text"],
    }
    yield {
        "title": title("workbook.cell_size_m"),
        "value": members["quality"]["cell_size_m"],
        "unit": title("tiles.unit.m"),
    }
    yield {"title": title("page.sure.terrain"), "value": terrain["source"], "why": terrain["statement"]}
    yield {"title": title("workbook.software"), "value": lineage["software"]}
    yield {
        "title": title("workbook.region"),
        "value": lineage["region"],
        "why": lineage["region_version"],
    }
    for strategy in found.strategies:
        yield {
            "title": title("workbook.run", strategy=strategy["id"]),
            "value": strategy["run_id"],
            "why": strategy["name"],
        }
    for assumption in members["assumptions"]:
        yield {key: assumption.get(key) for key in ABOUT_COLUMNS}
    for credit in members["credits"]:
        yield {"title": title("page.credits.heading"), "value": credit["licence"], "why": credit["text"]}
