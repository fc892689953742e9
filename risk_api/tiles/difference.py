"""What one run has deeper than another, hatched where that is less than the runs themselves can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.exposure.schemes import FOOTPRINT_DEPTH_M
from risk_api.i18n import LANGUAGES, translate
from risk_api.runs.spec import RunSpec
from risk_api.tiles.classes import NOTHING, Entry, Legend, from_hex, range_names, titles_of
from risk_api.tiles.matrix import SIZE
from risk_api.tiles.pixels import Bytes
from risk_api.tiles.run_layers import RunRasters

if TYPE_CHECKING:
    from affine import Affine

    from risk_api.runs import Run, RunStore

Floats = NDArray[np.float64]

#: Below this a difference of depths says nothing, m: it is where the footprint begins.
LEAST_TOLERANCE_M: Final = FOOTPRINT_DEPTH_M
#: Between the classes of a difference, m.
LIMITS_M: Final = (0.5, 2.0)
#: PuOr of ColorBrewer: less in purple, more in orange.
_LESS: Final = ("d8daeb", "998ec3", "542788")
_MORE: Final = ("fee0b6", "f1a340", "b35806")

WITHIN, WITHIN_GAP, FIRST_LESS, FIRST_MORE = 1, 2, 3, 6
#: A stripe of the hatching and the gap beside it, in pixels; a tile holds a whole number of both.
_STRIPE, _PERIOD = 2, 8


@dataclass(frozen=True, eq=False)
class Difference:
    """Indices of a difference on the cells of the finer of its two runs."""

    legend: Legend
    cells: Bytes
    transform: Affine
    crs: Any
    cell_size_m: float


def counterpart(store: RunStore, run: Run) -> Run | None:
    """Return the preview of a final run, or the final run of a preview, if it is finished.

    The two differ in the order of the scheme, and in the cell size where previews have larger cells.
    """
    inputs = dict(run.summary["inputs"])
    cell = float(inputs["cell_size_m"])
    preview = inputs["order"] == 1
    for size in (cell / 2.0, cell) if preview else (2.0 * cell, cell):
        found = RunSpec.of({**inputs, "order": 2 if preview else 1, "cell_size_m": size}).id
        if store.has(found):
            return store.open(found)
    return None


def difference(store: RunStore, first: Run, second: Run) -> Difference:
    """Return the depth of `second` minus that of `first`.

    The tolerance is that of each place: the larger of 0.1 m and what preview and final of either run differ
    by there. Where a run has no such pair in the store it is 0.1 m for that run, and the legend says so.
    """
    sides = [RunRasters(first), RunRasters(second)]
    depths = [np.nan_to_num(side.get("depth_max_m")) for side in sides]
    finer = 0 if sides[0].transform.a <= sides[1].transform.a else 1
    onto = _Cells(depths[finer].shape, sides[finer].transform, sides[finer].crs)
    a, b = (onto.take(depth, side) for depth, side in zip(depths, sides, strict=True))
    tolerance = np.full(onto.shape, LEAST_TOLERANCE_M)
    pairs = []
    for run, depth in ((first, a), (second, b)):
        pair = counterpart(store, run)
        pairs.append({"run": run.id, "pair": None if pair is None else pair.id})
        if pair is not None:
            other = RunRasters(pair)
            own = np.abs(onto.take(np.nan_to_num(other.get("depth_max_m")), other) - depth)
            tolerance = np.maximum(tolerance, own)
    cells = classes_of(a, b, tolerance)
    legend = difference_legend({"least_m": LEAST_TOLERANCE_M, "previews": pairs})
    return Difference(legend, cells, onto.transform, onto.crs, float(onto.transform.a))


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells that both runs are compared on."""

    shape: tuple[int, ...]
    transform: Affine
    crs: Any

    def take(self, values: Floats, side: RunRasters) -> Floats:
        """Return the values of the cells that these cells' centres lie in."""
        from rasterio.warp import Resampling, reproject

        if values.shape == self.shape and side.transform == self.transform and side.crs == self.crs:
            return values
        taken = np.zeros(self.shape)
        reproject(
            values,
            taken,
            src_transform=side.transform,
            src_crs=side.crs,
            dst_transform=self.transform,
            dst_crs=self.crs,
            resampling=Resampling.nearest,
        )
        return taken


def classes_of(first_m: Floats, second_m: Floats, tolerance_m: Floats) -> Bytes:
    """Return the index of `second` minus `first` in each cell.

    Parameters
    ----------
    first_m, second_m, tolerance_m : (ny, nx) float64, m

    Returns
    -------
    (ny, nx) uint8
        0 where neither run has water, 1 within the tolerance, 3 to 5 less, 6 to 8 more.
    """
    change = second_m - first_m
    size = np.abs(change)
    steps = np.searchsorted(np.asarray(LIMITS_M), size, side="right")
    classes = np.where(change < 0.0, FIRST_LESS + steps, FIRST_MORE + steps)
    wet = np.maximum(first_m, second_m) >= FOOTPRINT_DEPTH_M
    return np.where(wet, np.where(size < tolerance_m, WITHIN, classes), 0).astype(np.uint8)


def by_size() -> Bytes:
    """Return the rank of each index: the larger difference ranks higher, of two alike the deeper."""
    rank = np.arange(256, dtype=np.uint8)
    order = (WITHIN, WITHIN_GAP, FIRST_LESS, FIRST_MORE, FIRST_LESS + 1, FIRST_MORE + 1, FIRST_LESS + 2)
    for place, index in enumerate((*order, FIRST_MORE + 2), start=1):
        rank[index] = place
    return rank


def hatched(indices: Bytes) -> Bytes:
    """Return a tile with the ground within the tolerance in stripes, which go on from tile to tile."""
    along = np.add.outer(np.arange(SIZE), np.arange(SIZE)) % _PERIOD
    return np.where((indices == WITHIN) & (along >= _STRIPE), np.uint8(WITHIN_GAP), indices)


def difference_legend(tolerance: dict[str, Any]) -> Legend:
    """Return the classes of a difference, from most less to most more."""
    within: dict[str, str] = {code: translate(code, "tiles.difference.within") for code in LANGUAGES}
    grey, gap = from_hex("636363"), from_hex("f0f0f0", 60)
    less = _side("less", FIRST_LESS, _LESS, -1.0)
    more = _side("more", FIRST_MORE, _MORE, 1.0)
    middle = (Entry(WITHIN, "within", grey, within), Entry(WITHIN_GAP, "within-gap", gap, within))
    entries = (*reversed(less), *middle, *more)
    colours = (
        NOTHING,
        grey,
        gap,
        *(entry.colour for entry in less),
        *(entry.colour for entry in more),
    )
    more_said = {"tolerance": tolerance}
    return Legend("difference", titles_of("difference"), "m", entries, colours, more=more_said)


def _side(name: str, first: int, ramp: Sequence[str], sign: float) -> list[Entry]:
    lows = (None, *LIMITS_M)
    highs = (*LIMITS_M, None)
    entries = []
    for place, (low, high, colour) in enumerate(zip(lows, highs, ramp, strict=True)):
        sizes = range_names(low, high, "m")
        names: dict[str, str] = {
            code: translate(code, f"tiles.difference.{name}", size=sizes[code]) for code in LANGUAGES
        }
        ends = (low, high) if sign > 0 else (None if high is None else -high, None if low is None else -low)
        entries.append(Entry(first + place, f"{name}-{place + 1}", from_hex(colour), names, *ends))
    return entries
