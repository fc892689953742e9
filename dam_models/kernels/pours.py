"""Material that comes from above at the end of a step: what it does to the cells that it is poured into."""

import math
from typing import NamedTuple

from dam_models.kernels.compiled import kernel
from dam_models.kernels.fields import (
    ARRIVAL,
    BLOCK,
    DEPTH_MAX,
    GRAVITY,
    SOLIDS,
    WAVE,
    Bytes,
    Floats,
    H,
    Indices,
    U,
    V,
    WholeNumbers,
)
from dam_models.kernels.waves import mean_wave


class Pours(NamedTuple):
    """What is poured at the end of each of several steps.

    Cells, (n,), and which source each belongs to; depth, m, and solids fraction of every source, (steps,
    sources).
    """

    numbers: Indices
    source: WholeNumbers
    depths: Floats
    fractions: Floats


@kernel()
def pour_each(
    numbers: Indices,
    source: WholeNumbers,
    depths: Floats,
    fractions: Floats,
    time_after: float,
    dry_depth: float,
    threshold_depth: float,
    state: Floats,
    middle: Floats,
    maxima: Floats,
    links: Indices,
    changed: Bytes,
) -> None:
    """Add to cell `numbers[k]` the depth (m) and the solids fraction of `source[k]`, in their order."""
    for k in range(numbers.size):
        i, depth = numbers[k], depths[source[k]]
        if depth <= 0.0:
            continue
        before = state[i, H]
        total = before + depth
        state[i, SOLIDS] = (before * state[i, SOLIDS] + depth * fractions[source[k]]) / total
        state[i, U] *= before / total
        state[i, V] *= before / total
        state[i, H] = total
        # Noted here too: what is held where it was poured is not visited again.
        if total >= threshold_depth and maxima[i, ARRIVAL] < 0.0:
            maxima[i, ARRIVAL] = time_after
        maxima[i, DEPTH_MAX] = max(maxima[i, DEPTH_MAX], total)
        if total >= dry_depth:
            middle[i, WAVE] = mean_wave(state[i, U], state[i, V], math.sqrt(state[i, GRAVITY] * total))
        changed[links[i, BLOCK]] = 1
