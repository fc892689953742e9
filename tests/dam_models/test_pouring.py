"""What comes from above mixes with what is there, slows it down, and wakes what is around it."""

import numpy as np
import pytest

from dam_models import (
    Boundaries,
    CellFaces,
    Dam,
    FlowResult,
    Manning,
    Mixture,
    Release,
    Settings,
    Voellmy,
    simulate,
)
from dam_models.mesh import Mesh
from dam_models.pouring import pour

ROWS, COLS = np.array([1, 3]), np.array([1, 4])
DRY_M, THRESHOLD_M = 1e-3, 0.1


def _mesh() -> Mesh:
    """A level bed, one cell of which flows."""
    z, one = np.zeros((9, 10)), np.ones((1, 1))
    mesh = Mesh(z, np.full(z.shape, 0.25), (one, one, one, one, one, one))
    first = mesh.ensure_all(ROWS[:1] + 1, COLS[:1] + 1)
    cells = mesh.cells
    cells.h[first], cells.u[first], cells.v[first], cells.solids[first] = 0.5, 3.0, -6.0, 0.5
    cells.depth_max[first], cells.arrival[first] = 0.7, 4.0
    mesh.visit()
    assert not mesh.stirred
    return mesh


def test_a_pour_mixes_slows_and_marks_each_of_its_cells() -> None:
    mesh = _mesh()
    pour(mesh, ROWS, COLS, 0.25, 0.2, 9.0, DRY_M, THRESHOLD_M)
    numbers = mesh.index[ROWS + 1, COLS + 1]
    cells = mesh.cells
    gravity = 9.81 * 0.25
    np.testing.assert_allclose(cells.h[numbers], [0.75, 0.25], rtol=1e-15)
    np.testing.assert_allclose(cells.solids[numbers], [0.4, 0.2], rtol=1e-15)
    np.testing.assert_allclose(cells.u[numbers], [2.0, 0.0], rtol=1e-15)
    np.testing.assert_allclose(cells.v[numbers], [-4.0, 0.0], rtol=1e-15)
    np.testing.assert_allclose(cells.depth_max[numbers], [0.75, 0.25], rtol=1e-15)
    np.testing.assert_array_equal(cells.arrival[numbers], [4.0, 9.0])
    wave = [3.0 + np.sqrt(gravity * 0.75), np.sqrt(gravity * 0.25)]
    np.testing.assert_allclose(cells.wave[numbers], wave, rtol=1e-15)
    # All neighbours have joined, and will be visited.
    assert all((getattr(cells, side)[numbers] > 0).all() for side in ("west", "east", "north", "south"))
    assert set(numbers.tolist()) <= set(mesh.visit().wet.tolist())


def test_a_film_is_no_wave_and_no_arrival() -> None:
    mesh = _mesh()
    pour(mesh, ROWS[1:], COLS[1:], 0.5 * DRY_M, 0.2, 9.0, DRY_M, THRESHOLD_M)
    number = mesh.index[ROWS[1] + 1, COLS[1] + 1]
    assert (mesh.cells.wave[number], mesh.cells.arrival[number]) == (0.0, -1.0)
    assert mesh.cells.depth_max[number] == 0.5 * DRY_M
    pour(mesh, ROWS[1:], COLS[1:], THRESHOLD_M, 0.2, 11.0, DRY_M, THRESHOLD_M)
    assert mesh.cells.wave[number] > 0.0
    assert mesh.cells.arrival[number] == 11.0
    pour(mesh, ROWS[1:], COLS[1:], THRESHOLD_M, 0.2, 13.0, DRY_M, THRESHOLD_M)
    assert mesh.cells.arrival[number] == 11.0


def test_the_mesh_takes_many_cells_as_it_takes_them_one_by_one() -> None:
    rows, cols = (part.ravel() for part in np.mgrid[1:60, 1:70])
    at_once, singly = (Mesh(np.zeros((61, 71)), np.ones((61, 71)), (np.ones((1, 1)),) * 6) for _ in range(2))
    twice = np.concatenate([rows, rows[:5]]), np.concatenate([cols, cols[:5]])
    numbers = at_once.ensure_all(*twice)
    for k in range(rows.size):
        assert singly.ensure_all(rows[k : k + 1], cols[k : k + 1])[0] == numbers[k]
    np.testing.assert_array_equal(numbers[-5:], numbers[:5])
    assert at_once.cell_count == singly.cell_count == rows.size + 1
    n = at_once.cell_count
    for one, other in zip(at_once.groups, singly.groups, strict=True):
        np.testing.assert_array_equal(one[:n], other[:n])


@pytest.mark.parametrize("law", [Manning(0.05), Mixture(Voellmy(0.02, 400.0), Manning(0.05), 0.5)])
def test_a_release_over_many_cells_pours_the_same_as_one_by_one(law: Manning | Mixture) -> None:
    """Sixteen cells, so that a sixteenth of the discharge is exact."""
    bed = 100.0 - 0.5 * np.broadcast_to(np.arange(40.0), (20, 40))
    rows, cols = (part.ravel() for part in np.mgrid[8:12, 3:7])
    pool = np.zeros(bed.shape, dtype=bool)
    pool[:, :5] = True
    dam = Dam("a", CellFaces.between(pool, np.arange(20), np.full(20, 5)), 99.5, pool, (9, 4))
    time, discharge, solids = [0.0, 20.0, 60.0], np.array([16.0, 160.0, 0.0]), [0.5, 0.25, 0.125]

    def run(releases: list[Release]) -> FlowResult:
        return simulate(
            bed, 10.0, releases, law, [dam], 90.0, boundaries=Boundaries.walls(), settings=Settings(threads=2)
        )

    whole = run([Release.hydrograph((rows, cols), time, discharge, solids_fraction=solids)])
    parts = run(
        [
            Release.hydrograph(([row], [col]), time, discharge / 16.0, solids_fraction=solids)
            for row, col in zip(rows, cols, strict=True)
        ]
    )
    assert whole.steps == parts.steps
    for name in ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s", "deposit_m"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name), err_msg=name)
    np.testing.assert_array_equal(whole.final.solids_fraction, parts.final.solids_fraction)
    assert whole.budget.released_m3 == pytest.approx(parts.budget.released_m3, rel=1e-12)
    assert whole.budget.relative_error < 1e-12
    one, other = whole.dams[0], parts.dams[0]
    # Half of the cells lie in the pool, whose other sides are closed; the integrals are exact.
    for record in (one, other):
        assert record.inflow_m3 == pytest.approx(4960.0 / 2.0, rel=1e-9)
        assert record.solids_in_m3 == pytest.approx((600.0 + 2000.0 / 3.0) / 2.0, rel=1e-9)
