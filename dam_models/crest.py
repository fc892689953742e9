"""The crest of a dam away from any grid: lengths at levels."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dam_models.dam import WEIR_COEFFICIENT_RANGE, Dam
from dam_models.errors import InvalidDam

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Crest:
    """The crest of a dam as lengths at levels; each is a broad-crested weir.

    Parameters
    ----------
    level_m, length_m : (n,) array_like
        Elevation of each part, m, and its length, m, above 0.
    coefficient : float
        Cd of the weir, 0.5 to 1.1.

    Raises
    ------
    InvalidDam
        `field` names the argument.
    """

    level_m: Floats
    length_m: Floats
    coefficient: float = 1.0

    def __post_init__(self) -> None:
        level, length = (np.atleast_1d(np.array(part, np.float64)) for part in (self.level_m, self.length_m))
        lowest, highest = WEIR_COEFFICIENT_RANGE
        for field, ok, rule in (
            ("level_m", level.ndim == 1 and np.isfinite(level).all() and level.size > 0, "must be finite"),
            ("length_m", length.shape == level.shape, "must have one value for each level"),
            ("length_m", np.isfinite(length).all() and (length > 0.0).all(), "must be above 0"),
            ("coefficient", lowest <= self.coefficient <= highest, f"must be {lowest} to {highest}"),
        ):
            if not ok:
                raise InvalidDam(f"crest {field} {rule}", field=field)
        object.__setattr__(self, "level_m", level)
        object.__setattr__(self, "length_m", length)

    @classmethod
    def of(cls, dam: Dam, bed_m: ArrayLike, cell_size_m: float) -> Self:
        """The crest of a dam on the grid as a run begins; the ground beside it counts where it is higher.

        Parameters
        ----------
        dam : Dam
            A dam that fits the bed.
        bed_m : (ny, nx) array_like
            Elevation of the bed, m.
        cell_size_m : float
            Side of a cell, m.
        """
        ground = dam.faces.higher_bed_m(np.asarray(bed_m, dtype=np.float64))
        level = np.maximum(dam.crest_at(0.0), ground)
        return cls(level, dam.length_share * cell_size_m, dam.weir_coefficient)

    def discharge_m3_s(self, level_m: float, tail_m: float = -float("inf")) -> float:
        """What overflows at a level, m3/s, by the law of `dam_models.weir` without a speed of approach.

        `tail_m` is the level below the dam, m.
        """
        # The compiler is loaded only where it is needed.
        from dam_models.weir import weir_discharge

        tail = min(level_m, tail_m)
        return sum(
            float(length * weir_discharge(level_m - top, tail - top, self.coefficient))
            for top, length in zip(self.level_m.tolist(), self.length_m.tolist(), strict=True)
            if level_m > top
        )
