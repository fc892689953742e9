"""The simple choice: water that grows by a fixed factor as it is released, with solids to match."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from dam_models.errors import InvalidParameter
from dam_models.hydrograph import Hydrograph
from dam_models.release import Release


@dataclass(frozen=True, slots=True)
class Bulking:
    """A mixture is `factor` times the water it started from; the rest is bed, grains and pore water.

    Nothing is taken from the terrain: the bed stays where it is, and a gorge without a crumb to give bulks as
    much as any other. `ErodibleBed` is the other choice.

    Parameters
    ----------
    factor : float
        Volume of the mixture over the volume of the water, 1 to 100; events in the gorges above Almaty give
        3.5 (2015) to 25 (1973).
    bed_solids : float
        Grains by volume in the bed, 0.4 to 0.8.
    saturation : float
        Share of the bed's pores that is full of water, 0 to 1.

    Raises
    ------
    InvalidParameter
        `field` names what is out of range; the solids fraction that follows must not exceed 0.8.
    """

    factor: float
    bed_solids: float = 0.65
    saturation: float = 0.8

    def __post_init__(self) -> None:
        for field, low, high in (("factor", 1.0, 100.0), ("bed_solids", 0.4, 0.8), ("saturation", 0.0, 1.0)):
            value = getattr(self, field)
            if not low <= value <= high:
                raise InvalidParameter(f"{field} is {value!r}; allowed: {low:g} to {high:g}", field=field)
        if self.solids_fraction > 0.8:
            raise InvalidParameter(
                f"factor {self.factor:g} of so dry a bed makes {self.solids_fraction:.2f} of the mixture "
                "solids; above 0.8 nothing flows",
                field="factor",
            )

    @property
    def solids_fraction(self) -> float:
        """Solids by volume of the mixture."""
        bulk = self.bed_solids + (1.0 - self.bed_solids) * self.saturation
        return (self.factor - 1.0) / self.factor * self.bed_solids / bulk

    def mixture(self, water: Hydrograph) -> Hydrograph:
        """The water's hydrograph with every discharge `factor` times as large."""
        return Hydrograph(water.time_s, self.factor * water.discharge_m3_s)

    def release(self, water: Hydrograph, cells: tuple[ArrayLike, ArrayLike]) -> Release:
        """Pour the mixture into cells, with its solids; `cells` as for `Release.hydrograph`."""
        return self.mixture(water).release(cells, solids_fraction=self.solids_fraction)
