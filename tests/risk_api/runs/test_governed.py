"""A gate and a siphon in a dam of a question: what is refused, how they stand on the grid, what they do."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam_models import Gate, Siphon
from geodata import Region, open_region
from risk_api.errors import BadParameter
from risk_api.runs import GivenOpening, OwnDam, Run, RunSpec, RunStore, plan
from risk_api.runs.changes import GivenWeir
from risk_api.runs.governed import GivenGate, GivenSiphon, gate_moves_from_s
from risk_api.runs.make import make_run
from risk_api.runs.placing import place_dams

#: Across the river of the small valley, m, and its northern edge.
MIDDLE, NORTH = 651_200.0, 4_780_000.0
#: A dam that holds all that comes up to its weir, and what its siphon does below that.
HEIGHT_M, WEIR = 20.0, GivenWeir(20.0, 3.0)
SIPHON = GivenSiphon(6.0, 4.5)
OPENS_S, SHUTS_S = 1800.0, 3600.0


@pytest.fixture(scope="module")
def region(valley: Path) -> Region:
    return open_region(valley)


def spec_of(region: Region, *openings: GivenOpening, **more: Any) -> RunSpec:
    axis = [region.to_lonlat(MIDDLE + side * 200.0, NORTH - 3700.0) for side in (-1.0, 1.0)]
    dam = OwnDam("mine", axis, **{"height_m": HEIGHT_M, "openings": openings, "weir": WEIR, **more})
    return plan(region, "burst", "no-dams", own_dams=[dam])


def water(spec: RunSpec) -> RunSpec:
    """The same flow without its mud, which would pack in the bowl and leave a siphon nothing to draw."""
    values = spec.values
    return RunSpec.of(
        values | {"scenario": values["scenario"] | {"solids_fraction": 0.0, "material": "liquid"}}
    )


@pytest.fixture(scope="module")
def runs(region: Region, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The small flow against a closed wall, one with a siphon, and one with a gate that opens and shuts."""
    store = RunStore(tmp_path_factory.mktemp("governed") / "runs")
    gate = GivenGate((OPENS_S, OPENS_S, SHUTS_S, SHUTS_S), (0.0, 1.0, 1.0, 0.0))
    return {
        name: make_run(region, water(spec_of(region, *openings)), store)
        for name, openings in {
            "closed": (),
            "siphon": (GivenOpening(1.0, siphon=SIPHON),),
            "gate": (GivenOpening(1.0, gate=gate),),
        }.items()
    }


def dam_of(run: Run) -> dict[str, Any]:
    return next(dam for dam in run.dams if dam["id"] == "mine")


def series_of(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, levels and what passed, row by row; a level is NaN while the gauge is dry."""
    series = dam_of(run)["series"]
    return tuple(np.array(series[name], dtype=float) for name in ("time_s", "level_m", "passed_m3_s"))  # type: ignore[return-value]


def test_a_siphon_passes_nothing_before_it_primes_and_empties_the_pool_below_its_weir(
    runs: dict[str, Run],
) -> None:
    dam, bed = dam_of(runs["siphon"]), dam_of(runs["closed"])["bed_elevation_m"]
    time_s, level_m, passed_m3_s = series_of(runs["siphon"])
    (opening,), (passage,) = dam["openings"], dam["passages"]
    assert opening["priming_elevation_m"] == pytest.approx(bed + 6.0, abs=0.02)
    assert opening["breaking_elevation_m"] == pytest.approx(bed + 4.5, abs=0.02)
    primed = np.flatnonzero(level_m >= opening["priming_elevation_m"])[0]
    assert primed > 1, "the pool has risen for some rows before"
    assert passed_m3_s[:primed].max() == 0.0
    assert time_s[primed - 1] - 1.0 <= passage["first_passed_s"] <= time_s[primed] + 1.0
    # Full from the first moment: the law with the whole height above the outlet below the dam.
    head = dam["level_max_m"] - bed - 0.5
    assert passage["peak_m3_s"] == pytest.approx(0.6 * np.sqrt(2 * 9.81 * head), rel=0.03)
    assert level_m[-1] == pytest.approx(opening["breaking_elevation_m"], abs=0.05)
    assert dam["overflow_m3"] == 0.0
    spilling = dam["crest_elevation_m"] - WEIR.below_crest_m
    assert dam["level_max_m"] < spilling, "it never reached the weir, and the pool is all but empty"
    assert dam["stored_m3"] < 0.2 * dam_of(runs["closed"])["stored_m3"]
    assert runs["siphon"].summary["budget"]["relative_error"] < 1e-6


def test_a_siphon_that_the_pool_does_not_reach_passes_nothing(region: Region, tmp_path: Path) -> None:
    siphon = GivenOpening(1.0, siphon=GivenSiphon(16.0, 4.5))
    dam = dam_of(make_run(region, water(spec_of(region, siphon)), RunStore(tmp_path)))
    assert dam["level_max_m"] < dam["openings"][0]["priming_elevation_m"]
    assert dam["passages"][0]["passed_m3"] == 0.0
    assert dam["passages"][0]["first_passed_s"] is None


def test_a_gate_opens_and_shuts_at_its_time(runs: dict[str, Run]) -> None:
    time_s, level_m, passed_m3_s = series_of(runs["gate"])
    (passage,) = dam_of(runs["gate"])["passages"]
    assert passed_m3_s[time_s <= OPENS_S].max() == 0.0
    assert (
        np.nanmax(level_m[time_s <= OPENS_S]) > dam_of(runs["gate"])["openings"][0]["sill_elevation_m"] + 3.0
    )
    assert OPENS_S <= passage["first_passed_s"] <= OPENS_S + 60.0
    between = (time_s > OPENS_S + 60.0) & (time_s <= SHUTS_S)
    assert passed_m3_s[between].min() > 3.0
    assert passed_m3_s[time_s > SHUTS_S + 60.0].max() == 0.0
    still = level_m[time_s > SHUTS_S + 120.0]
    assert still.max() - still.min() < 0.1, "what is left stays in the bowl"
    held = dam_of(runs["closed"])["stored_m3"] - dam_of(runs["gate"])["stored_m3"]
    assert passage["passed_m3"] == pytest.approx(held, rel=0.02)


@pytest.mark.parametrize("cell_size_m", [20.0, 30.0, 60.0])
def test_levels_of_a_siphon_are_those_of_the_dam_whatever_the_cells(
    region: Region, cell_size_m: float
) -> None:
    values = spec_of(region, GivenOpening(1.0, 0.6, "fluid", 1.0, siphon=GivenSiphon(16.0, 8.0))).values
    ground = region.terrain(cell_size_m)
    dams = place_dams(region, ground, values)
    (wall,) = dams.dams
    (opening,) = wall.openings
    bed = dams.described["mine"]["bed_elevation_m"]
    # The river under the dam, from where its height is told; the cell before it lies up to 4 m higher.
    assert bed == pytest.approx(wall.crest_at(0.0).max() - HEIGHT_M, abs=0.6)
    assert opening.sill_m == pytest.approx(bed + 1.0, abs=0.01)
    assert opening.siphon is not None
    assert opening.siphon.priming_level_m == pytest.approx(bed + 16.0, abs=0.01)
    assert opening.siphon.breaking_level_m == pytest.approx(bed + 8.0, abs=0.01)
    wall.check_against(dams.bed_m)


def placed_bed_m(region: Region) -> float:
    values = spec_of(region).values
    return float(place_dams(region, region.terrain(60.0), values).described["mine"]["bed_elevation_m"])


def test_silt_lifts_the_mouth_of_a_siphon_and_closes_it_where_it_buries_it(region: Region) -> None:
    def built(volume_m3: float) -> tuple[Siphon | None, float]:
        spec = spec_of(region, GivenOpening(1.0, siphon=SIPHON), state="silted", volume_m3=volume_m3)
        dams = place_dams(region, region.terrain(60.0), spec.values)
        (wall,) = dams.dams
        siphons = [opening.siphon for opening in wall.openings]
        return (siphons[0] if siphons else None), float(dams.bed_m[wall.gauge])

    little, surface = built(100.0)
    bed = placed_bed_m(region)
    assert little is not None
    assert little.breaking_level_m == pytest.approx(max(bed + 4.5, surface), abs=0.01)
    more, surface = built(6_000.0)
    assert more is not None
    assert little.breaking_level_m < surface == more.breaking_level_m < more.priming_level_m
    buried, surface = built(40_000.0)
    assert surface > little.priming_level_m
    assert buried is None


def test_what_is_open_and_no_siphon_is_told_as_before(region: Region) -> None:
    plain = GivenOpening(1.0).plain()
    assert {"gate", "siphon"}.isdisjoint(plain)
    (wall,) = place_dams(region, region.terrain(60.0), spec_of(region, GivenOpening(1.0)).values).dams
    assert (wall.openings[0].gate, wall.openings[0].siphon) == (None, None)
    gated = GivenOpening(1.0, gate=GivenGate((0, 10), (0, 1)))
    assert spec_of(region, gated).id != spec_of(region, GivenOpening(1.0)).id


@given(
    times=st.lists(st.floats(0.0, 1e5), min_size=2, max_size=6).map(sorted),
    shares=st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6),
)
def test_whatever_gate_is_taken_the_engine_takes_and_moves_it_when_it_is_said_to(
    times: list[float], shares: list[float]
) -> None:
    shares = shares[: len(times)]
    if len(set(shares)) == 1:
        with pytest.raises(BadParameter) as refused:
            GivenGate(times, shares)
        assert refused.value.field == "gate.open_share"
        return
    told = GivenGate(times, shares).plain()
    gate = Gate(**told)  # type: ignore[arg-type]
    begins = gate_moves_from_s(told)
    assert begins == gate.changes_from_s
    for time in (0.0, 0.5 * begins, 0.999 * begins):
        assert time == begins or gate.share_at(time) == pytest.approx(shares[0], abs=1e-12)
    assert all(early <= late for early, late in pairwise(told["time_s"]))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: GivenGate((0.0,), (1.0,)), "gate.time_s"),
        (lambda: GivenGate((0.0, 1.0), (1.0,)), "gate.time_s"),
        (lambda: GivenGate((0.0,) * 21, (1.0,) * 21), "gate.time_s"),
        (lambda: GivenGate((1.0, 0.0), (0.0, 1.0)), "gate.time_s"),
        (lambda: GivenGate((-1.0, 0.0), (0.0, 1.0)), "gate.time_s"),
        (lambda: GivenGate((0.0, float("nan")), (0.0, 1.0)), "gate.time_s"),
        (lambda: GivenGate((0.0, float("inf")), (0.0, 1.0)), "gate.time_s"),
        (lambda: GivenGate((0.0, 1.0), (0.0, 1.1)), "gate.open_share"),
        (lambda: GivenGate((0.0, 1.0), (0.0, float("nan"))), "gate.open_share"),
        (lambda: GivenGate((0.0, 1.0), (0.5, 0.5)), "gate.open_share"),
        (lambda: GivenSiphon(0.0, -1.0), "siphon.priming_above_bed_m"),
        (lambda: GivenSiphon(float("nan"), 1.0), "siphon.priming_above_bed_m"),
        (lambda: GivenSiphon(250.0, 1.0), "siphon.priming_above_bed_m"),
        (lambda: GivenSiphon(5.0, 5.0), "siphon.breaking_above_bed_m"),
        (lambda: GivenSiphon(5.0, 0.0), "siphon.breaking_above_bed_m"),
        (lambda: GivenSiphon(5.0, float("nan")), "siphon.breaking_above_bed_m"),
        (lambda: GivenOpening(1.0, sill_above_bed_m=4.0, siphon=GivenSiphon(5.0, 4.0)),
         "siphon.breaking_above_bed_m"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(make: Any, field: str) -> None:
    with pytest.raises(BadParameter) as refused:
        make()
    assert refused.value.field == field
    assert refused.value.reason_key is not None
