"""Which cells and faces a step has to visit.

A cell at rest among cells at rest does in the next step what it did in the last: nothing. Cells are kept in
blocks of 4 x 4; a block is visited when in the last step anything changed in it or in one of its eight
neighbours. What a cell does depends on cells at most two away, so a step leaves out nothing that could
change, and a run is the same to the last bit as one that visits all.
"""

from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import FAST, GHOST, HP, UP, VP, WAVE, Bytes, Floats, H, Indices, Ints

BLOCK_SIDE = 4


@kernel(fastmath=FAST)
def listed(
    block_grid: Ints,
    places: Ints,
    block_count: int,
    ranges: Ints,
    tail: int,
    cell_count: int,
    changed: Bytes,
    marked: Bytes,
    everything: bool,
    state: Floats,
    middle: Floats,
    slopes: Floats,
    flags: Bytes,
    cells: Indices,
    wet: Indices,
    ghosts: Indices,
    found: Ints,
) -> float:
    """Fill the lists of cells, of wet ones, and of ghosts to visit; returns their fastest wave, m/s.

    `places` holds row and column of each block in `block_grid`, `ranges` where its cells begin and end among
    those sorted by block; the cells from `tail` on are unsorted and always visited. `changed` is cleared.
    `found` gets the three lengths.
    """
    marked[:block_count] = 0
    for block in range(1, block_count):
        if changed[block] != 0:
            changed[block] = 0
            row, col = places[block, 0], places[block, 1]
            for r in range(row - 1, row + 2):
                for c in range(col - 1, col + 2):
                    marked[block_grid[r, c]] = 1
    fastest = 0.0
    n_cells, n_wet, n_ghosts = 0, 0, 0
    for block in range(1, block_count + 1):
        unsorted = block == block_count
        if not unsorted and marked[block] == 0 and not everything:
            continue
        begin = tail if unsorted else ranges[block, 0]
        end = cell_count if unsorted else ranges[block, 1]
        for i in range(begin, end):
            if flags[i, GHOST] != 0:
                ghosts[n_ghosts] = i
                n_ghosts += 1
                continue
            cells[n_cells] = i
            n_cells += 1
            if middle[i, WAVE] > 0.0:
                wet[n_wet] = i
                n_wet += 1
            elif middle[i, HP] != state[i, H]:
                # A film stays as it is for its neighbours until it is wet again.
                middle[i, HP] = state[i, H]
                middle[i, UP] = 0.0
                middle[i, VP] = 0.0
                for slope in range(slopes.shape[1]):
                    slopes[i, slope] = 0.0
            if unsorted or marked[block] != 0:
                fastest = max(fastest, middle[i, WAVE])
    found[0], found[1], found[2] = n_cells, n_wet, n_ghosts
    return fastest
