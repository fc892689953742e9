import numpy as np
import pytest

from geodata import River, UnknownRiver
from geodata.rivers import path_downstream
from geodata.terrain import lower_junctions, monotone_bed

NAMES = {"kk": "a", "ru": "a", "en": "a"}


def line(id: str, points: list[tuple[float, float]], bed: list[float], **more: object) -> River:
    xy = np.array(points)
    chainage = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return River(id, NAMES, xy, chainage, np.array(bed), **more)  # type: ignore[arg-type]


def test_places_along_a_course() -> None:
    river = line("r", [(0, 0), (0, -100), (100, -100)], [50, 40, 30])
    assert river.at(150) == (50, -100)
    assert river.bed_at(150) == 35
    assert river.nearest(50, -110) == (150, 10)
    assert river.direction_at(160, over_m=40) == pytest.approx((1, 0))


def test_a_flow_follows_the_rivers_it_joins() -> None:
    rivers = {
        "side": line("side", [(0, 0), (0, -100)], [90, 50], joins=("main", 40.0)),
        "main": line("main", [(-40, -100), (60, -100)], [60, 40], joins=("sea", 0.0)),
        "sea": line("sea", [(60, -100), (99, -100)], [40, 39]),
    }
    assert path_downstream(rivers, "side", 30.0) == [("side", 30.0), ("main", 40.0), ("sea", 0.0)]
    with pytest.raises(UnknownRiver, match="nowhere"):
        path_downstream(rivers, "nowhere", 0.0)


def test_rivers_in_a_circle_are_refused() -> None:
    rivers = {
        "a": line("a", [(0, 0), (0, -1)], [2, 1], joins=("b", 0.0)),
        "b": line("b", [(0, 0), (0, -1)], [2, 1], joins=("a", 0.0)),
    }
    with pytest.raises(UnknownRiver, match="itself"):
        path_downstream(rivers, "a", 0.0)


def test_rivers_meet_at_the_lower_of_the_two_beds() -> None:
    main = line("main", [(0, 0), (0, -1000), (0, -2000)], [100, 80, 60])
    low = line("low", [(500, -500), (0, -500)], [120, 70], joins=("main", 500.0))
    high = line("high", [(500, -1500), (0, -1500)], [120, 90], joins=("main", 1500.0))
    out = lower_junctions({"main": main, "low": low, "high": high})
    assert out["main"].bed_at(500) == 70, "the river is lowered to its tributary"
    assert out["main"].bed_at(1000) == 70, "and never rises below it"
    assert out["main"].bed_at(1500) == 65
    assert out["high"].bed_elevation_m[-1] == 65, "the tributary is lowered to its river"
    assert out["main"].bed_at(0) == 100


def test_a_bed_may_rise_in_a_listed_basin_only() -> None:
    bed = [10.0, 8.0, 5.0, 9.0, 12.0, 4.0, 6.0]
    points = [(0.0, -100.0 * i) for i in range(7)]
    plain = line("r", points, bed)
    assert monotone_bed(plain).tolist() == [10, 8, 5, 5, 5, 4, 4]
    kept = line("r", points, bed, basins=((200.0, 500.0),))
    assert monotone_bed(kept).tolist() == [10, 8, 5, 9, 12, 4, 4]
