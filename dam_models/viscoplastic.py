"""Muds with a yield stress: O'Brien-Julien, Bingham, Herschel-Bulkley.

Stresses are those along the bed of a layer of normal thickness H = h cos(t) at the slope-parallel mean speed
U = u / cos(t), for vertical depth h, horizontal speed u and bed slope t. Each law stops where the push no
longer exceeds the yield stress, and starts where it does.
"""

from dataclasses import dataclass

from dam_models.friction_law import SHEARED, VISCOUS, FrictionLaw, LawNumbers
from dam_models.parameters import (
    WATER_AND_QUARTZ,
    BySolids,
    MixtureDensity,
    Spatial,
    check,
    spatial,
)

THINNEST = 1e-6
"""Least consistency, Pa s^n, a thousandth of water's: with less the rate of shear overflows."""


def _checked(owner: object, field: str, high: float, unit: str, *, low: float = 0.0) -> None:
    value = getattr(owner, field)
    if isinstance(value, BySolids):
        # Its range holds for mud as thick as O'Brien and Julien's.
        check(value.at(0.45), field, low, high, unit)
    else:
        spatial(owner, field, low, high, unit)


def _parts(value: Spatial | BySolids) -> tuple[Spatial, float]:
    """Value in clear water, and how it grows with the solids."""
    return (value.coefficient, value.exponent) if isinstance(value, BySolids) else (value, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class HerschelBulkley:
    """Mud that yields at a stress and thins as it is sheared, stress = yield + consistency x rate^index.

    The stress on the bed is that of a uniform sheet flow of the same depth and mean speed: a plug on a
    sheared layer of thickness s = H (1 - yield / stress),

        U = index / (index + 1) (stress / (consistency H))^(1/index) s^(1/index + 1)
            (1 - index / (2 index + 1) s / H)

    (Huang & Garcia 1998, doi:10.1017/S0022112098002845; Coussot 1994).

    Parameters
    ----------
    yield_pa : float, (ny, nx) array_like or BySolids
        Yield stress, 0 to 100 000 Pa.
    consistency_pa_sn : float, (ny, nx) array_like or BySolids
        Consistency, 1e-6 to 100 000 Pa s^n.
    flow_index : float
        Exponent of the shear rate, 0.1 to 2; about 1/3 for natural muds (Coussot 1994), 1 is Bingham's law.
    density : MixtureDensity
        Density by solids.
    """

    yield_pa: Spatial | BySolids
    consistency_pa_sn: Spatial | BySolids
    flow_index: float
    density: MixtureDensity = WATER_AND_QUARTZ

    def __post_init__(self) -> None:
        _checked(self, "yield_pa", 100_000.0, " Pa")
        _checked(self, "consistency_pa_sn", 100_000.0, " Pa s^n", low=THINNEST)
        check(self.flow_index, "flow_index", 0.1, 2.0)

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        return _sheared(self.yield_pa, self.consistency_pa_sn, self.flow_index, self.density)


@dataclass(frozen=True, slots=True, eq=False)
class Bingham:
    """Mud that yields at a stress and then flows with a viscosity.

    The stress on the bed is that of a uniform sheet flow of the same depth and mean speed,
    U = stress s^2 / (2 viscosity H) (1 - s / 3H) for a sheared layer of s = H (1 - yield / stress).

    Parameters
    ----------
    yield_pa : float, (ny, nx) array_like or BySolids
        Yield stress, 0 to 100 000 Pa.
    viscosity_pa_s : float, (ny, nx) array_like or BySolids
        Plastic viscosity, 1e-6 to 100 000 Pa s; water has 1e-3.
    density : MixtureDensity
        Density by solids.

    Notes
    -----
    A layer comes to rest on a slope t where its normal thickness is yield / (rho g sin(t)).
    """

    yield_pa: Spatial | BySolids
    viscosity_pa_s: Spatial | BySolids
    density: MixtureDensity = WATER_AND_QUARTZ

    def __post_init__(self) -> None:
        _checked(self, "yield_pa", 100_000.0, " Pa")
        _checked(self, "viscosity_pa_s", 100_000.0, " Pa s", low=THINNEST)

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        return _sheared(self.yield_pa, self.viscosity_pa_s, 1.0, self.density)


@dataclass(frozen=True, slots=True, eq=False)
class OBrienJulien:
    """The quadratic law of hyperconcentrated flow: yield, viscous and turbulent stress add up.

        friction slope = yield / (rho g h) + K viscosity u / (8 rho g h^2) + n^2 u^2 / h^(4/3)

    (O'Brien, Julien & Fullerton 1993, doi:10.1061/(ASCE)0733-9429(1993)119:2(244); the law of FLO-2D). With
    `BySolids` for yield and viscosity one run carries a muddy front and a watery tail.

    Parameters
    ----------
    yield_pa : float, (ny, nx) array_like or BySolids
        Yield stress, 0 to 100 000 Pa.
    viscosity_pa_s : float, (ny, nx) array_like or BySolids
        Viscosity, 0 to 100 000 Pa s.
    n : float or (ny, nx) array_like
        Manning's coefficient with the dispersive stress in it, s/m^(1/3), 0 to 1.
    laminar_resistance : float
        K, 24 for laminar flow over a smooth wide bed, up to 50 000 over rough and vegetated ground.
    density : MixtureDensity
        Density by solids.
    """

    yield_pa: Spatial | BySolids
    viscosity_pa_s: Spatial | BySolids
    n: Spatial
    laminar_resistance: float = 24.0
    density: MixtureDensity = WATER_AND_QUARTZ

    def __post_init__(self) -> None:
        _checked(self, "yield_pa", 100_000.0, " Pa")
        _checked(self, "viscosity_pa_s", 100_000.0, " Pa s")
        spatial(self, "n", 0.0, 1.0, " s/m^(1/3)")
        check(self.laminar_resistance, "laminar_resistance", 24.0, 50_000.0)

    def law(self) -> FrictionLaw:
        """Coefficients for the kernels."""
        stress, yield_exponent = _parts(self.yield_pa)
        viscosity, viscosity_exponent = _parts(self.viscosity_pa_s)
        numbers = LawNumbers(
            VISCOUS,
            fluid_density=self.density.fluid_kg_m3,
            solids_density=self.density.solids_kg_m3,
            yield_exponent=yield_exponent,
            viscosity_exponent=viscosity_exponent,
            laminar_resistance=self.laminar_resistance,
        )
        return FrictionLaw(numbers, manning_squared=self.n**2, stress_pa=stress, viscosity_pa_s=viscosity)


def _sheared(
    yield_pa: Spatial | BySolids,
    consistency: Spatial | BySolids,
    flow_index: float,
    density: MixtureDensity,
) -> FrictionLaw:
    stress, yield_exponent = _parts(yield_pa)
    viscosity, viscosity_exponent = _parts(consistency)
    numbers = LawNumbers(
        SHEARED,
        fluid_density=density.fluid_kg_m3,
        solids_density=density.solids_kg_m3,
        yield_exponent=yield_exponent,
        viscosity_exponent=viscosity_exponent,
        flow_index=flow_index,
    )
    return FrictionLaw(numbers, stress_pa=stress, viscosity_pa_s=viscosity)
