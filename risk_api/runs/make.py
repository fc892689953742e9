"""Making a run: terrain and dams on the grid, the engine, rasters, counts, one folder.

Imported only where runs are made, in worker processes and on the command line: it loads the compiler.
"""

import json
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from dam_models import FlowResult, Manning, Mixture, Rheology, Settings, Voellmy, simulate
from dam_models.version import ENGINE_VERSION
from risk_api.exposure.counting import Maxima, count_districts
from risk_api.exposure.path import FlowPath
from risk_api.runs.checksums import file_facts
from risk_api.runs.dam_summary import dam_summary
from risk_api.runs.eroding import bulking_summary, erodible_of
from risk_api.runs.passed_round import passed_round_m3
from risk_api.runs.placing import place_dams, release_of, sections_below_dams
from risk_api.runs.spec import RunSpec
from risk_api.runs.store import RASTERS, Run, RunStore

if TYPE_CHECKING:
    from geodata import Grid, Region

Progress = Callable[[float, str], None]

SIMULATION_SHARE = 0.9
"""Share of a run's progress that the engine takes; the rest is counting and writing."""

REST_SPEED_M_S = 0.02
"""A run ends once nothing more is released and nothing of at least 0.1 m moves faster, m/s."""

# Rasters are rounded before they are written: below that the digits say nothing and only cost space.
_DECIMALS = {"arrival_s": 0}


def make_run(
    region: "Region",
    spec: RunSpec,
    store: RunStore,
    progress: Progress | None = None,
    *,
    max_memory_mb: float = 8192.0,
) -> Run:
    """Make a run, or open it if it is already there.

    Parameters
    ----------
    region : Region
        The region that the spec was planned for.
    spec : RunSpec
        What to run.
    store : RunStore
        Where it is kept.
    progress : callable, optional
        Called with (share done, message); raising in it stops the run and leaves nothing behind.
    max_memory_mb : float
        Memory that the engine may take, 10^6 bytes.

    Raises
    ------
    FlowError
        If the engine refuses the run; `RunTooLarge` where it would pass a limit.
    """
    if store.has(spec.id):
        return store.open(spec.id)
    report = progress or (lambda share, message: None)
    values = spec.values
    started = time.perf_counter()
    report(0.0, "terrain")
    grid = region.terrain(values["cell_size_m"])
    placed = place_dams(region, grid, values)
    erodible = erodible_of(region, grid, values)
    prepared = time.perf_counter()
    result = simulate(
        placed.bed_m,
        grid.cell_size_m,
        [release_of(region, grid, values["scenario"])],
        rheology_of(values),
        placed.dams,
        duration_s=values["duration_s"],
        settings=Settings(order=values["order"], rest_speed_m_s=REST_SPEED_M_S, max_memory_mb=max_memory_mb),
        progress=lambda share, message: report(SIMULATION_SHARE * share, message),
        sections=[*sections_below_dams(region, grid, values["dams"]), *placed.sections],
        erodible=erodible,
    )
    simulated = time.perf_counter()
    rounded = {name: _rounded(name, result) for name in RASTERS}
    # Counts are made from the rounded rasters, so that the files reproduce them.
    maxima = Maxima(
        rounded["depth_max_m"], rounded["speed_max_m_s"], rounded["momentum_max_m2_s"], rounded["arrival_s"]
    )
    report(SIMULATION_SHARE, "districts")
    scenario = region.scenarios[spec.scenario]
    path = FlowPath.of(region, scenario, values.get("own_dams"))
    districts = count_districts(region, grid, maxima, path)
    beside = passed_round_m3(result)
    dams = [
        dam_summary(record, placed.described[record.name], beside.get(record.name)) for record in result.dams
    ]
    by_id = {dam["id"]: dam for dam in dams}
    dams = [by_id.get(name, state) for name, state in placed.described.items()]
    summary = _summary(region, spec, grid, result, districts, dams)
    summary["bulking"] = bulking_summary(scenario.water_m3.value, scenario.released_m3, result, erodible)
    summary["timings_s"] = {
        "terrain_and_dams": round(prepared - started, 3),
        "simulation": round(simulated - prepared, 3),
        "counting": round(time.perf_counter() - simulated, 3),
    }
    report(0.95, "writing")
    with store.new(spec.id) as folder:
        for name, raster in rounded.items():
            grid.like(raster).write_cog(folder / f"{name}.tif")
            summary["assets"][name] |= file_facts(folder / f"{name}.tif")
        _write_districts(folder / "districts.parquet", districts)
        (folder / "run.json").write_text(
            json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8"
        )
    report(1.0, "done")
    return store.open(spec.id)


def rheology_of(values: dict[str, Any]) -> Rheology:
    """Friction of a run: debris that turns liquid as it loses its solids, or liquid from the start."""
    friction = values["friction"]
    liquid = Manning(friction["manning_n"])
    if values["scenario"]["material"] == "liquid":
        return liquid
    debris = Voellmy(friction["mu"], friction["xi_m_s2"])
    return Mixture(debris, liquid, values["scenario"]["solids_fraction"])


def _rounded(name: str, result: FlowResult) -> np.ndarray:
    raster = getattr(result, name)
    if name == "depth_max_m":
        # Downwards: no cell may be lifted over the threshold of the footprint without an arrival.
        raster = np.floor(raster * 1000.0) / 1000.0
    raster = np.round(raster, _DECIMALS.get(name, 3))
    # float32 is what the file holds; what is counted must be the same number.
    return np.asarray(raster.astype(np.float32).astype(np.float64))


def _summary(
    region: "Region",
    spec: RunSpec,
    grid: "Grid",
    result: FlowResult,
    districts: list[dict[str, Any]],
    dams: list[dict[str, Any]],
) -> dict[str, Any]:
    west, south, east, north = region.bounds_lonlat
    created = datetime.now(UTC).isoformat(timespec="seconds")
    budget = result.budget
    polygon = [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": spec.id,
        "geometry": {"type": "Polygon", "coordinates": polygon},
        "bbox": [west, south, east, north],
        "properties": {"datetime": created, "created": created},
        "assets": {
            name: {
                "href": f"{name}.tif",
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "roles": ["data"],
            }
            for name in RASTERS
        },
        "links": [],
        "inputs": spec.values,
        "lineage": {
            "region": region.id,
            "region_version": region.version,
            "engine_version": ENGINE_VERSION,
            "software": {name: version(name) for name in ("selrisk", "numpy", "numba", "rasterio", "shapely")}
            | {"python": platform.python_version()},
            "scheme": "depth-averaged, MUSCL-Hancock, HLL with surface reconstruction"
            if spec.values["order"] == 2
            else "depth-averaged, first order, HLL with surface reconstruction",
            "created": created,
        },
        "terrain_quality": region.terrain_quality,
        "grid": {
            "crs": grid.crs,
            "cell_size_m": grid.cell_size_m,
            "shape": list(grid.shape),
            "transform": list(grid.transform)[:6],
        },
        "budget": {
            "initial_m3": budget.initial_m3,
            "released_m3": budget.released_m3,
            "outflow_m3": budget.outflow_m3,
            "final_m3": budget.final_m3,
            "entrained_m3": budget.entrained_m3,
            "deposited_m3": budget.deposited_m3,
            "eroded_fill_m3": budget.eroded_fill_m3,
            "clipped_m3": budget.clipped_m3,
            "relative_error": budget.relative_error,
        },
        "end_s": result.end_s,
        "steps": result.steps,
        "at_rest": result.at_rest,
        "dams": dams,
        "sections": [
            {
                "id": section.name,
                "volume_m3": round(section.volume_m3, 1),
                "peak_m3_s": round(section.peak_m3_s, 2),
                "series": {
                    "time_s": section.time_s.round(1).tolist(),
                    "discharge_m3_s": section.discharge_m3_s.round(2).tolist(),
                },
            }
            for section in result.sections
        ],
        "districts": districts,
    }


def _write_districts(path: Any, districts: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "district": district["district"],
            "scheme": scheme,
            "class": name,
            **counts,
            "first_arrival_s": district["first_arrival_s"],
        }
        for district in districts
        for scheme, classes in district["schemes"].items()
        for name, counts in classes.items()
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
