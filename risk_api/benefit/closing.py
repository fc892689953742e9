"""At which heights a dam closes its valley on a grid, and keeps clear of the other dams."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from geodata import Grid, PlacedDam, Region

#: How well the lowest and the tallest dam that can be built are found, m.
WITHIN_M: Final = 0.5
#: Steps from the dam's own height down to the lowest: a low wall on cells of tens of metres may leak.
STEPS_DOWN: Final = 16
#: The lowest point of the crest lies at least this far above the bed of the bowl's river cell, m.
SPILL_ABOVE_BED_M: Final = 1.0


class ClosingSite:
    """One dam site on one grid, tried at different heights.

    Parameters
    ----------
    region : Region
    grid : Grid
    dam_id : str
    standing : collection of str
        Other dams that stand: a bowl must not reach them.
    """

    def __init__(self, region: Region, grid: Grid, dam_id: str, standing: Collection[str]) -> None:
        self._region = region
        self._grid = grid
        self._site = region.dam_sites[dam_id]
        self._others = [region.place_dam(other, grid) for other in standing if other != dam_id]
        self.own = region.place_dam(dam_id, grid)
        self.own_height_m = self._site.height_m.value

    def crest_m(self, height_m: float) -> float:
        """Return the elevation of the crest at a height above the river bed."""
        return self.own.crest_elevation_m + height_m - self.own_height_m

    def at(self, height_m: float) -> PlacedDam | None:
        """Return the dam at a height; None where it does not close, is no dam there, or reaches another."""
        from geodata import DamDoesNotClose, DamRefused, check_apart, place_changed_dam

        course = self._region.course(self._site.river)
        try:
            placed = place_changed_dam(
                self._site, course, self._grid, crest_elevation_m=self.crest_m(height_m)
            )
            check_apart([placed, *self._others], [self._site.id])
        except (DamRefused, DamDoesNotClose):
            return None
        row, col = placed.outlet_upstream
        bed = max(placed.bed_elevation_m, float(self._grid.values[row, col]))
        return placed if placed.spill_elevation_m >= bed + SPILL_ABOVE_BED_M else None

    def tallest_below(self, too_tall_m: float) -> tuple[float, PlacedDam]:
        """Halve between the dam's own height, which closes, and one that does not."""
        low, high, best = self.own_height_m, too_tall_m, self.own
        while high - low > WITHIN_M:
            middle = round(0.5 * (low + high), 1)
            placed = self.at(middle)
            if placed is None:
                high = middle
            else:
                low, best = middle, placed
        return low, best

    def lowest_from(self, lowest_m: float, tallest_m: float) -> float:
        """Return the lowest height from which on, up to the own or the tallest one, every step closes."""
        top = min(self.own_height_m, tallest_m)
        if top <= lowest_m:
            return lowest_m
        low = top
        step = (top - lowest_m) / STEPS_DOWN
        for number in range(1, STEPS_DOWN + 1):
            height = round(top - number * step, 1)
            if self.at(height) is None:
                return self._between(height, low)
            low = height
        return low

    def _between(self, fails: float, closes: float) -> float:
        while closes - fails > WITHIN_M:
            middle = round(0.5 * (fails + closes), 1)
            if self.at(middle) is None:
                fails = middle
            else:
                closes = middle
        return closes
