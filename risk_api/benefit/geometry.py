"""Which heights a dam site allows on a run's grid, and what the bowl holds at each of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.benefit.closing import ClosingSite
from risk_api.errors import BadParameter

if TYPE_CHECKING:
    from geodata import Grid, Region

Floats = NDArray[np.float64]

#: Heights searched when none are asked for: up to this many times the dam's own.
TALLEST_TO_OWN: Final = 2.0
#: Lowest height searched when none is asked for; where it does not close, the lowest above it that does.
LOWEST_M: Final = 5.0
HIGHEST_M: Final = 250.0


@dataclass(frozen=True, eq=False)
class SiteGeometry:
    """A dam site on one grid.

    Attributes
    ----------
    dam : str
    own_height_m, own_crest_m : float
        As the region has the dam, height above the river bed and elevation of the crest.
    spill_below_crest_m : float
        How far a weir lies below the crest; it keeps that distance at any height.
    lowest_m, tallest_m : float
        Heights above the bed between which is searched.
    limited_by : {"asked", "twice", "closes", "highest"}
        What sets the tallest: the question, twice the dam's own height, the valley or another dam's bowl that
        a taller one would not close or would reach, or 250 m.
    level_m, volume_m3 : ndarray, shape (k,)
        Storage by the terrain up to the tallest crest.
    """

    dam: str
    own_height_m: float
    own_crest_m: float
    spill_below_crest_m: float
    lowest_m: float
    tallest_m: float
    limited_by: str
    level_m: Floats
    volume_m3: Floats

    def crest_m(self, height_m: float) -> float:
        """Return the elevation of the crest at a height above the river bed."""
        return self.own_crest_m + height_m - self.own_height_m

    def capacity_m3(self, height_m: float) -> float:
        """Return what the bowl holds up to where the dam spills, by the terrain."""
        spill = self.crest_m(height_m) - self.spill_below_crest_m
        return float(np.interp(spill, self.level_m, self.volume_m3))

    def halving_capacity(self, failing_m: float, passing_m: float) -> float:
        """Return the height whose capacity lies half-way between those of two heights.

        No dam, and one too low to hold anything, count as none; where both hold the same, half-way in height.
        """
        low, high = self.capacity_m3(failing_m), self.capacity_m3(passing_m)
        middle = self.height_holding(0.5 * (low + high)) if high > low else None
        return 0.5 * (failing_m + passing_m) if middle is None else middle

    def height_holding(self, volume_m3: float) -> float | None:
        """Return the height whose capacity is a volume; None where none up to the tallest has it."""
        from risk_api.benefit.sizing import height_for_volume

        level = height_for_volume(self.level_m.tolist(), self.volume_m3.tolist(), volume_m3)
        if level is None:
            return None
        height = level + self.spill_below_crest_m - self.own_crest_m + self.own_height_m
        return height if height <= self.tallest_m else None


def site_geometry(
    region: Region,
    grid: Grid,
    dam_id: str,
    standing: Collection[str],
    lowest_m: float | None = None,
    tallest_m: float | None = None,
) -> SiteGeometry:
    """Return what heights a site allows.

    Parameters
    ----------
    region : Region
    grid : Grid
        Terrain at the cell size of the runs.
    dam_id : str
        A dam of the region.
    standing : collection of str
        Other dams that stand in the runs: a bowl must not reach them.
    lowest_m, tallest_m : float, optional
        Heights above the river bed that are asked for.

    Raises
    ------
    BadParameter
        If the range is upside down, or a height that is asked for does not close the valley.
    """
    site = ClosingSite(region, grid, dam_id, standing)
    if site.own.in_terrain:
        raise BadParameter(
            "dam",
            "the terrain already holds this dam, so that no other height of it can be computed",
            reason_key="sizing.in_terrain",
        )
    for field, asked in (("lowest_m", lowest_m), ("tallest_m", tallest_m)):
        if asked is not None and asked > HIGHEST_M:
            raise _range_error(field, "sizing.too_high", HIGHEST_M)
    if tallest_m is not None:
        check_range(lowest_m or 0.0, tallest_m)
        tallest, limited, placed = tallest_m, "asked", site.at(tallest_m)
        if placed is None:
            raise _range_error("tallest_m", "sizing.does_not_close", tallest_m)
    else:
        tallest = min(HIGHEST_M, TALLEST_TO_OWN * site.own_height_m)
        limited, placed = ("highest" if tallest == HIGHEST_M else "twice"), site.at(tallest)
        if placed is None:
            limited = "closes"
            tallest, placed = site.tallest_below(tallest)
    if lowest_m is not None:
        check_range(lowest_m, tallest)
        lowest = lowest_m
        if site.at(lowest) is None:
            raise _range_error("lowest_m", "sizing.does_not_close", lowest)
    else:
        lowest = site.lowest_from(LOWEST_M, tallest)
        check_range(lowest, tallest)
    return SiteGeometry(
        dam=dam_id,
        own_height_m=site.own_height_m,
        own_crest_m=site.own.crest_elevation_m,
        spill_below_crest_m=region.dam_sites[dam_id].spill_below_crest_m,
        lowest_m=lowest,
        tallest_m=tallest,
        limited_by=limited,
        level_m=placed.level_m,
        volume_m3=placed.volume_m3,
    )


def holding_between(
    geometry: SiteGeometry, smallest_m3: float | None, largest_m3: float | None
) -> SiteGeometry:
    """Return the heights of a site whose capacity lies between two, rounded to a decimetre.

    Raises
    ------
    BadParameter
        If the site holds no such volume, or the bounds leave nothing between them.
    """
    heights = {"smallest_m3": geometry.lowest_m, "largest_m3": geometry.tallest_m}
    for field, volume in (("smallest_m3", smallest_m3), ("largest_m3", largest_m3)):
        if volume is None:
            continue
        height = geometry.height_holding(volume)
        if height is None:
            most = f"{geometry.capacity_m3(geometry.tallest_m):.0f}"
            raise BadParameter(
                field,
                f"the site holds at most {most} m3 by the terrain",
                reason_key="capacity.holds_at_most",
                most=most,
            )
        # A volume that even the lowest dam holds asks for no lower one.
        heights[field] = max(geometry.lowest_m, round(height, 1))
    if not heights["smallest_m3"] < heights["largest_m3"]:
        raise BadParameter(
            "largest_m3",
            "the largest capacity has to be larger than the smallest, and than that of the lowest dam",
            reason_key="capacity.range",
        )
    limited = geometry.limited_by if largest_m3 is None else "asked"
    return replace(
        geometry, lowest_m=heights["smallest_m3"], tallest_m=heights["largest_m3"], limited_by=limited
    )


def check_range(lowest: float, tallest: float) -> None:
    """Refuse a range of heights that is upside down.

    Raises
    ------
    BadParameter
    """
    if not lowest < tallest:
        raise BadParameter(
            "tallest_m",
            f"the tallest dam ({tallest:g} m) has to be taller than the lowest ({lowest:g} m)",
            reason_key="sizing.range",
            lowest=f"{lowest:g}",
            tallest=f"{tallest:g}",
        )


_RANGE_REASONS: Final = {
    "sizing.too_high": "heights up to {limit} m above the river bed are computed",
    "sizing.does_not_close": "a dam of {limit} m does not close its valley on these cells, or reaches"
    " another dam",
}


def _range_error(field: str, key: str, limit_m: float) -> BadParameter:
    limit = f"{limit_m:g}"
    return BadParameter(field, _RANGE_REASONS[key].format(limit=limit), reason_key=key, limit=limit)
