"""What a dam did in a run, as its record in ``run.json`` says it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from risk_api.runs.outcome import outcome_of

if TYPE_CHECKING:
    from dam_models import BreachRecord, DamRecord


def dam_summary(
    record: "DamRecord", described: dict[str, Any], round_m3: float | None = None
) -> dict[str, Any]:
    """How a dam was placed and what it did, in plain values; what never happened is null.

    Parameters
    ----------
    record : DamRecord
        What the engine recorded.
    described : dict
        How the dam was placed (`PlacedDams.described`).
    round_m3 : float, optional
        What went round it (`passed_round_m3`); None where nothing is counted below it.
    """
    return described | {
        "capacity_on_grid_m3": number(record.capacity_m3),
        "inflow_m3": number(record.inflow_m3),
        "overflow_m3": number(record.overflow_m3),
        "passed_m3": number(record.passed_m3),
        "round_m3": None if round_m3 is None else number(round_m3),
        "stored_m3": number(record.stored_end_m3),
        "stored_max_m3": number(record.stored_max_m3),
        "entrained_m3": number(record.entrained_m3),
        "deposited_m3": number(record.deposited_m3),
        "solids_in_m3": number(record.solids_in_m3),
        "solids_out_m3": number(record.solids_out_m3),
        "peak_inflow_m3_s": number(record.inflow_m3_s.max()),
        "peak_outflow_m3_s": number((record.overflow_m3_s + record.passed_m3_s).max()),
        "freeboard_min_m": number(record.freeboard_min_m, 2),
        "level_max_m": number(record.level_max_m, 2),
        "first_inflow_s": number(record.first_inflow_s),
        "first_overflow_s": number(record.first_overflow_s),
        "outcome": outcome_of(
            record.inflow_m3,
            record.overflow_m3,
            record.passed_m3,
            described["state"],
            breached=record.breach is not None and record.breach.started,
        ),
        "changes": [{"time_s": number(one.time_s), "state": one.state} for one in record.changes],
        "breach": _breach(record.breach) if record.breach is not None else None,
        "passages": [
            {
                "passed_m3": number(one.passed_m3),
                "solids_passed_m3": number(one.solids_passed_m3),
                "peak_m3_s": number(one.peak_m3_s),
                "first_passed_s": number(one.first_passed_s),
                "arrived_solids_m3": number(one.arrived_solids_m3),
                "blocked_share_end": number(one.blocked_share_end, 3),
                "half_blocked_s": number(one.half_blocked_s),
                "mostly_blocked_s": number(one.mostly_blocked_s),
            }
            for one in record.openings
        ],
        "series": {
            "time_s": record.time_s.round(1).tolist(),
            "inflow_m3_s": record.inflow_m3_s.round(2).tolist(),
            "overflow_m3_s": record.overflow_m3_s.round(2).tolist(),
            "passed_m3_s": record.passed_m3_s.round(2).tolist(),
            "stored_m3": record.stored_m3.round(0).tolist(),
            "level_m": [number(level, 2) for level in record.level_m],
        }
        | (_breach_series(record.breach) if record.breach is not None else {}),
    }


def _breach(breach: "BreachRecord") -> dict[str, Any]:
    return {
        "kind": breach.kind,
        "started": breach.started,
        "start_s": number(breach.start_s),
        "full_depth_s": number(breach.full_depth_s),
        "formation_s": number(breach.formation_s),
        "peak_m3_s": number(breach.peak_m3_s),
        "peak_s": number(breach.peak_s),
        "outflow_m3": number(breach.outflow_m3),
        "bottom_elevation_m": number(breach.final_bottom_elevation_m, 2),
        "bottom_width_m": number(breach.final_bottom_width_m),
        "top_width_m": number(breach.final_top_width_m),
        "eroded_m3": number(breach.eroded_m3),
        "eroded_fill_m3": number(breach.eroded_fill_m3),
        "largest_shear_pa": number(breach.largest_shear_pa),
    }


def _breach_series(breach: "BreachRecord") -> dict[str, Any]:
    return {
        "breach_m3_s": breach.discharge_m3_s.round(2).tolist(),
        "breach_bottom_elevation_m": [number(level, 2) for level in breach.bottom_elevation_m],
        "breach_bottom_width_m": breach.bottom_width_m.round(2).tolist(),
        "breach_eroded_m3": breach.eroded_series_m3.round(1).tolist(),
    }


def number(value: float, digits: int = 1) -> float | None:
    """A number that is one, rounded; None for what never was."""
    return round(float(value), digits) if np.isfinite(value) else None
