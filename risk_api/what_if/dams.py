"""The dams that a simulation is about: what they are, what they hold by the terrain, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from risk_api.dam_on_grid import dam_on_grid, river_bed_m, state_of
from risk_api.dam_records import holds_more_than_level
from risk_api.i18n import Language, translate
from risk_api.named_dams import dam_name
from risk_api.runs.changes import weir_below_crest_m
from risk_api.what_if.told import what_it_did

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.runs import Run

#: What a dam did, as the run's record names it.
_RECORD: Final = (
    "outcome",
    "inflow_m3",
    "stored_m3",
    "stored_max_m3",
    "passed_m3",
    "overflow_m3",
    "round_m3",
    "peak_inflow_m3_s",
    "peak_outflow_m3_s",
    "freeboard_min_m",
    "level_max_m",
    "first_inflow_s",
    "first_overflow_s",
    "solids_in_m3",
    "solids_out_m3",
    "changes",
    "passages",
    "breach",
)


def asked_dams(run: Run) -> list[str]:
    """Ids of the dams that were drawn or changed, in the order of the flow."""
    inputs = run.summary["inputs"]
    asked = {*inputs.get("own_dams", {}), *inputs.get("changes", {})}
    return [dam_id for dam_id in inputs["dam_order"] if dam_id in asked]


def dam_json(run: Run, dam_id: str, region: Region, language: Language) -> dict[str, Any]:
    """Return a drawn or changed dam with its storage curve and its record.

    Parameters
    ----------
    run : Run
        The run with the dam.
    dam_id : str
        One of `asked_dams`.
    """
    record = next(dam for dam in run.dams if dam["id"] == dam_id)
    inputs = run.summary["inputs"]
    own = inputs.get("own_dams", {}).get(dam_id)
    state = state_of(dam_id, inputs)
    weir = state.get("weir")
    crest = record.get("crest_elevation_m")
    storage = record["storage"]
    spill = None if crest is None else round(crest - max(0.0, weir_below_crest_m(state) or 0.0), 2)
    site = region.dam_sites.get(dam_id)
    # The river bed that heights are given above; the cell of a run can lie a little higher or lower.
    bed = river_bed_m(dam_id, inputs, region)
    bed = record["bed_elevation_m"] if bed is None else bed
    outcome = record.get("outcome")
    openings = record.get("openings", [record["opening"]] if record.get("opening") else [])
    return {
        "id": dam_id,
        "name": dam_name(dam_id, region, language),
        "own": own is not None,
        "change": None if own else inputs["changes"][dam_id],
        "river": own["river"] if own else (site.river if site is not None else None),
        "axis": {"type": "LineString", "coordinates": own["axis_lonlat"]} if own else None,
        "state": record["state"],
        "bed_elevation_m": bed,
        "crest_elevation_m": crest,
        "height_m": None if crest is None else round(crest - bed, 2),
        "spill_elevation_m": spill,
        "crest_length_m": record["crest_length_m"],
        "openings": openings,
        "weir": weir,
        "breach": state.get("breach"),
        "capacity_m3": record.get("capacity_on_grid_m3"),
        "on_grid": dam_on_grid(record, inputs, region).as_json(),
        "storage": {
            "source": "terrain",
            "text": translate(language, "answer.simulation.storage"),
            "level_m": storage["level_m"],
            "volume_m3": storage["volume_m3"],
        },
        "highest_level_m": record.get("level_max_m"),
        "record": {key: record.get(key) for key in _RECORD} | {"series": record.get("series")},
        "outcome_text": translate(language, f"dam_outcome.{outcome}") if outcome else None,
        "told": what_it_did(record, openings, language),
        "note": translate(language, "answer.dam.steep") if holds_more_than_level(record) else None,
    }


def volume_at(storage: Mapping[str, Any], level_m: float) -> float:
    """Volume of a storage curve below a level, m3; straight between its points."""
    levels, volumes = storage["level_m"], storage["volume_m3"]
    if level_m <= levels[0]:
        return 0.0
    for low, high, below, above in zip(levels, levels[1:], volumes, volumes[1:], strict=False):
        if level_m <= high:
            return float(below + (above - below) * (level_m - low) / (high - low))
    return float(volumes[-1])
