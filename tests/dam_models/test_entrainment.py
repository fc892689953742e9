"""A flow takes from its bed by the law, no more, and nothing appears or is lost in between."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dam_models import (
    Boundaries,
    CellFaces,
    Dam,
    ErodibleBed,
    FlowResult,
    InvalidBed,
    InvalidParameter,
    Manning,
    Mixture,
    Release,
    Settings,
    Settling,
    State,
    Voellmy,
    simulate,
)
from dam_models.bed_exchange import BedExchange
from dam_models.mesh import Mesh

CELL_M = 10.0
GRAVITY = 9.81


def _gorge(seed: int = 0, ny: int = 60, nx: int = 15, slope: float = 0.25) -> np.ndarray:
    """A steep trough that ends on a flat."""
    rng = np.random.default_rng(seed)
    down = np.maximum(0, ny - 12 - np.arange(ny))[:, None] * CELL_M * slope
    across = np.abs(np.arange(nx) - nx // 2)[None, :] * 3.0
    return 2000.0 + down + across + rng.uniform(0.0, 0.3, (ny, nx))


def _flood(bed: np.ndarray, erodible: ErodibleBed | None, **options: Any) -> FlowResult:
    return simulate(
        bed,
        CELL_M,
        [Release.triangle(([2], [bed.shape[1] // 2]), 6000.0, 120.0, solids_fraction=0.1)],
        options.pop("rheology", Mixture(Voellmy(0.04, 500.0), Manning(0.06), 0.5)),
        duration_s=options.pop("duration_s", 200.0),
        boundaries=Boundaries.walls(),
        erodible=erodible,
        **options,
    )


def _solids_m3(result: FlowResult, bed_solids: float) -> float:
    """Grains in the flow, less those that the bed lost."""
    flow = (result.final.depth_m * result.final.solids_fraction).sum()
    return float((flow + result.bed_change_m.sum() * bed_solids) * CELL_M**2)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    saturation=st.sampled_from([0.0, 0.6, 0.8, 1.0]),
    solids_cap=st.sampled_from([0.4, 0.6, 0.7]),
    erodible_m=st.sampled_from([0.1, 1.0, 20.0]),
    depth_per_shear=st.sampled_from([0.1, 1.0, math.inf]),
    rate_m_s=st.sampled_from([0.025, 0.2]),
    settling=st.sampled_from([None, Settling(0.05, 2.0)]),
)
def test_volume_and_solids_close_and_no_limit_is_passed(
    seed: int,
    saturation: float,
    solids_cap: float,
    erodible_m: float,
    depth_per_shear: float,
    rate_m_s: float,
    settling: Settling | None,
) -> None:
    bed = _gorge(seed)
    depth = np.full(bed.shape, erodible_m)
    depth[:, ::4] = 0.0
    erodible = ErodibleBed(
        depth,
        depth_per_shear_m_kpa=depth_per_shear,
        rate_m_s=rate_m_s,
        saturation=saturation,
        solids_cap=solids_cap,
        settling=settling,
    )
    result = _flood(bed, erodible)
    record = result.entrainment
    assert record is not None
    assert result.budget.relative_error < 1e-11
    assert record.entrained_m3 > 100.0
    assert result.budget.entrained_m3 == record.entrained_m3
    assert _solids_m3(result, erodible.bed_solids) == pytest.approx(600.0, rel=1e-11)
    assert record.largest_solids_fraction <= solids_cap
    assert result.final.solids_fraction.max() <= solids_cap + 1e-12
    assert (result.bed_change_m >= -depth - 1e-12).all()
    assert (result.depth_max_m >= result.final.depth_m - 1e-12).all()
    if settling is None:
        assert (result.bed_change_m <= 0.0).all()
        assert record.deposited_m3 == 0.0
        lost = -result.bed_change_m.sum() * CELL_M**2
        assert record.entrained_m3 == pytest.approx(lost * erodible.bulk, rel=1e-11)
        assert record.eroded_cells == (result.bed_change_m < 0.0).sum()
    if not record.cap_bound:
        assert record.refused_m3 == 0.0
        assert math.isnan(record.cap_first_s)
    else:
        assert 0.0 < record.refused_m3 <= record.asked_m3
        assert 0.0 < record.cap_first_s <= result.end_s


@pytest.mark.parametrize(("cfl", "speed_error"), [(0.45, 0.004), (0.09, 0.0008)])
def test_a_uniform_flow_bulks_and_speeds_up_as_the_closed_form_says(cfl: float, speed_error: float) -> None:
    # Frictionless on a plane: h = h0 + bulk rate t, h u = h0 u0 + g cos^2 tan (h0 t + bulk rate t^2 / 2).
    slope, h0, u0, c0, rate, end_s = 0.3, 2.0, 3.0, 0.2, 0.05, 12.0
    x = np.arange(200) * CELL_M
    bed = np.broadcast_to(1000.0 - slope * x, (3, x.size)).copy()
    erodible = ErodibleBed(
        np.full(bed.shape, 50.0), depth_per_shear_m_kpa=math.inf, rate_m_s=rate, saturation=0.8
    )
    full = np.full(bed.shape, h0)
    state = State(full, np.full(bed.shape, u0), np.zeros(bed.shape), np.full(bed.shape, c0))
    result = simulate(
        bed,
        CELL_M,
        [],
        Manning(0.0),
        initial=state,
        duration_s=end_s,
        settings=Settings(cfl=cfl),
        erodible=erodible,
    )
    bulk = 0.65 + 0.35 * 0.8
    depth = h0 + bulk * rate * end_s
    driving = GRAVITY * slope / (1.0 + slope**2)
    speed = (h0 * u0 + driving * (h0 * end_s + bulk * rate * end_s**2 / 2.0)) / depth
    middle = (1, 150)
    assert result.bed_change_m[middle] == pytest.approx(-rate * end_s, rel=1e-9)
    assert result.final.depth_m[middle] == pytest.approx(depth, rel=1e-9)
    assert result.final.u_m_s[middle] == pytest.approx(speed, rel=speed_error)
    assert result.final.solids_fraction[middle] == pytest.approx(
        (h0 * c0 + 0.65 * rate * end_s) / depth, rel=1e-9
    )


def test_the_depth_taken_is_what_the_shear_allows() -> None:
    # A held shear: thick enough and for long enough, so that the depth limit binds, not the rate.
    slope, h0 = 0.2, 3.0
    x = np.arange(300) * CELL_M
    bed = np.broadcast_to(1000.0 - slope * x, (3, x.size)).copy()
    density = 1000.0 + 1650.0 * 0.3
    shear = density * GRAVITY * h0 * slope / (1.0 + slope**2)
    state = State(
        np.full(bed.shape, h0),
        np.full(bed.shape, 4.0),
        np.zeros(bed.shape),
        np.full(bed.shape, 0.3),
    )
    # So little is taken that depth and density, and with them the shear, stay the same.
    erodible = ErodibleBed(
        np.full(bed.shape, 5.0), depth_per_shear_m_kpa=1e-4, critical_shear_pa=1500.0, rate_m_s=0.1
    )
    result = simulate(bed, CELL_M, [], Manning(0.05), initial=state, duration_s=5.0, erodible=erodible)
    expected = 1e-4 * (shear - 1500.0) / 1000.0
    assert -result.bed_change_m[1, 200] == pytest.approx(expected, rel=0.01)
    gentle = dataclasses.replace(erodible, critical_shear_pa=1.1 * shear)
    kept = simulate(bed, CELL_M, [], Manning(0.05), initial=state, duration_s=5.0, erodible=gentle)
    assert (kept.bed_change_m == 0.0).all()


@pytest.mark.parametrize(
    "nothing",
    [
        {"depth_m": np.pad([[9.0]], ((0, 59), (0, 14)))},  # only in a corner that stays dry
        {"rate_m_s": 0.0},
        {"critical_shear_pa": 20_000.0, "grain_density_kg_m3": 2000.0},
    ],
)
def test_a_bed_that_gives_nothing_changes_no_bit(nothing: dict[str, Any]) -> None:
    bed = _gorge()
    # With an erodible bed all cells share one step; so must they here.
    plain = _flood(bed, None, settings=Settings(local_steps=False))
    quiet = _flood(bed, ErodibleBed(**({"depth_m": np.full(bed.shape, 9.0)} | nothing)))
    for name in ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "intensity_max_m3_s2", "deposit_m"):
        assert (getattr(plain, name) == getattr(quiet, name)).all(), name
    assert np.array_equal(plain.arrival_s, quiet.arrival_s, equal_nan=True)
    assert plain.steps == quiet.steps
    assert plain.entrainment is None
    assert (plain.bed_change_m == 0.0).all()
    assert quiet.entrainment is not None
    assert quiet.entrainment.entrained_m3 == 0.0


def _one_wet_cell(bed: ErodibleBed) -> tuple[Mesh, int, BedExchange]:
    """A cell on a bed at 100 m, with its neighbours, and what it exchanges with its bed."""
    mesh = Mesh(np.full((7, 7), 100.0), np.full((7, 7), 0.9), Manning(0.0).law().grids())
    number = int(mesh.ensure_all(np.array([3]), np.array([3]))[0])
    mesh.complete(np.array([number], dtype=np.uint32))
    return mesh, number, BedExchange(bed, (5, 5), 1.0, 1e-3, 0.1)


@settings(max_examples=40, deadline=None)
@given(
    depth=st.floats(0.05, 20.0),
    speed=st.floats(0.6, 15.0),
    solids=st.floats(0.0, 0.6),
    saturation=st.floats(0.0, 1.0),
)
def test_bed_that_joins_brings_no_momentum_and_no_energy(
    depth: float, speed: float, solids: float, saturation: float
) -> None:
    bed = ErodibleBed(np.full((5, 5), 3.0), critical_shear_pa=0.0, rate_m_s=0.5, saturation=saturation)
    mesh, number, ground = _one_wet_cell(bed)
    cells = mesh.cells
    cells.h[number], cells.u[number], cells.v[number] = depth, 0.6 * speed, -0.8 * speed
    cells.solids[number] = solids
    ground.exchange(mesh, np.array([number], np.uint32), 2.0, 2.0)
    fallen = 100.0 - cells.z[number]
    assert fallen > 0.0
    after, solids_after = cells.h[number], cells.solids[number]
    assert after * cells.u[number] == pytest.approx(depth * 0.6 * speed, rel=1e-14)
    assert after * cells.v[number] == pytest.approx(-depth * 0.8 * speed, rel=1e-14)
    assert after == pytest.approx(depth + fallen * bed.bulk, rel=1e-14)
    assert after * solids_after == pytest.approx(depth * solids + fallen * 0.65, rel=1e-13)
    assert cells.z[number] + after <= 100.0 + depth + 1e-12
    before_j = depth * (speed**2 / 2 + GRAVITY * depth / 2) - GRAVITY * fallen * bed.bulk * fallen / 2
    kinetic = (cells.u[number] ** 2 + cells.v[number] ** 2) / 2
    after_j = after * (kinetic + GRAVITY * (after / 2 - fallen))
    assert after_j <= before_j + 1e-9


def test_dry_pores_bind_the_cap_where_full_ones_never_do() -> None:
    bed = _gorge(slope=0.35)
    deep = np.full(bed.shape, 30.0)
    options: dict[str, Any] = {"depth_per_shear_m_kpa": math.inf, "rate_m_s": 0.2, "solids_cap": 0.65}
    dry = ErodibleBed(deep, saturation=0.6, **options)
    full = ErodibleBed(deep, saturation=1.0, **options)
    bound, free = _flood(bed, dry).entrainment, _flood(bed, full).entrainment
    assert bound is not None
    assert free is not None
    assert bound.cap_bound
    assert not free.cap_bound
    assert free.entrained_m3 > bound.entrained_m3
    assert bound.largest_solids_fraction == pytest.approx(0.65, abs=1e-12)
    assert full.largest_mixture_m3(6000.0, 0.1) == math.inf
    # No flow can grow beyond what its water allows, however long it erodes.
    assert 6000.0 + bound.entrained_m3 <= dry.largest_mixture_m3(6000.0, 0.1)


def test_largest_mixture_is_the_water_balance() -> None:
    bed = ErodibleBed(np.ones((3, 3)), saturation=0.6, solids_cap=0.65)
    largest = bed.largest_mixture_m3(224_000.0)
    taken = (largest - 224_000.0) / bed.bulk
    assert taken * 0.65 / largest == pytest.approx(0.65)
    assert largest == pytest.approx(1.6e6, rel=1e-12)


def test_a_wall_stands_while_its_foot_is_scoured_and_the_ground_beyond_the_rim_follows() -> None:
    bed = np.broadcast_to(500.0 - 3.0 * np.arange(40)[:, None], (40, 7)).copy()
    pool = np.zeros(bed.shape, dtype=bool)
    pool[17:20] = True
    crest = bed[19, 0] + 2.0
    dam = Dam("wall", CellFaces.between(pool, np.full(7, 20), np.arange(7)), crest, pool, (19, 3))
    result = simulate(
        bed,
        CELL_M,
        [Release.triangle(([1], [3]), 8000.0, 200.0)],
        Manning(0.04),
        [dam],
        duration_s=250.0,
        erodible=ErodibleBed(np.full(bed.shape, 4.0), depth_per_shear_m_kpa=math.inf),
    )
    assert (result.bed_change_m[20] < 0.0).all()
    assert result.dams[0].overflow_m3 > 0.5 * result.dams[0].inflow_m3
    # The pool has dug out its floor by metres, and is still held up to the crest.
    assert (result.bed_change_m[19] < -1.0).all()
    assert (bed + result.bed_change_m + result.final.depth_m)[19] == pytest.approx(np.full(7, crest), abs=0.5)
    assert (result.bed_change_m[39] < 0.0).any()
    # Without the following the last row would become a pit that holds what should run out.
    assert result.final.depth_m[39].max() < 0.2
    assert result.budget.outflow_m3 > 0.5 * result.budget.released_m3


def test_what_settles_leaves_the_surface_of_a_lake_where_it_is() -> None:
    flat = np.full((9, 9), 50.0)
    settling = Settling(0.02, 0.5, 3.0)
    result = simulate(
        flat,
        CELL_M,
        [Release.pool(np.full(flat.shape, 4.0), solids_fraction=0.3)],
        Manning(0.03),
        duration_s=1.0,
        boundaries=Boundaries.walls(),
        erodible=ErodibleBed(np.zeros(flat.shape), settling=settling),
    )
    risen = result.bed_change_m
    # So short a time that the solids fraction, and with it the rate, stay nearly the same.
    assert risen == pytest.approx(np.full(flat.shape, 0.02 * 0.3 * 0.7**3 / 0.65 * result.end_s), rel=0.01)
    assert np.abs(flat + risen + result.final.depth_m - 54.0).max() < 1e-12
    assert result.speed_max_m_s.max() < 1e-10
    assert result.budget.relative_error < 1e-13
    assert (result.final.solids_fraction < 0.3).all()


def test_what_settled_is_taken_first_and_with_full_pores() -> None:
    bed = ErodibleBed(
        np.full((5, 5), 3.0),
        critical_shear_pa=0.0,
        rate_m_s=0.5,
        saturation=0.0,
        solids_cap=0.8,
        settling=Settling(0.1, 0.5, 2.4),
    )
    mesh, number, ground = _one_wet_cell(bed)
    cells = mesh.cells
    cells.h[number], cells.solids[number] = 5.0, 0.4
    ground.exchange(mesh, np.array([number], np.uint32), 10.0, 10.0)
    laid = cells.z[number] - 100.0
    assert 0.1 < laid < 0.2
    cells.u[number] = 5.0
    ground.exchange(mesh, np.array([number], np.uint32), 10.0, 20.0)
    # All of the deposit, nothing of the bed under it, and the flow is again what it was.
    assert cells.z[number] == pytest.approx(100.0, abs=1e-12)
    assert cells.h[number] == pytest.approx(5.0, rel=1e-12)
    assert cells.solids[number] == pytest.approx(0.4, rel=1e-12)
    ground.exchange(mesh, np.array([number], np.uint32), 1.0, 21.0)
    assert cells.z[number] == pytest.approx(99.5, abs=1e-12)
    assert cells.h[number] == pytest.approx(5.0 + 0.5 * 0.65, rel=1e-12)


def test_a_mixture_packed_as_the_bed_turns_into_bed() -> None:
    bed = ErodibleBed(np.zeros((5, 5)), settling=Settling(0.5, 0.5, 2.4))
    mesh, number, ground = _one_wet_cell(bed)
    cells = mesh.cells
    cells.h[number], cells.solids[number] = 0.01, 0.65
    ground.exchange(mesh, np.array([number], np.uint32), 100.0, 100.0)
    assert cells.h[number] == 0.0
    assert cells.solids[number] == 0.0
    assert cells.z[number] == pytest.approx(100.01, abs=1e-12)
    assert ground.record().deposited_m3 == pytest.approx(0.01, rel=1e-12)


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"critical_shear_pa": -1.0}, "critical_shear_pa"),
        ({"critical_shear_pa": float("nan")}, "critical_shear_pa"),
        ({"depth_per_shear_m_kpa": 0.0}, "depth_per_shear_m_kpa"),
        ({"rate_m_s": -0.01}, "rate_m_s"),
        ({"rate_m_s": 1.0}, "rate_m_s"),
        ({"bed_solids": 0.9}, "bed_solids"),
        ({"saturation": 1.1}, "saturation"),
        ({"solids_cap": 0.9}, "solids_cap"),
        ({"slowest_m_s": -1.0}, "slowest_m_s"),
        ({"grain_density_kg_m3": 900.0}, "grain_density_kg_m3"),
    ],
)
def test_impossible_parameters_are_refused_by_name(inputs: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        ErodibleBed(np.ones((5, 5)), **inputs)  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"speed_m_s": 0.0}, "speed_m_s"),
        ({"below_m_s": -1.0}, "below_m_s"),
        ({"exponent": 9.0}, "exponent"),
    ],
)
def test_impossible_settling_is_refused_by_name(inputs: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Settling(**inputs)
    assert caught.value.field == field


@pytest.mark.parametrize("depth", [-np.ones((5, 5)), np.full((5, 5), np.nan), np.ones(5)])
def test_an_impossible_erodible_depth_is_refused_by_name(depth: np.ndarray) -> None:
    with pytest.raises(InvalidBed) as caught:
        ErodibleBed(depth)
    assert caught.value.field == "depth_m"


def test_a_bed_of_another_shape_and_a_flow_above_the_cap_are_refused() -> None:
    bed = _gorge()
    with pytest.raises(InvalidBed) as caught:
        _flood(bed, ErodibleBed(np.ones((4, 4))))
    assert caught.value.field == "depth_m"
    thick = Release.pool(np.ones(bed.shape), solids_fraction=0.7)
    with pytest.raises(InvalidParameter) as above:
        simulate(bed, CELL_M, [thick], Manning(0.05), erodible=ErodibleBed(np.ones(bed.shape)))
    assert above.value.field == "solids_cap"
    later = Release.triangle(([2], [7]), 100.0, 5.0, solids_fraction=[0.1, 0.1, 0.7])
    with pytest.raises(InvalidParameter) as above:
        simulate(bed, CELL_M, [later], Manning(0.05), erodible=ErodibleBed(np.ones(bed.shape)))
    assert above.value.field == "solids_cap"
