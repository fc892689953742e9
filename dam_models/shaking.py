"""A dam under an earthquake: how far its crest settles, what capacity that costs, what blocks its outlets.

A mudflow dam is empty when the earth shakes: what matters is what it can still hold and pass afterwards.

The middle of a fill's settlement is that of Swaisgood (2003), **as cited, not re-read**: his abstract, which
was read, says that peak ground acceleration and magnitude matter most, in nearly 70 cases; not how far single
dams lie from the relation. Everything else here, the scatter about that relation, the limits of the damage
classes, the blocking of outlets, and all about cellular dams of reinforced concrete, for which no fragility
was found, is **judgement**: a low, a middle and a high, for an engineer to replace. The later relation of
Swaisgood (2014) could not be read and is not used.
"""

from dataclasses import dataclass, replace
from math import exp
from typing import Literal, get_args

from dam_models.errors import InvalidParameter, require
from dam_models.storage import StorageCurve

Body = Literal["embankment", "cellular concrete"]
DamageClass = Literal["none", "minor", "moderate", "serious"]
Three = tuple[float, float, float]
"""A low, a middle and a high."""

BODIES: tuple[Body, ...] = get_args(Body)

LARGEST_PGA_G = 1.2
MAGNITUDES = (4.0, 8.5)

JUDGED_NOTHING_BELOW_G = 0.02
"""Judgement: a peak ground acceleration below which a dam stays as it was; the relation never gives 0."""

JUDGED_SCATTER = 3.0
"""Judgement: the low end of a settlement is the relation's divided by this, the high end times this."""

JUDGED_CLASS_LIMITS_PERCENT: tuple[tuple[float, DamageClass], ...] = (
    (0.1, "none"),
    (0.5, "minor"),
    (1.0, "moderate"),
)
"""Judgement: settlement below which a fill is in a class, percent of its height and the alluvium under it as
in Swaisgood's relation; above the last, serious."""

JUDGED_BLOCKED_SHARE: dict[DamageClass, Three] = {
    "none": (0.0, 0.0, 0.05),
    "minor": (0.0, 0.05, 0.2),
    "moderate": (0.1, 0.3, 0.6),
    "serious": (0.3, 0.6, 1.0),
}
"""Judgement: share of the outlets' area that is blocked, by damage class."""

JUDGED_CELLULAR_BANDS: tuple[tuple[float, Three, tuple[DamageClass, DamageClass, DamageClass]], ...] = (
    (0.2, (0.0, 0.0, 0.1), ("none", "none", "minor")),
    (0.4, (0.0, 0.1, 0.5), ("none", "minor", "moderate")),
    (0.6, (0.1, 0.5, 1.5), ("minor", "moderate", "serious")),
    (LARGEST_PGA_G, (0.3, 1.0, 4.0), ("minor", "serious", "serious")),
)
"""Judgement for cellular concrete: up to a PGA, g, loss of crest in percent of height, and damage."""

UNSHAKEN_BASIS = f"below {JUDGED_NOTHING_BELOW_G:g} g nothing changes, by judgement"
BASIS: dict[Body, str] = {
    "embankment": (
        f"settlement by Swaisgood 2003 (as cited, not re-read), a factor of {JUDGED_SCATTER:g} either way, "
        "damage classes and outlets by judgement"
    ),
    "cellular concrete": "cellular concrete: loss of crest, damage and outlets by judgement alone",
}


@dataclass(frozen=True)
class ShakenDam:
    """A dam after an earthquake; all of it a low, a middle and a high.

    Attributes
    ----------
    settlement_m : (float, float, float)
        How far the crest has gone down, m; at most the height. Of a dam with a weir of its own body, the
        crest of its wings.
    damage : (str, str, str)
        Class: none, minor, moderate or serious.
    blocked_share : (float, float, float)
        Share of its outlets' area that is blocked, 0 to 1.
    basis : str
        What the figures rest on.
    weir_settlement_m : (float, float, float) or None
        How far the weir has gone down, m, where it stands on a body of its own; None: as far as the crest.
    """

    settlement_m: Three
    damage: tuple[DamageClass, DamageClass, DamageClass]
    blocked_share: Three
    basis: str
    weir_settlement_m: Three | None = None

    def spill_drop_m(self, weir_below_crest_m: float = 0.0) -> Three:
        """How much lower it spills, m: at its weir or over its crest, whichever is the lower one now.

        Parameters
        ----------
        weir_below_crest_m : float
            How far the weir lay below the crest before, m; 0 without one.
        """
        weir = self.settlement_m if self.weir_settlement_m is None else self.weir_settlement_m
        pairs = zip(weir, self.settlement_m, strict=True)
        low, middle, high = (max(at_weir, crest - weir_below_crest_m) for at_weir, crest in pairs)
        return low, middle, high

    def capacity_lost_m3(self, storage: StorageCurve, weir_below_crest_m: float = 0.0) -> Three:
        """Volume that the bowl no longer holds, m3.

        Parameters
        ----------
        storage : StorageCurve
            The bowl up to where it spilled before.
        weir_below_crest_m : float
            As for `spill_drop_m`.
        """
        drops = self.spill_drop_m(weir_below_crest_m)
        left = [float(storage.volume_at(storage.top_m - drop)) for drop in drops]
        low, middle, high = (storage.capacity_m3 - volume for volume in left)
        return low, middle, high


def crest_settlement_percent(pga_g: float, magnitude: float) -> float:
    """Settlement of an embankment's crest, percent of its height with the alluvium under it.

    exp(6.07 PGA + 0.57 M - 8.00), Swaisgood 2003 (Embankment dam deformations caused by earthquakes, Pacific
    Conference on Earthquake Engineering); as cited, not re-read. It was fitted to dams that were shaken and
    leaves a little even where nothing shakes.

    Parameters
    ----------
    pga_g : float
        Peak ground acceleration at the dam, g, 0 to 1.2.
    magnitude : float
        Magnitude, 4 to 8.5.

    Raises
    ------
    InvalidParameter
        `field` names the argument.
    """
    _check(("pga_g", pga_g, 0.0, LARGEST_PGA_G), ("magnitude", magnitude, *MAGNITUDES))
    return exp(6.07 * pga_g + 0.57 * magnitude - 8.00)


def damage_class(settlement_percent: float) -> DamageClass:
    """Damage class of a fill by its settlement in percent of height and alluvium; limits by judgement."""
    for limit, name in JUDGED_CLASS_LIMITS_PERCENT:
        if settlement_percent < limit:
            return name
    return "serious"


def shake_dam(
    body: Body, height_m: float, pga_g: float, magnitude: float, *, alluvium_m: Three = (0.0, 0.0, 0.0)
) -> ShakenDam:
    """What an earthquake leaves of a dam.

    Parameters
    ----------
    body : {"embankment", "cellular concrete"}
        A fill by Swaisgood 2003, or a cellular concrete dam by judgement alone.
    height_m : float
        Height, m, above 0, up to 400.
    pga_g, magnitude : float
        As for `crest_settlement_percent`.
    alluvium_m : (float, float, float)
        Thickness of alluvium under a fill, which settles too: low, middle and high, m, 0 to 500.

    Raises
    ------
    InvalidParameter
        `field` names the argument.
    """
    if body not in BODIES:
        raise InvalidParameter(f"body is {body!r}; known: {', '.join(BODIES)}", field="body")
    percent = crest_settlement_percent(pga_g, magnitude)
    low, middle, high = alluvium_m
    _check(
        ("height_m", height_m, 1e-9, 400.0),
        ("alluvium_m", low, 0.0, 500.0),
        ("alluvium_m", middle, low, 500.0),
        ("alluvium_m", high, middle, 500.0),
    )
    if pga_g < JUDGED_NOTHING_BELOW_G:
        nothing = (0.0, 0.0, 0.0)
        return ShakenDam(nothing, ("none", "none", "none"), nothing, UNSHAKEN_BASIS)
    if body == "embankment":
        percents = (percent / JUDGED_SCATTER, percent, percent * JUDGED_SCATTER)
        classes = (damage_class(percents[0]), damage_class(percents[1]), damage_class(percents[2]))
        settling_m = (height_m + low, height_m + middle, height_m + high)
    else:
        _, percents, classes = next(band for band in JUDGED_CELLULAR_BANDS if pga_g <= band[0])
        settling_m = (height_m, height_m, height_m)
    return ShakenDam(
        settlement_m=(
            min(height_m, 0.01 * percents[0] * settling_m[0]),
            min(height_m, 0.01 * percents[1] * settling_m[1]),
            min(height_m, 0.01 * percents[2] * settling_m[2]),
        ),
        damage=classes,
        blocked_share=(
            JUDGED_BLOCKED_SHARE[classes[0]][0],
            JUDGED_BLOCKED_SHARE[classes[1]][1],
            JUDGED_BLOCKED_SHARE[classes[2]][2],
        ),
        basis=BASIS[body],
    )


def with_weir(centre: ShakenDam, wings: ShakenDam) -> ShakenDam:
    """A dam whose weir stands on a body of its own: each part settles alone, the rest is the worse of both.

    Parameters
    ----------
    centre : ShakenDam
        What carries the weir.
    wings : ShakenDam
        What carries the crest beside it.
    """
    both = worst_of((centre, wings))
    return replace(both, settlement_m=wings.settlement_m, weir_settlement_m=centre.settlement_m)


def worst_of(parts: tuple[ShakenDam, ...]) -> ShakenDam:
    """The worst of a dam's parts, at each level, where it is not known which part carries what.

    Parameters
    ----------
    parts : tuple of ShakenDam
        One or more, each with one crest.

    Raises
    ------
    InvalidParameter
        Without any.
    """
    if not parts:
        raise InvalidParameter("parts is empty; a dam has one or more", field="parts")
    order: tuple[DamageClass, ...] = get_args(DamageClass)

    def most(field: Literal["settlement_m", "blocked_share"]) -> Three:
        low, middle, high = (
            max(level) for level in zip(*(getattr(one, field) for one in parts), strict=True)
        )
        return low, middle, high

    low, middle, high = (
        max(level, key=order.index) for level in zip(*(one.damage for one in parts), strict=True)
    )
    basis = "; ".join(dict.fromkeys(one.basis for one in parts))
    return ShakenDam(most("settlement_m"), (low, middle, high), most("blocked_share"), basis)


def _check(*ranges: tuple[str, float, float, float]) -> None:
    for field, value, low, high in ranges:
        require(low <= value <= high, field, value, f"{low:g} to {high:g}", InvalidParameter)
