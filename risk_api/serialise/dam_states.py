"""Which states the dams of an answer were in, who says so, and which figures contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api.dam_on_grid import grid_warnings
from risk_api.i18n import Language, format_number, translate
from risk_api.runs.states import state_in

if TYPE_CHECKING:
    from geodata import CapacityDoubt, DamSite, DamState, Region, Scenario


def state_json(state: DamState, language: Language) -> dict[str, Any]:
    """Return a dam's state: kind, first day, figures with their ranges, who said so and when."""
    return {"text": translate(language, f"dam_state.{state.kind}"), **state.as_dict()}


def states_json(
    region: Region, scenario: Scenario, strategy_id: str, dams: Iterable[str], language: Language
) -> list[dict[str, Any]]:
    """Return the states that a strategy's run used, a dam each, in the order that the flow meets them."""
    return [
        {
            "dam": dam,
            "name": region.dam_sites[dam].names[language],
            **state_json(state_in(region, scenario, strategy_id, dam), language),
        }
        for dam in dams
        if dam in region.dam_sites
    ]


def dam_warnings(
    region: Region,
    records: Mapping[str, Sequence[Mapping[str, Any]]],
    inputs: Mapping[str, Mapping[str, Any]],
    language: Language,
) -> list[str]:
    """Return what contradicts itself about the dams that stand in some run, and what its cells made of them.

    Parameters
    ----------
    region : Region
    records : mapping
        Dam records of each strategy's run.
    inputs : mapping
        The ``inputs`` of each strategy's run.
    """
    found: dict[str, None] = {}
    for strategy, record in ((name, record) for name, run in records.items() for record in run):
        if record["state"] == "absent":
            continue
        site = region.dam_sites.get(str(record["id"]))
        if site is not None and record.get("storage_factor"):
            on_grid = record["capacity_published_m3"] / record["storage_factor"]
            found.update(dict.fromkeys(capacity_warnings(region, site, on_grid, language)))
        found.update(dict.fromkeys(grid_warnings(record, inputs[strategy], region, language)))
    return list(found)


def capacity_warnings(region: Region, site: DamSite, terrain_m3: float, language: Language) -> list[str]:
    """Return what contradicts a dam's height, given what the ground holds behind the whole of it, m3."""
    from geodata import capacity_doubts

    fitted_on_m = region.run_cell_size_m
    return [_sentence(site, doubt, fitted_on_m, language) for doubt in capacity_doubts(site, terrain_m3)]


def _sentence(site: DamSite, doubt: CapacityDoubt, fitted_on_m: float, language: Language) -> str:
    def number(value: float, decimals: int = 0) -> str:
        return format_number(value, language, decimals)

    moved = {} if doubt.moved_m is None else {"moved": number(doubt.moved_m), "cell": number(fitted_on_m)}
    return translate(
        language,
        "answer.dam.capacity_moved" if moved else "answer.dam.capacity_doubt",
        dam=site.names[language],
        source=doubt.source,
        published=number(doubt.published_m3),
        terrain=number(float(f"{doubt.terrain_m3:.2g}")),
        height=number(doubt.height_m),
        factor=number(doubt.factor, 1),
        **moved,
    )
