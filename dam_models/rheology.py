"""Friction of granular and turbulent flow: Voellmy, Coulomb, Manning, and debris that turns into mud.

All are a part of the weight and a part of speed squared,

    friction slope = mu * weight + |u| u * (weight / (xi h)  +  (1 - weight) n^2 / h^(4/3))

where `weight` is 1 for Voellmy and Coulomb, 0 for Manning, and follows the solids that the flow carries for
`Mixture`. Muds with a yield stress are in `dam_models.viscoplastic`.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from dam_models.friction_law import STRESSED, TURBULENT, FrictionLaw, LawNumbers
from dam_models.parameters import WATER_AND_QUARTZ, MixtureDensity, Spatial, check, spatial
from dam_models.viscoplastic import Bingham, HerschelBulkley, OBrienJulien


@dataclass(frozen=True, slots=True, eq=False)
class Voellmy:
    """Coulomb plus turbulent friction, the usual choice for debris flows.

    Parameters
    ----------
    mu : float or (ny, nx) array_like
        Coulomb friction coefficient, 0 to 1.
    xi_m_s2 : float or (ny, nx) array_like
        Turbulent coefficient, m/s2, 10 to 10 000; infinity leaves Coulomb friction alone.
    cohesion_pa : float or (ny, nx) array_like
        Cohesion C of the moving material, 0 to 20 000 Pa: adds (1 - mu) C (1 - exp(-N / C)) for the normal
        stress N, which a thin layer does not feel in full (Bartelt et al. 2015, doi:10.3189/2015JoG14J126;
        the same in RAMMS::Debrisflow).
    minimum_shear_pa : float or (ny, nx) array_like
        Shear stress that is there however thin the layer, 0 to 20 000 Pa; adds to the others.
    density : MixtureDensity
        Turns the two stresses into decelerations; without them it has no effect.

    Notes
    -----
    On a plane of angle t a layer of vertical depth h runs at the slope-parallel speed
    sqrt(xi h cos(t)^2 (tan(t) - mu)) (Salm 1993, in horizontal coordinates).
    """

    mu: Spatial
    xi_m_s2: Spatial
    cohesion_pa: Spatial = 0.0
    minimum_shear_pa: Spatial = 0.0
    density: MixtureDensity = WATER_AND_QUARTZ

    def __post_init__(self) -> None:
        spatial(self, "mu", 0.0, 1.0)
        spatial(self, "xi_m_s2", 10.0, inf, " m/s2")
        spatial(self, "cohesion_pa", 0.0, 20_000.0, " Pa")
        spatial(self, "minimum_shear_pa", 0.0, 20_000.0, " Pa")

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        return _granular(self, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Coulomb:
    """Dry friction alone: a share of the weight, whatever the speed.

    Parameters
    ----------
    mu : float or (ny, nx) array_like
        Tangent of the angle of friction, 0 to 1.
    """

    mu: Spatial

    def __post_init__(self) -> None:
        spatial(self, "mu", 0.0, 1.0)

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        return FrictionLaw(LawNumbers(TURBULENT), mu=self.mu)


@dataclass(frozen=True, slots=True, eq=False)
class Manning:
    """Turbulent friction of water and liquid mud.

    Parameters
    ----------
    n : float or (ny, nx) array_like
        Manning's coefficient, s/m^(1/3), 0 to 1; 0 is frictionless.
    """

    n: Spatial

    def __post_init__(self) -> None:
        spatial(self, "n", 0.0, 1.0, " s/m^(1/3)")

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        return FrictionLaw(LawNumbers(TURBULENT, constant_weight=0.0), manning_squared=self.n**2)


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Debris that turns into liquid mud where its solids are left behind.

    At and above `solids_reference` the debris law holds, in clear water Manning's; between them friction is
    weighted linearly by the local solids fraction. The linear weight is an assumption of this project: it
    lets one run carry a debris front into a dam and the liquid that the dam's openings pass below it.

    Parameters
    ----------
    debris : Voellmy
        Law of the flow as released.
    liquid : Manning
        Law of the fluid without solids.
    solids_reference : float
        Solids fraction by volume of the flow as released, above 0 and up to 0.8.
    """

    debris: Voellmy
    liquid: Manning
    solids_reference: float

    def __post_init__(self) -> None:
        check(self.solids_reference, "solids_reference", 0.0, 0.8, above=True)

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        return _granular(self.debris, self.liquid.n**2, self.solids_reference)


def _granular(debris: Voellmy, manning_squared: Spatial, solids_reference: float) -> FrictionLaw:
    stressed = bool(np.any(debris.cohesion_pa) or np.any(debris.minimum_shear_pa))
    return FrictionLaw(
        LawNumbers(
            STRESSED if stressed else TURBULENT,
            solids_reference=solids_reference,
            fluid_density=debris.density.fluid_kg_m3,
            solids_density=debris.density.solids_kg_m3,
        ),
        mu=debris.mu,
        inverse_xi_s2_m=1.0 / debris.xi_m_s2,
        manning_squared=manning_squared,
        stress_pa=debris.minimum_shear_pa,
        cohesion_pa=debris.cohesion_pa,
    )


Rheology = Voellmy | Coulomb | Manning | Mixture | Bingham | HerschelBulkley | OBrienJulien
"""Every law that `simulate` takes."""
