"""Passages through a dam."""

from dataclasses import dataclass

import numpy as np

from dam_models.errors import InvalidDam
from dam_models.kernels.fields import GRAVITY_M_S2
from dam_models.whole_numbers import indices


@dataclass(frozen=True, slots=True)
class Opening:
    """A passage through the dam that lets fluid out of the pool.

    The passage is a square orifice on the river bed: full, it passes Cd A sqrt(2 g (H - a/2)), with H the
    water level above its sill and a = sqrt(A) its height; while it is not full the wetted share of it passes.
    Where the water below the dam, or the ground there, stands higher than the middle of what is wetted,
    only the difference of the two levels drives.

    Parameters
    ----------
    outfall : (row, col)
        Cell below the dam that receives what passes.
    sill_m : float
        Elevation of the bottom of the passage, m.
    area_m2 : float
        Free area, m2, above 0.
    discharge_coefficient : float
        Cd, 0 to 1.
    passed_solids_fraction : float
        Largest share of solids, by volume, that goes through; the rest is held back and packs in the pool.
    packing_fraction : float
        Solids fraction at which what is held back gives off no more fluid.
    discharge_max_m3_s : float
        Capacity of the passage where one is published, m3/s.
    """

    outfall: tuple[int, int]
    sill_m: float
    area_m2: float
    discharge_coefficient: float = 0.6
    passed_solids_fraction: float = 0.1
    packing_fraction: float = 0.65
    discharge_max_m3_s: float = float("inf")

    def __post_init__(self) -> None:
        row, col = (int(indices(part, "outfall", InvalidDam, "outfall")) for part in self.outfall)
        object.__setattr__(self, "outfall", (row, col))
        checks = (
            ("sill_m", np.isfinite(self.sill_m), "a finite elevation"),
            ("area_m2", 0.0 < self.area_m2 < 1e4, "above 0 and below 10 000 m2"),
            ("discharge_coefficient", 0.0 < self.discharge_coefficient <= 1.0, "above 0, up to 1"),
            ("packing_fraction", 0.0 < self.packing_fraction <= 1.0, "above 0, up to 1"),
            (
                "passed_solids_fraction",
                0.0 <= self.passed_solids_fraction < self.packing_fraction,
                "0 up to the packing fraction",
            ),
            ("discharge_max_m3_s", self.discharge_max_m3_s > 0.0, "above 0"),
        )
        for field, ok, allowed in checks:
            if not ok:
                raise InvalidDam(
                    f"opening {field} is {getattr(self, field)!r}; allowed: {allowed}", field=field
                )

    def discharge_m3_s(self, level_m: float, tail_m: float = -float("inf")) -> float:
        """Discharge at a pool level, m3/s, before the fluid there is taken into account.

        `tail_m` is the level at the outfall, or its ground where it is dry, m.
        """
        head = level_m - self.sill_m
        if head <= 0.0:
            return 0.0
        height = self.area_m2**0.5
        wetted = min(1.0, head / height)
        driving = min(max(head - 0.5 * height, 0.5 * head), level_m - tail_m)
        if driving <= 0.0:
            return 0.0
        discharge = self.discharge_coefficient * self.area_m2 * wetted * (2.0 * GRAVITY_M_S2 * driving) ** 0.5
        return float(min(self.discharge_max_m3_s, discharge))
