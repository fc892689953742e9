"""Parameters of friction: numbers or rasters, checked by name, and what they make of the solids in a flow."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dam_models.errors import InvalidParameter

Floats = NDArray[np.float64]
Spatial = float | Floats
"""One number for the whole ground, or a raster (ny, nx)."""


def check(value: Any, field: str, low: float, high: float, unit: str = "", *, above: bool = False) -> None:
    """Refuse numbers outside their range, by name; with `above` the lower end is excluded."""
    values = np.asarray(value, dtype=np.float64)
    inside = _inside(values, low, high, above)
    if inside.all():
        return
    seen = f"{field} is {value!r}"
    if values.ndim > 0:
        bad = np.argwhere(~inside)
        first = tuple(int(k) for k in bad[0])
        seen = f"{field} is {values[first]} at {first}, and out of range in {len(bad)} cells"
    raise InvalidParameter(f"{seen}; {_allowed(low, high, unit, above)}", field=field)


def spatial(
    owner: object, field: str, low: float, high: float, unit: str = "", *, above: bool = False
) -> None:
    """Check a parameter that may be a raster, and keep a raster as one that nobody changes any more."""
    value = getattr(owner, field)
    if np.ndim(value) not in (0, 2):
        raise InvalidParameter(
            f"{field} has shape {np.shape(value)}; it must be a number or (ny, nx)", field=field
        )
    check(value, field, low, high, unit, above=above)
    if np.ndim(value) == 0:
        object.__setattr__(owner, field, float(value))
        return
    raster = np.array(value, dtype=np.float64, order="C")
    raster.setflags(write=False)
    object.__setattr__(owner, field, raster)


def _inside(values: Floats, low: float, high: float, above: bool) -> NDArray[np.bool_]:
    # Not a number is neither above nor below anything.
    return ((values > low) if above else (values >= low)) & (values <= high)


def _allowed(low: float, high: float, unit: str, above: bool) -> str:
    start = f"above {low:g}" if above else f"{low:g}"
    if np.isinf(high):
        return f"allowed: {start}{unit}" if above else f"allowed: {start}{unit} and above"
    return f"allowed: {start}{', up' if above else ''} to {high:g}{unit}"


@dataclass(frozen=True, slots=True, eq=False)
class BySolids:
    """A stress or viscosity that grows with the solids, coefficient x exp(exponent x c).

    O'Brien & Julien 1988 (doi:10.1061/(ASCE)0733-9429(1988)114:8(877)) measured both on natural mud for
    solids fractions c of 0.10 to 0.45; either grew a thousandfold from 0.10 to 0.40, an exponent of 23.

    Parameters
    ----------
    coefficient : float or (ny, nx) array_like
        Value in clear water, 0 and above, in the unit of what it stands for.
    exponent : float
        Growth with the solids fraction by volume, 0 to 50.
    """

    coefficient: Spatial
    exponent: float

    def __post_init__(self) -> None:
        spatial(self, "coefficient", 0.0, np.inf)
        check(self.exponent, "exponent", 0.0, 50.0)

    def at(self, solids_fraction: float) -> Spatial:
        """The value at a solids fraction."""
        return self.coefficient * float(np.exp(self.exponent * solids_fraction))


@dataclass(frozen=True, slots=True)
class MixtureDensity:
    """Density of water with solids in it: fluid (1 - c) + solids c for a fraction c by volume.

    It turns stresses into decelerations where the flow is. That density differs from place to place is
    neglected in the pressure, as in every model of one phase.

    Parameters
    ----------
    fluid_kg_m3 : float
        Density of the water between the grains, 900 to 3000 kg/m3.
    solids_kg_m3 : float
        Density of the grains, at least that of the fluid, up to 5000 kg/m3; 2650 is quartz.
    """

    fluid_kg_m3: float = 1000.0
    solids_kg_m3: float = 2650.0

    def __post_init__(self) -> None:
        check(self.fluid_kg_m3, "fluid_kg_m3", 900.0, 3000.0, " kg/m3")
        check(self.solids_kg_m3, "solids_kg_m3", self.fluid_kg_m3, 5000.0, " kg/m3")

    @classmethod
    def constant(cls, density_kg_m3: float) -> "MixtureDensity":
        """The same density whatever the solids."""
        return cls(density_kg_m3, density_kg_m3)

    def at(self, solids_fraction: float) -> float:
        """Density, kg/m3."""
        return self.fluid_kg_m3 * (1.0 - solids_fraction) + self.solids_kg_m3 * solids_fraction


WATER_AND_QUARTZ = MixtureDensity()


def check_rasters(law: Any, shape: tuple[int, ...], field: str | None = None) -> None:
    """Refuse rasters among the parameters of a law, and of what it is made of, that do not fit the bed."""
    for part in fields(law):
        value = getattr(law, part.name)
        name = field or part.name
        if isinstance(value, np.ndarray) and value.shape != shape:
            raise InvalidParameter(f"{name} has shape {value.shape}, the bed {shape}", field=name)
        if is_dataclass(value):
            # What a number is made of goes by the name of that number, a law within a law by its own.
            check_rasters(value, shape, name if isinstance(value, BySolids) else None)
