"""What the kernels need of a friction law, whatever it is called."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dam_models.parameters import Floats, Spatial

TURBULENT, STRESSED, VISCOUS, SHEARED = range(4)
"""Kinds of law: friction of weight and of speed squared; the same with a stress; a yield stress with friction
of speed and of speed squared; a yield stress with the profile of a sheared layer."""


class LawNumbers(NamedTuple):
    """The numbers of a law that are the same everywhere.

    `solids_reference` is the fraction at and above which a mixture is all debris; 0 leaves the weight of the
    debris at `constant_weight`. Yield stress and viscosity grow as exp(exponent x solids).
    """

    kind: int
    solids_reference: float = 0.0
    constant_weight: float = 1.0
    fluid_density: float = 1000.0
    solids_density: float = 2650.0
    yield_exponent: float = 0.0
    viscosity_exponent: float = 0.0
    laminar_resistance: float = 0.0
    flow_index: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class FrictionLaw:
    """A law in the terms of the kernels.

    Attributes
    ----------
    numbers : LawNumbers
        What is the same everywhere.
    mu : float or (ny, nx) float64
        Coulomb friction, dimensionless.
    inverse_xi_s2_m : float or (ny, nx) float64
        1 / xi of Voellmy's turbulent term, s2/m.
    manning_squared : float or (ny, nx) float64
        n squared, s2/m^(2/3).
    stress_pa : float or (ny, nx) float64
        Stress that does not depend on weight: a yield stress, or the least shear of a Voellmy fluid, Pa.
    cohesion_pa : float or (ny, nx) float64
        Cohesion of a Voellmy fluid, Pa.
    viscosity_pa_s : float or (ny, nx) float64
        Viscosity, Pa s, or consistency, Pa s^n.
    """

    numbers: LawNumbers
    mu: Spatial = 0.0
    inverse_xi_s2_m: Spatial = 0.0
    manning_squared: Spatial = 0.0
    stress_pa: Spatial = 0.0
    cohesion_pa: Spatial = 0.0
    viscosity_pa_s: Spatial = 0.0

    @property
    def extra_grids(self) -> int:
        """Grids of memory that the rasters among the parameters take: their own and the ringed ones."""
        values = [self.mu, self.inverse_xi_s2_m, self.manning_squared]
        values += [self.stress_pa, self.cohesion_pa, self.viscosity_pa_s]
        return 2 * sum(isinstance(value, np.ndarray) for value in values)

    def grids(self) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
        """The six parameters with the ghost ring around them, in the order of the attributes.

        What is one number stays one, (1, 1), so that it costs no memory.
        """
        return (
            _ringed(self.mu),
            _ringed(self.inverse_xi_s2_m),
            _ringed(self.manning_squared),
            _ringed(self.stress_pa),
            _ringed(self.cohesion_pa),
            _ringed(self.viscosity_pa_s),
        )


def _ringed(value: Spatial) -> Floats:
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(np.pad(value, 1, mode="edge"))
    return np.full((1, 1), float(value))
