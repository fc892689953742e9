"""The levels of the blocks of a mesh (`dam_models.kernels.levels`), and what passes between them."""

from dataclasses import dataclass

import numpy as np

from dam_models.crew import Crew
from dam_models.kernels import levels
from dam_models.kernels.fields import Bytes, Floats, Indices
from dam_models.mesh import Mesh, Visit, longer


@dataclass(frozen=True, slots=True)
class Kept:
    """Cells, and what steps change of them."""

    cells: Indices
    state: Floats
    middle: Floats
    maxima: Floats


class BlockLevels:
    """Keeps a level for every block.

    Parameters
    ----------
    mesh : Mesh
        The cells of the run.
    """

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._wave, self._reach = np.zeros((2, 0))
        self._held: Bytes = np.zeros(0, dtype=np.uint8)
        self._level: Bytes = self._held
        self._mixed: Bytes = self._held
        self._mean: Floats = np.zeros((0, 0))

    def _fit(self) -> None:
        """Have room for all blocks and cells."""
        blocks = self._mesh.block_changed.size
        if self._level.size < blocks:
            self._wave, self._reach = np.zeros((2, blocks))
            self._held = np.zeros(blocks, dtype=np.uint8)
            self._level, self._mixed = (longer(kept, blocks) for kept in (self._level, self._mixed))
        cells, flux = self._mean.shape[0], self._mesh.groups.flux
        if cells < len(flux):
            self._mean = np.concatenate([self._mean.reshape(cells, flux.shape[1]), np.zeros_like(flux[cells:])])

    def weigh(self, visit: Visit) -> Floats:
        """Give every block to visit the highest level that it can have; returns cells by level."""
        mesh, groups = self._mesh, self._mesh.groups
        self._fit()
        counts = np.zeros(levels.HIGHEST + 1)
        levels.weigh(
            visit.with_ghosts,
            mesh.sorted_cells,
            mesh.block_count,
            mesh.block_grid,
            mesh.block_places,
            mesh.block_marked,
            visit.fastest_m_s,
            groups.state,
            groups.middle,
            groups.links,
            groups.flags,
            self._wave,
            self._reach,
            self._held,
            self._level,
            counts,
        )
        return counts

    def cut(self, highest: int) -> None:
        """Have no level above a highest one."""
        mesh = self._mesh
        levels.cut(
            mesh.block_count, mesh.block_grid, mesh.block_places, self._level, self._mixed, highest
        )

    def cells_of(self, visit: Visit, level: int) -> tuple[Indices, Indices]:
        """Cells of a level, and the cells whose faces are of it."""
        groups, candidates = self._mesh.groups, visit.with_ghosts
        cells = np.empty(candidates.size, dtype=np.uint32)
        owners = np.empty(3 * candidates.size, dtype=np.uint32)
        found = np.zeros(2, dtype=np.int32)
        levels.chosen(
            candidates, level, groups.links, groups.flags, self._level, self._mixed, cells, owners, found
        )
        return cells[: found[0]], owners[: found[1]]

    def blend(self, cells: Indices, level: int, step: int, crew: Crew) -> None:
        """Take the fluxes of a step of a level into the means that higher levels will feel."""
        links, flux = self._mesh.groups.links, self._mesh.groups.flux
        crew.share(
            cells.size,
            lambda begin, end: levels.blend(
                cells, begin, end, level, step, links, self._level, self._mixed, flux, self._mean
            ),
        )

    def settle(self, cells: Indices, level: int, crew: Crew) -> None:
        """Have the cells of a level feel those means."""
        links, flux = self._mesh.groups.links, self._mesh.groups.flux
        crew.share(
            cells.size,
            lambda begin, end: levels.settle(
                cells, begin, end, level, links, self._level, self._mixed, flux, self._mean
            ),
        )

    def join(self, first: int, old_blocks: int, level: int, count: int) -> list[tuple[Indices, Indices]]:
        """Give the cells from `first` on, which came in a step of a level, and the blocks from `old_blocks` on
        their levels; returns per level the cells, and the cells whose faces are of it now."""
        self._fit()
        mesh, links = self._mesh, self._mesh.groups.links
        last = mesh.cell_count
        levels.join(
            first,
            last,
            level,
            old_blocks,
            mesh.block_grid,
            mesh.block_places,
            links,
            self._level,
            self._mixed,
            self._mean,
        )
        new = np.arange(first, last, dtype=np.uint32)
        own = self._level[links[new, levels.BLOCK]]
        room = np.empty(5 * new.size, dtype=np.uint32)
        found = []
        for wanted in range(count):
            owners = levels.beside(first, last, links, self._level, wanted, room)
            found.append((new[own == wanted], room[:owners].copy()))
        return found

    def strays(self, old_blocks: int) -> bool:
        """Whether a change has come so far that what is not visited may miss it."""
        mesh = self._mesh
        return bool(
            levels.strays(
                mesh.block_count,
                old_blocks,
                mesh.block_grid,
                mesh.block_places,
                mesh.block_marked,
                mesh.block_changed,
            )
        )

    def keep(self, cells: Indices) -> Kept:
        """Keep what steps change of cells."""
        groups = self._mesh.groups
        return Kept(cells, groups.state[cells], groups.middle[cells], groups.maxima[cells])

    def take_back(self, kept: Kept, old_cells: int) -> None:
        """Put that back; cells from `old_cells` on stay in the mesh, dry as they came."""
        mesh, groups = self._mesh, self._mesh.groups
        levels.restore(
            kept.cells,
            groups.state,
            groups.middle,
            groups.slopes,
            groups.maxima,
            kept.state,
            kept.middle,
            kept.maxima,
        )
        mesh.block_changed[: mesh.block_count] = 0
        for group in (groups.flux, groups.middle, groups.slopes):
            group[old_cells : mesh.cell_count] = 0.0
        new = slice(old_cells, mesh.cell_count)
        groups.state[new, 1:5] = 0.0
        groups.maxima[new, :4] = 0.0
        groups.maxima[new, 4] = -1.0
