"""Gauges, snapshots and pressure say what the run did, and change nothing in it."""

import numpy as np
import pytest

from dam_models import (
    Boundaries,
    FlowResult,
    Gauge,
    InvalidParameter,
    Manning,
    Mixture,
    Outputs,
    Pressure,
    Release,
    Settings,
    Voellmy,
    simulate,
)

SLOPE = 900.0 - np.broadcast_to(1.0 * np.arange(40.0), (25, 40))
CELL_M = 10.0
EVERYTHING = Outputs(
    gauges=(Gauge("below", 12, 20), Gauge("aside", 0, 0)),
    snapshots_s=(0.0, 30.0, 65.0, 120.0),
    pressure=Pressure(),
)


def _run(outputs: Outputs | None, order: int = 2) -> FlowResult:
    release = Release.hydrograph(
        ([11, 12, 13], [3, 3, 3]), [0.0, 20.0, 100.0], [0.0, 150.0, 0.0], solids_fraction=[0.6, 0.5, 0.0]
    )
    return simulate(
        SLOPE,
        CELL_M,
        [release],
        Mixture(Voellmy(0.05, 500.0), Manning(0.06), 0.5),
        duration_s=120.0,
        settings=Settings(record_every_s=20.0, order=order),
        outputs=outputs,
    )


@pytest.fixture(scope="module")
def recorded() -> FlowResult:
    return _run(EVERYTHING)


def test_recording_changes_no_bit_of_a_run(recorded: FlowResult) -> None:
    plain = _run(None)
    assert plain.steps == recorded.steps
    for name in ("depth_max_m", "speed_max_m_s", "intensity_max_m3_s2", "arrival_s", "deposit_m"):
        assert getattr(plain, name).tobytes() == getattr(recorded, name).tobytes()
    assert plain.gauges == ()
    assert plain.snapshots == ()
    assert plain.pressure_max_pa is None


def test_snapshots_hold_the_volume_of_their_time(recorded: FlowResult) -> None:
    release = Release.hydrograph(([11], [3]), [0.0, 20.0, 100.0], [0.0, 150.0, 0.0])
    assert [one.asked_s for one in recorded.snapshots] == [0.0, 30.0, 65.0, 120.0]
    for snapshot in recorded.snapshots:
        assert 0.0 <= snapshot.time_s - snapshot.asked_s < 2.0
    early = recorded.snapshots[1]
    assert early.state.depth_m[:, -1].max() == 0.0, "nothing has left the grid yet"
    held_m3 = float(early.state.depth_m.sum()) * CELL_M**2
    assert held_m3 == pytest.approx(release.volume_until(early.time_s), rel=1e-9)
    last = recorded.snapshots[-1]
    assert last.time_s == recorded.end_s
    for name in ("depth_m", "u_m_s", "v_m_s", "solids_fraction"):
        assert getattr(last.state, name).tobytes() == getattr(recorded.final, name).tobytes()
    assert (recorded.depth_max_m >= recorded.snapshots[1].state.depth_m).all()


def test_a_gauge_reads_its_cell(recorded: FlowResult) -> None:
    below, aside = recorded.gauges
    assert below.name == "below"
    assert below.time_s.tolist() == pytest.approx([0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0])
    final = recorded.final
    assert below.depth_m[-1] == final.depth_m[12, 20] > 0.0
    assert below.speed_m_s[-1] == pytest.approx(np.hypot(final.u_m_s[12, 20], final.v_m_s[12, 20]))
    assert below.solids_fraction[-1] == final.solids_fraction[12, 20] > 0.0
    assert below.level_m.tolist() == pytest.approx((SLOPE[12, 20] + below.depth_m).tolist(), rel=1e-12)
    assert below.depth_m.max() <= recorded.depth_max_m[12, 20]
    # The first cell that its depth reaches comes before the arrival, the next after it.
    arrival = recorded.arrival_s[12, 20]
    assert (below.depth_m[below.time_s < arrival] < 0.1).all()
    assert aside.depth_m.tolist() == [0.0] * 7
    assert aside.level_m.tolist() == [900.0] * 7


def test_the_muddy_front_passes_a_gauge_before_the_watery_tail(recorded: FlowResult) -> None:
    solids = recorded.gauges[0].solids_fraction
    wet = solids[solids > 0.0]
    assert wet[0] > 0.5
    assert (np.diff(wet) < 0.0).all()


@pytest.mark.parametrize("order", [1, 2])
def test_pressure_of_a_flow_of_one_density_follows_from_its_speed(order: int) -> None:
    pool = np.zeros(SLOPE.shape)
    pool[10:14, 3:6] = 4.0
    result = simulate(
        SLOPE,
        CELL_M,
        [Release.pool(pool, solids_fraction=0.4)],
        Voellmy(0.05, 500.0),
        duration_s=60.0,
        settings=Settings(order=order),
        outputs=Outputs(pressure=Pressure(drag_coefficient=1.5)),
    )
    density = 0.6 * 1000.0 + 0.4 * 2650.0
    assert result.pressure_max_pa is not None
    assert result.pressure_max_pa.max() > 1e4
    assert np.allclose(result.pressure_max_pa, 1.5 * density * result.speed_max_m_s**2, rtol=1e-9)


def test_pressure_of_a_changing_mixture_lies_between_its_densities(recorded: FlowResult) -> None:
    pressure, speed = recorded.pressure_max_pa, recorded.speed_max_m_s
    assert pressure is not None
    moving = speed > 0.5
    assert moving.sum() > 50
    ratio = pressure[moving] / speed[moving] ** 2
    assert ratio.min() >= 1000.0
    assert ratio.max() <= 0.4 * 1000.0 + 0.6 * 2650.0
    assert np.ptp(ratio) > 50.0


def test_pressure_at_the_foot_of_a_lake_is_its_weight() -> None:
    bed = np.random.default_rng(1).uniform(0.0, 3.0, (12, 12))
    result = simulate(
        bed,
        CELL_M,
        [Release.pool(np.maximum(0.0, 5.0 - bed))],
        Manning(0.03),
        duration_s=20.0,
        boundaries=Boundaries.walls(),
        outputs=Outputs(pressure=Pressure(drag_coefficient=0.0, hydrostatic_share=1.0)),
    )
    assert result.pressure_max_pa is not None
    assert np.allclose(result.pressure_max_pa, 1000.0 * 9.81 * (5.0 - bed), rtol=1e-9)


def test_after_it_came_to_rest_a_run_stays_as_it_ended() -> None:
    pool = np.zeros((9, 9))
    pool[4, 4] = 0.5
    result = simulate(
        np.zeros((9, 9)),
        CELL_M,
        [Release.pool(pool)],
        Voellmy(0.5, 500.0),
        duration_s=3600.0,
        outputs=Outputs(snapshots_s=(1800.0, 3600.0), gauges=(Gauge("middle", 4, 4),)),
    )
    assert result.at_rest
    assert [one.time_s for one in result.snapshots] == [result.end_s] * 2
    assert result.snapshots[1].state.depth_m.tobytes() == result.deposit_m.tobytes()
    assert result.gauges[0].time_s[-1] == result.end_s


def test_the_formula_of_the_pressure_is_named() -> None:
    assert Pressure(1.5, 0.5).formula == (
        "max over time of rho (1.5 v^2 + 0.5 g h), rho = 1000 (1 - c) + 2650 c kg/m3"
    )


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Outputs(gauges=(Gauge("a", 1, 1), Gauge("a", 2, 2))), "gauges"),
        (lambda: Outputs(snapshots_s=(10.0, 5.0)), "snapshots_s"),
        (lambda: Outputs(snapshots_s=(float("nan"),)), "snapshots_s"),
        (lambda: Outputs(snapshots_s=(-1.0,)), "snapshots_s"),
        (lambda: Pressure(drag_coefficient=9.0), "drag_coefficient"),
        (lambda: Pressure(drag_coefficient=0.0), "drag_coefficient"),
        (lambda: Pressure(hydrostatic_share=float("nan")), "hydrostatic_share"),
        (lambda: Pressure(grain_density_kg_m3=2.65), "grain_density_kg_m3"),
        (lambda: _run(Outputs(gauges=(Gauge("far", 25, 0),))), "gauges"),
        (lambda: _run(Outputs(gauges=(Gauge("far", 0, -1),))), "gauges"),
        (lambda: _run(Outputs(snapshots_s=(121.0,))), "snapshots_s"),
    ],
)
def test_outputs_that_cannot_be(make: object, field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        make()  # type: ignore[operator]
    assert caught.value.field == field
