"""Bed friction of the flowing mixture.

Every law here is written as a Coulomb part, independent of speed, and a quadratic part, so that one kernel
serves all of them:

    friction slope = mu * weight + |u| u * (weight / (xi h)  +  (1 - weight) n^2 / h^(4/3))

`weight` is 1 for Voellmy, 0 for Manning, and follows the advected solids fraction for `Mixture`.
"""

from dataclasses import dataclass

from dam_models.errors import InvalidParameter


def _require(ok: bool, field: str, value: float, allowed: str) -> None:
    if not ok:
        raise InvalidParameter(f"{field} is {value!r}; allowed: {allowed}", field=field)


@dataclass(frozen=True, slots=True)
class FrictionLaw:
    """The numbers the kernel needs, whatever the law was called.

    Attributes
    ----------
    mu : float
        Coulomb friction, dimensionless.
    inverse_xi_s2_m : float
        1 / xi of the Voellmy turbulent term, s2/m.
    manning_squared : float
        n squared, s2/m^(2/3).
    solids_reference : float
        Solids fraction at and above which the mixture is all debris; 0 means that the weight is constant.
    constant_weight : float
        Weight of the debris law where `solids_reference` is 0.
    """

    mu: float
    inverse_xi_s2_m: float
    manning_squared: float
    solids_reference: float
    constant_weight: float


@dataclass(frozen=True, slots=True)
class Voellmy:
    """Coulomb plus turbulent friction, the usual choice for debris flows.

    Parameters
    ----------
    mu : float
        Coulomb friction coefficient, 0 to 1.
    xi_m_s2 : float
        Turbulent coefficient, m/s2, 10 to 10 000; infinity leaves Coulomb friction alone.

    Notes
    -----
    On a plane of angle t a layer of vertical depth h runs at the slope-parallel speed
    sqrt(xi h cos(t)^2 (tan(t) - mu)) (Salm 1993, in horizontal coordinates).
    """

    mu: float
    xi_m_s2: float

    def __post_init__(self) -> None:
        _require(0.0 <= self.mu <= 1.0, "mu", self.mu, "0 to 1")
        _require(self.xi_m_s2 >= 10.0, "xi_m_s2", self.xi_m_s2, "10 m/s2 and above")

    def law(self) -> FrictionLaw:
        """Coefficients for the kernel."""
        return FrictionLaw(self.mu, 1.0 / self.xi_m_s2, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Manning:
    """Turbulent friction of water and liquid mud.

    Parameters
    ----------
    n : float
        Manning's coefficient, s/m^(1/3), 0 to 1; 0 is frictionless.
    """

    n: float

    def __post_init__(self) -> None:
        _require(0.0 <= self.n <= 1.0, "n", self.n, "0 to 1 s/m^(1/3)")

    def law(self) -> FrictionLaw:
        """Coefficients for the kernel."""
        return FrictionLaw(0.0, 0.0, self.n**2, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
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
        _require(
            0.0 < self.solids_reference <= 0.8,
            "solids_reference",
            self.solids_reference,
            "above 0, up to 0.8",
        )

    def law(self) -> FrictionLaw:
        """Coefficients for the kernel."""
        return FrictionLaw(
            self.debris.mu, 1.0 / self.debris.xi_m_s2, self.liquid.n**2, self.solids_reference, 1.0
        )


Rheology = Voellmy | Manning | Mixture
