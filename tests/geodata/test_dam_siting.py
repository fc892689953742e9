from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geodata import DamSite, Grid, River
from geodata.course_raster import enforce_courses
from geodata.dam_siting import best_axis
from geodata.values import Ranged


@pytest.fixture
def site(make_dam: Callable[..., dict[str, Any]]) -> DamSite:
    feature = make_dam()
    return DamSite.of(feature["properties"], *feature["geometry"]["coordinates"])


def capacity(value: float) -> Ranged:
    return Ranged(value, value * 0.9, value * 1.1, "m3", "A", "made up")


def test_the_axis_is_searched_within_the_position_error(
    site: DamSite, valley_river: River, make_valley: Callable[..., Grid]
) -> None:
    ground = make_valley(15.0)
    values = ground.values.copy()
    rows = np.arange(ground.shape[0])
    # The valley is wide except in a narrows around chainage 1900 m.
    y = 3000.0 - (rows + 0.5) * 15.0
    narrows = np.abs(y - 1910.0) < 60.0
    values[~narrows] -= 0.3 * np.abs(np.arange(ground.shape[1]) * 15.0 + 7.5 - 1500.0)
    ground, _ = enforce_courses(ground.like(values), {"river": valley_river})
    wanted = replace(site, position_error_m=500.0, crest_length_m=80.0, capacity_m3=capacity(270_000.0))
    found = best_axis(ground, valley_river, wanted, 1490.0)
    assert found is not None
    assert found.chainage_m == pytest.approx(1900.0, abs=80.0)
    near = replace(wanted, position_error_m=100.0)
    held = best_axis(ground, valley_river, near, 1490.0)
    assert held is not None
    assert held.moved_m <= 100.0 + 1e-9
