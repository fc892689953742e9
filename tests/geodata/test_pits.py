from collections.abc import Callable

import numpy as np

from geodata import Grid
from geodata.pits import breach, find_pits


def with_pit(base: Grid, row: int, col: int, depth: float, rows: int = 3) -> Grid:
    values = base.values.copy()
    values[row : row + rows, col - 1 : col + 2] -= depth
    return base.like(values)


def test_a_pit_is_found_with_its_volume(make_valley: Callable[..., Grid]) -> None:
    base = make_valley(30.0)
    assert find_pits(base, at_least_m=0.5)[0] == []
    pits, _, _ = find_pits(with_pit(base, 50, 20, 40.0), at_least_m=5.0)
    assert len(pits) == 1
    # Nine cells dug 40 m, less what the slope across and along the valley lets out over the lowest rim.
    assert 15.0 < pits[0].depth_m < 40.0
    assert 0 < pits[0].volume_m3 < 9 * 900 * 40.0


def test_a_shallow_pit_is_breached_by_lowering_only(make_valley: Callable[..., Grid]) -> None:
    holed = with_pit(make_valley(30.0), 50, 20, 40.0)
    opened, count, deepest = breach(holed, np.ones(holed.shape, dtype=bool), deepest_m=50.0)
    assert count == 1
    assert deepest > 0
    assert (opened.values <= holed.values).all()
    assert find_pits(opened, at_least_m=0.5)[0] == []


def test_deep_pits_and_known_ones_are_kept(make_valley: Callable[..., Grid]) -> None:
    holed = with_pit(make_valley(30.0), 50, 20, 40.0)
    everywhere = np.ones(holed.shape, dtype=bool)
    for options in ({"deepest_m": 5.0}, {"deepest_m": 99.0, "keep": everywhere}):
        kept, count, _ = breach(holed, everywhere, **options)  # type: ignore[arg-type]
        assert count == 0
        np.testing.assert_array_equal(kept.values, holed.values)
    _, count, _ = breach(holed, ~everywhere, deepest_m=99.0)
    assert count == 0
