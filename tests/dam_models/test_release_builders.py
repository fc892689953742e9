"""Releases along lines, with solids that change in time, from rain and from lakes."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dam_models import (
    PEAK_RELATIONS,
    Hydrograph,
    InvalidRelease,
    Manning,
    Release,
    cells_of_line,
    cells_of_point,
    curve_number_runoff,
    kirpich_time_of_concentration_s,
    lake_volume_m3,
    outburst_hydrograph,
    peak_estimates,
    rain_hydrograph,
    simulate,
)

POSITION = st.floats(-20.0, 20.0, allow_nan=False)
VERTEX = st.tuples(POSITION, POSITION)


def _pairs(cells: tuple[np.ndarray, np.ndarray]) -> list[tuple[int, int]]:
    return list(zip(cells[0].tolist(), cells[1].tolist(), strict=True))


def test_a_point_lies_in_one_cell() -> None:
    assert _pairs(cells_of_point(2.4, 6.6)) == [(2, 7)]


def test_a_line_takes_the_cells_it_passes_through() -> None:
    assert _pairs(cells_of_line([(0, 0), (0, 3), (2, 3)])) == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 3), (2, 3)]
    # From the centre of (0, 0) to that of (1, 3): the row changes half way, at column 1.5, a corner.
    assert _pairs(cells_of_line([(0, 0), (1, 3)])) == [(0, 0), (0, 1), (1, 1), (1, 2), (1, 3)]
    assert _pairs(cells_of_line([(0, 0), (1, 4)])) == [(0, 0), (0, 1), (0, 2), (1, 2), (1, 3), (1, 4)]


@given(st.lists(VERTEX, min_size=1, max_size=5))
def test_a_line_has_no_gap_and_no_direction(vertices: list[tuple[float, float]]) -> None:
    cells = _pairs(cells_of_line(vertices))
    assert len(set(cells)) == len(cells)
    assert set(_pairs(cells_of_line(vertices[::-1]))) == set(cells)
    reached, waiting = {cells[0]}, [cells[0]]
    while waiting:
        row, col = waiting.pop()
        for one in ((row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1)):
            if one in cells and one not in reached:
                reached.add(one)
                waiting.append(one)
    assert reached == set(cells)


@given(VERTEX, VERTEX)
def test_a_line_passes_through_each_of_its_cells(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    cells = _pairs(cells_of_line([start, end]))
    along = np.linspace(0.0, 1.0, 4001)[:, None]
    points = np.asarray(start) + along * (np.asarray(end) - np.asarray(start))
    # On a side itself rounding decides which cell a point lies in.
    clear = (np.abs(points + 0.5 - np.round(points + 0.5)) > 1e-9).all(axis=1)
    assert {tuple(cell) for cell in np.floor(points[clear] + 0.5).astype(int).tolist()} <= set(cells)
    steps = np.abs(np.floor(np.asarray(end) + 0.5) - np.floor(np.asarray(start) + 0.5)).sum()
    assert len(cells) == 1 + steps


@pytest.mark.parametrize("vertices", [[], [(0.0, float("nan"))], [(0.0, float("inf"))], [(1.0, 2.0, 3.0)]])
def test_lines_that_are_none(vertices: list[tuple[float, ...]]) -> None:
    with pytest.raises(InvalidRelease) as caught:
        cells_of_line(vertices)  # type: ignore[arg-type]
    assert caught.value.field == "vertices"


def test_a_muddy_front_and_a_watery_tail() -> None:
    time, discharge, solids = [0.0, 100.0, 400.0], [0.0, 30.0, 0.0], [0.6, 0.5, 0.0]
    release = Release.hydrograph(([4], [4]), time, discharge, solids_fraction=solids)
    fine = np.linspace(0.0, 400.0, 400_001)
    flow, share = np.interp(fine, time, discharge), np.interp(fine, time, solids)
    for start, end in ((0.0, 400.0), (50.0, 250.0), (120.0, 120.5), (399.0, 500.0)):
        inside = (fine >= start) & (fine <= end)
        expected = np.trapezoid((flow * share)[inside], fine[inside]) / np.trapezoid(
            flow[inside], fine[inside]
        )
        volume, fraction = release.poured(start, end)
        assert volume == pytest.approx(np.trapezoid(flow[inside], fine[inside]), rel=1e-4)
        assert fraction == pytest.approx(expected, rel=1e-4)


def test_solids_arrive_as_poured() -> None:
    time, discharge, solids = [0.0, 20.0, 60.0], [0.0, 50.0, 0.0], [0.6, 0.5, 0.0]
    release = Release.hydrograph(([8], [8]), time, discharge, solids_fraction=solids)
    result = simulate(np.zeros((17, 17)), 20.0, [release], Manning(0.05), duration_s=70.0)
    volume, fraction = release.poured(0.0, 60.0)
    solid = float((result.final.depth_m * result.final.solids_fraction).sum()) * 400.0
    assert result.budget.outflow_m3 == 0.0
    assert result.budget.released_m3 == pytest.approx(volume, rel=1e-12)
    assert solid == pytest.approx(volume * fraction, rel=1e-10)


def test_a_line_release_is_shared_equally() -> None:
    cells = cells_of_line([(3, 2), (3, 6)])
    release = Hydrograph.triangle(500.0, 20.0).release(cells)
    result = simulate(np.zeros((7, 9)), 10.0, [release], Manning(0.05), duration_s=60.0)
    assert result.budget.released_m3 == pytest.approx(500.0, rel=1e-12)
    assert np.allclose(result.final.depth_m, result.final.depth_m[:, ::-1], atol=1e-12)


@pytest.mark.parametrize("solids", [[0.5, 0.5], [0.5, 0.9, 0.0], [0.5, float("nan"), 0.0], -0.1])
def test_solids_tables_that_cannot_be(solids: object) -> None:
    with pytest.raises(InvalidRelease) as caught:
        Release.hydrograph(([1], [1]), [0.0, 1.0, 2.0], [0.0, 1.0, 0.0], solids_fraction=solids)  # type: ignore[arg-type]
    assert caught.value.field == "solids_fraction"


@given(
    rain=st.lists(st.floats(0.0, 60.0), min_size=1, max_size=6),
    area=st.floats(1e3, 1e9),
    coefficient=st.floats(0.01, 1.0),
    concentration=st.floats(300.0, 40_000.0),
)
def test_rain_runs_off_to_the_last_drop(
    rain: list[float], area: float, coefficient: float, concentration: float
) -> None:
    assume(sum(rain) > 0.1)
    flood = rain_hydrograph(
        area,
        np.arange(len(rain) + 1) * 3600.0,
        rain,
        runoff_coefficient=coefficient,
        time_of_concentration_s=concentration,
    )
    assert flood.volume_m3 == pytest.approx(sum(rain) / 1000.0 * area * coefficient, rel=1e-9)
    assert (flood.discharge_m3_s >= 0.0).all()


def test_short_rain_gives_the_unit_triangle() -> None:
    # 10 mm on 1 km2 within 0.133 tc: peak 0.208 A Q / Tp in m3/s with km2, mm and hours (NEH 630.1603).
    flood = rain_hydrograph(1e6, [0.0, 400.0], [10.0], runoff_coefficient=1.0, time_of_concentration_s=3600.0)
    rise_s = 200.0 + 0.6 * 3600.0
    assert flood.time_s.tolist() == pytest.approx([0.0, rise_s, 2.67 * rise_s])
    assert flood.peak_m3_s == pytest.approx(0.208 * 1.0 * 10.0 / (rise_s / 3600.0), rel=2e-3)


def test_long_steady_rain_reaches_the_rational_peak() -> None:
    # Rain that outlasts the catchment's response runs off as fast as it falls: Q = C i A.
    flood = rain_hydrograph(
        5e6, [0.0, 36_000.0], [100.0], runoff_coefficient=0.4, time_of_concentration_s=1800.0
    )
    assert flood.peak_m3_s == pytest.approx(0.4 * (0.1 / 36_000.0) * 5e6, rel=0.01)


def test_losses_and_concentration_by_their_formulas() -> None:
    assert 100.0 * curve_number_runoff(100.0, 80.0) == pytest.approx(50.54, abs=0.01)
    assert curve_number_runoff(10.0, 80.0) == 0.0
    assert curve_number_runoff(70.0, 100.0) == 1.0
    assert kirpich_time_of_concentration_s(1000.0, 0.1) / 60.0 == pytest.approx(9.66, abs=0.01)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"catchment_area_m2": 0.0}, "catchment_area_m2"),
        ({"catchment_area_m2": float("nan")}, "catchment_area_m2"),
        ({"runoff_coefficient": 1.2}, "runoff_coefficient"),
        ({"time_of_concentration_s": 0.0}, "time_of_concentration_s"),
        ({"time_s": [0.0, 60.0, 30.0]}, "time_s"),
        ({"time_s": [0.0, 60.0]}, "time_s"),
        ({"time_s": [0.0, 60.0, 1e9]}, "time_s"),
        ({"rain_mm": [1.0, -1.0]}, "rain_mm"),
        ({"rain_mm": [0.0, 0.0]}, "rain_mm"),
    ],
)
def test_rain_that_cannot_be(changed: dict[str, object], field: str) -> None:
    given_ = {
        "catchment_area_m2": 1e6,
        "time_s": [0.0, 3600.0, 7200.0],
        "rain_mm": [5.0, 10.0],
        "runoff_coefficient": 0.5,
        "time_of_concentration_s": 1200.0,
    } | changed
    with pytest.raises(InvalidRelease) as caught:
        rain_hydrograph(**given_)  # type: ignore[arg-type]
    assert caught.value.field == field


VOLUMES_M3 = (5e4, 2e5, 1e6)


@pytest.mark.parametrize(
    ("relation", "peaks_m3_s"),
    [
        ("evans", (223, 464, 1090)),
        ("popov", (78, 270, 1141)),
        ("huggel", (100, 400, 2000)),
        ("walder-oconnor", (57, 142, 410)),
        ("clague-mathews", (10, 26, 75)),
        ("froehlich", (257, 386, 621)),
        ("costa-schuster", (85, 195, 512)),
    ],
)
def test_peaks_of_lake_outbursts(relation: str, peaks_m3_s: tuple[float, ...]) -> None:
    for volume, peak in zip(VOLUMES_M3, peaks_m3_s, strict=True):
        estimate = PEAK_RELATIONS[relation].peak_m3_s(volume, 10.0)
        assert estimate == pytest.approx(peak, rel=0.01, abs=0.6)
        flood = outburst_hydrograph(volume, relation, 10.0)
        assert flood.volume_m3 == pytest.approx(volume, rel=1e-12)
        assert flood.peak_m3_s == pytest.approx(estimate, rel=1e-12)


def test_relations_stand_side_by_side() -> None:
    all_of_them = peak_estimates(2e5, 10.0)
    assert set(all_of_them.by_relation_m3_s) == set(PEAK_RELATIONS)
    assert all_of_them.lowest_m3_s == all_of_them.by_relation_m3_s["clague-mathews"]
    assert all_of_them.highest_m3_s == all_of_them.by_relation_m3_s["evans"]
    assert all_of_them.median_m3_s == all_of_them.by_relation_m3_s["popov"]
    without_height = peak_estimates(2e5)
    assert set(PEAK_RELATIONS) - set(without_height.by_relation_m3_s) == {"froehlich", "costa-schuster"}


def test_lake_volume_from_its_area() -> None:
    # 0.104 A^1.42 for a lake of 1 ha and of 0.1 km2.
    assert lake_volume_m3(1e4) == pytest.approx(49_779, rel=1e-3)
    assert lake_volume_m3(1e5) == pytest.approx(1.3093e6, rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((0.0, "evans"), "volume_m3"),
        ((float("nan"), "evans"), "volume_m3"),
        ((1e5, "froehlich"), "height_m"),
        ((1e5, "froehlich", -1.0), "height_m"),
        ((1e5, "guess"), "relation"),
    ],
)
def test_outbursts_that_cannot_be(arguments: tuple[object, ...], field: str) -> None:
    with pytest.raises(InvalidRelease) as caught:
        outburst_hydrograph(*arguments)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_water_becomes_mud_by_its_solids() -> None:
    water = Hydrograph.triangle(1000.0, 10.0)
    mud = water.with_solids(0.5)
    assert mud.volume_m3 == pytest.approx(2000.0)
    assert mud.volume_m3 * (1.0 - 0.5) == pytest.approx(water.volume_m3)
    with pytest.raises(InvalidRelease, match="solids_fraction"):
        water.with_solids(1.0)
