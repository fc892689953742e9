"""A dam under an earthquake: how far its crest settles, what capacity that costs, what blocks its outlets.

A mudflow dam is empty when the earth shakes: what matters is what it can still hold and pass afterwards.

The settlement of a fill is that of Swaisgood (2003), **unverified**: as cited, not re-read. Everything else
here, the limits of the damage classes, the blocking of outlets, and all about cellular dams of reinforced
concrete, for which no fragility was found, is **judgement**: a low and a high, for an engineer to replace.
"""

from dataclasses import dataclass
from math import exp
from typing import Literal

from dam_models.errors import InvalidParameter
from dam_models.storage import StorageCurve

DamageClass = Literal["none", "minor", "moderate", "serious"]
Range = tuple[float, float]

JUDGED_CLASS_LIMITS_PERCENT = ((0.1, "none"), (0.5, "minor"), (1.0, "moderate"))
"""Judgement: settlement below which a fill is in a class, percent of height; above the last, serious."""

JUDGED_BLOCKED_SHARE: dict[str, Range] = {
    "none": (0.0, 0.05),
    "minor": (0.0, 0.2),
    "moderate": (0.1, 0.6),
    "serious": (0.3, 1.0),
}
"""Judgement: share of the outlets that is blocked, low and high, by damage class."""

JUDGED_CELLULAR_BANDS: tuple[tuple[float, Range, DamageClass, DamageClass], ...] = (
    (0.2, (0.0, 0.1), "none", "minor"),
    (0.4, (0.0, 0.5), "none", "moderate"),
    (0.6, (0.1, 1.5), "minor", "serious"),
    (float("inf"), (0.3, 4.0), "minor", "serious"),
)
"""Judgement for cellular concrete: up to a PGA, g: crest loss in percent of height, damage low and high."""


@dataclass(frozen=True)
class ShakenDam:
    """A dam after an earthquake; every pair is a low and a high.

    Attributes
    ----------
    settlement_m : (float, float)
        How far the crest has gone down, m.
    damage : (str, str)
        Class: none, minor, moderate or serious.
    capacity_lost_m3 : (float, float)
        Volume that it no longer holds, m3.
    blocked_share : (float, float)
        Share of its outlets that is blocked, for `Clogging(initial_share=...)`.
    basis : str
        What the figures rest on.
    """

    settlement_m: Range
    damage: tuple[DamageClass, DamageClass]
    capacity_lost_m3: Range
    blocked_share: Range
    basis: str


def crest_settlement_percent(pga_g: float, magnitude: float) -> float:
    """Settlement of an embankment's crest, percent of its height with the alluvium under it.

    exp(6.07 PGA + 0.57 M - 8.00), Swaisgood 2003 (Embankment dam deformations caused by earthquakes, Pacific
    Conference on Earthquake Engineering). **Unverified: as cited, not re-read.**

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
    _check(("pga_g", pga_g, 0.0, 1.2), ("magnitude", magnitude, 4.0, 8.5))
    return exp(6.07 * pga_g + 0.57 * magnitude - 8.00)


def damage_class(settlement_percent: float) -> DamageClass:
    """Damage class of a fill by its settlement in percent of its height; limits by judgement."""
    for limit, name in JUDGED_CLASS_LIMITS_PERCENT:
        if settlement_percent < limit:
            return name  # type: ignore[return-value]
    return "serious"


def shake_dam(
    kind: Literal["embankment", "cellular concrete"],
    storage: StorageCurve,
    height_m: float,
    pga_g: float,
    magnitude: float,
    *,
    alluvium_m: Range = (0.0, 0.0),
) -> ShakenDam:
    """What an earthquake leaves of a dam.

    Parameters
    ----------
    kind : {"embankment", "cellular concrete"}
        A fill by Swaisgood 2003 (unverified), or a cellular concrete dam by judgement alone.
    storage : StorageCurve
        Its bowl up to the crest.
    height_m : float
        Height, m, above 0, up to 400.
    pga_g, magnitude : float
        As for `crest_settlement_percent`.
    alluvium_m : (float, float)
        Thickness of alluvium under a fill, low and high, m, 0 to 500.

    Raises
    ------
    InvalidParameter
        `field` names the argument.
    """
    percent = crest_settlement_percent(pga_g, magnitude)
    low, high = alluvium_m
    _check(
        ("height_m", height_m, 1e-9, 400.0), ("alluvium_m", low, 0.0, high), ("alluvium_m", high, low, 500.0)
    )
    damage: tuple[DamageClass, DamageClass]
    if kind == "embankment":
        settled = (0.01 * percent * (height_m + low), 0.01 * percent * (height_m + high))
        damage = (damage_class(percent), damage_class(percent))
        basis = "Swaisgood 2003, unverified; classes and outlets by judgement"
    elif kind == "cellular concrete":
        loss, *classes = next(band[1:] for band in JUDGED_CELLULAR_BANDS if pga_g <= band[0])
        settled = (0.01 * loss[0] * height_m, 0.01 * loss[1] * height_m)
        damage = (classes[0], classes[1])
        basis = "judgement"
    else:
        raise InvalidParameter(f"kind is {kind!r}; known: embankment, cellular concrete", field="kind")
    lost_low, lost_high = (
        storage.capacity_m3 - float(storage.volume_at(storage.top_m - drop)) for drop in settled
    )
    blocked = (JUDGED_BLOCKED_SHARE[damage[0]][0], JUDGED_BLOCKED_SHARE[damage[1]][1])
    return ShakenDam(settled, damage, (lost_low, lost_high), blocked, basis)


def _check(*ranges: tuple[str, float, float, float]) -> None:
    for field, value, low, high in ranges:
        if not low <= value <= high:
            raise InvalidParameter(f"{field} is {value!r}; allowed: {low:g} to {high:g}", field=field)
