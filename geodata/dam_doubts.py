"""Published figures of a dam that contradict each other on the ground they are put on."""

from dataclasses import dataclass

from geodata.dams import DamSite

LARGEST_FACTOR = 2.0
"""Capacities further apart than this, by the height as published, contradict each other."""


@dataclass(frozen=True)
class CapacityDoubt:
    """A published capacity beside the one that the terrain gives at the published height.

    Parameters
    ----------
    published_m3, terrain_m3 : float
        Volumes up to the spill [m3].
    height_m : float
        Height that the terrain was asked at [m].
    source : str
        Who published the capacity.
    moved_m : float or None
        By how much the ground was moved to hold the published volume, within its own error [m]; None where
        the contradiction stands in the ground that is computed on.
    """

    published_m3: float
    terrain_m3: float
    height_m: float
    source: str
    moved_m: float | None

    @property
    def factor(self) -> float:
        """The larger of the two over the smaller, above 1."""
        larger, smaller = max(self.published_m3, self.terrain_m3), min(self.published_m3, self.terrain_m3)
        return larger / smaller if smaller > 0.0 else float("inf")


def capacity_doubts(site: DamSite, terrain_m3: float) -> tuple[CapacityDoubt, ...]:
    """Capacities of a dam that contradict its height by more than a factor of 2.

    Parameters
    ----------
    site : DamSite
        Capacities are its own, and those of `figures` that say ``figure = "capacity_m3"``.
    terrain_m3 : float
        What the ground that is computed on holds behind the whole dam [m3].
    """
    height = site.height_m.value
    found = [CapacityDoubt(site.capacity_m3.value, terrain_m3, height, site.capacity_m3.source, None)]
    before = (site.fit or {}).get("capacity_before_m3")
    moved = (site.fit or {}).get("ground_moved_most_m")
    if before is not None and moved:
        # The ground was fitted to the figure: what speaks against the figure is the ground as it came.
        found.append(
            CapacityDoubt(
                site.capacity_m3.value, float(before), height, site.capacity_m3.source, float(moved)
            )
        )
    found += [
        CapacityDoubt(float(entry["value"]), terrain_m3, height, str(entry["source"]), None)
        for entry in site.figures
        if entry.get("figure") == "capacity_m3" and float(entry["value"]) != site.capacity_m3.value
    ]
    return tuple(doubt for doubt in found if doubt.factor > LARGEST_FACTOR)
