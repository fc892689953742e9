"""The slope of the bed as the metric of a cell sees it, on grids of one row or column too."""

from typing import Any

import numpy as np
import pytest

from dam_models.kernels.metric import cos_squared

#: Compiled, and as plain Python, which refuses to read outside the bed.
WAYS = [cos_squared, cos_squared.py_func]


@pytest.mark.parametrize("measure", WAYS, ids=["compiled", "plain"])
@pytest.mark.parametrize("across", [False, True], ids=["row", "column"])
def test_a_single_row_or_column_has_a_slope_along_it_alone(measure: Any, across: bool) -> None:
    # Falling by 2, 1 and 1 m a metre, then rising: the gentler side counts, none at the lowest cell.
    line = np.array([[4.0, 2.0, 1.0, 0.0, 3.0]])
    slope = np.array([2.0, 1.0, 1.0, 0.0, 3.0])
    bed = line.T.copy() if across else line
    expected = np.pad(1.0 / (1.0 + slope**2), 1, mode="edge")
    found = measure(bed, 1.0)
    np.testing.assert_allclose(found.T if across else found, np.tile(expected, (3, 1)), rtol=1e-15)


@pytest.mark.parametrize("measure", WAYS, ids=["compiled", "plain"])
def test_a_single_cell_is_level(measure: Any) -> None:
    np.testing.assert_array_equal(measure(np.array([[7.0]]), 10.0), np.ones((3, 3)))


@pytest.mark.parametrize("measure", WAYS, ids=["compiled", "plain"])
def test_a_plane_has_the_slope_of_both_directions(measure: Any) -> None:
    rows, cols = np.indices((3, 4))
    found = measure(20.0 * rows + 10.0 * cols, 20.0)
    np.testing.assert_allclose(found, np.full((5, 6), 1.0 / (1.0 + 1.0 + 0.25)), rtol=1e-15)
