"""The lake outburst of 15 July 1973, bulked both ways: the table of docs/bulking-and-entrainment.md.

python -m benchmarks.entrainment_1973     about ten minutes on one core
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from dam_models import ErodibleBed, FlowResult, Settings, simulate
from geodata import Region, open_region
from risk_api.runs import plan
from risk_api.runs.eroding import erodible_of
from risk_api.runs.make import REST_SPEED_M_S, rheology_of
from risk_api.runs.placing import place_dams, release_of

DURATION_S = 3 * 3600.0
"""Published is how full the basin was within three hours."""

VARIANTS: tuple[tuple[str, dict[str, float], dict[str, float], dict[str, float]], ...] = (
    ("as in the service", {}, {}, {}),
    ("pores 0.6 full", {"saturation": 0.6}, {}, {}),
    ("pores 0.9 full", {"saturation": 0.9}, {}, {}),
    ("pores full", {"saturation": 1.0}, {}, {}),
    ("700 m3 per metre, pores full", {"saturation": 1.0, "volume_m3_per_m": 700.0}, {}, {}),
    ("500,000 m3 of water", {}, {"water_m3": 500_000.0, "peak_discharge_m3_s": 556.0}, {}),
    ("rate 0.01 m/s", {"rate_m_s": 0.01}, {}, {}),
    ("rate 0.05 m/s", {"rate_m_s": 0.05}, {}, {}),
    ("critical shear 500 Pa", {"critical_shear_pa": 500.0}, {}, {}),
    ("critical shear 2000 Pa", {"critical_shear_pa": 2000.0}, {}, {}),
    ("depth limit of 0.1 m/kPa", {}, {}, {"depth_per_shear_m_kpa": 0.1}),
    ("depth limit of 1 m/kPa", {}, {}, {"depth_per_shear_m_kpa": 1.0}),
)
"""Name, what is changed of the erosion, of the release, and of the bed."""


def run(
    region: Region, values: Mapping[str, Any], bed: Mapping[str, float]
) -> tuple[FlowResult, ErodibleBed | None]:
    """Three hours of a planned run, without counting."""
    grid = region.terrain(values["cell_size_m"])
    placed = place_dams(region, grid, values)
    erodible = erodible_of(region, grid, values)
    if erodible is not None:
        erodible = dataclasses.replace(erodible, **bed)
    result = simulate(
        placed.bed_m,
        grid.cell_size_m,
        [release_of(region, grid, values["scenario"])],
        rheology_of(dict(values)),
        placed.dams,
        duration_s=DURATION_S,
        settings=Settings(order=values["order"], rest_speed_m_s=REST_SPEED_M_S),
        erodible=erodible,
    )
    return result, erodible


def row(name: str, result: FlowResult, erodible: ErodibleBed | None, water_m3: float) -> str:
    """A row of the table: volumes in million m3."""
    medeu = next(dam for dam in result.dams if dam.name == "medeu")
    mudflow = result.budget.released_m3 + result.budget.entrained_m3
    record, cap = result.entrainment, "-"
    if record is not None and erodible is not None:
        cap = "not reached"
        if record.cap_bound:
            largest = erodible.largest_mixture_m3(water_m3)
            cap = f"{record.cap_bound_cells} of {record.eroded_cells} cells"
            cap += f" from {record.cap_first_s / 60:.0f} min; at most {largest / 1e6:.1f}"
    cells = (
        name,
        f"{water_m3 / 1e6:.3f}",
        f"{mudflow / 1e6:.2f}",
        f"{medeu.inflow_m3 / 1e6:.2f}",
        f"{medeu.stored_m3[-1] / 1e6:.2f} ({100 * medeu.stored_m3[-1] / medeu.capacity_m3:.0f} %)",
        f"{medeu.inflow_m3_s.max():.0f}",
        f"{medeu.solids_in_m3 / max(medeu.inflow_m3, 1.0):.2f}",
        f"{medeu.first_inflow_s / 60:.0f}",
        cap,
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the rows one by one."""
    region = open_region("almaty")
    fixed = plan(region, "tuyuksu-1973", "then").values
    water_m3 = region.scenarios["tuyuksu-1973"].water_m3.value
    print(row("fixed factor", *run(region, fixed, {}), water_m3), flush=True)
    for name, erosion, release, bed in VARIANTS:
        values = plan(region, "tuyuksu-1973-entrainment", "then").values
        values["entrainment"] |= erosion
        values["scenario"] |= release
        result, erodible = run(region, values, bed)
        print(row(name, result, erodible, values["scenario"]["water_m3"]), flush=True)


if __name__ == "__main__":
    main()
