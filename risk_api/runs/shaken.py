"""A dam after an earthquake as one more dated state: its crest settled, its openings in part blocked.

`shaken_state` is the join between ground motion and mudflow: whoever knows how hard each dam was shaken gets
the state in which a later flow meets it, and plans runs with it (`plan(..., shaking=...)`). For one shaking
everywhere there is a strategy: ``shaken:0.3:7:mid:ayusai`` is the strategy `ayusai` after a PGA of 0.3 g and
a magnitude of 7, at the middle of what is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter

if TYPE_CHECKING:
    from dam_models.shaking import ShakenDam, Three
    from geodata import DamSite, DamState
    from geodata.values import Ranged

SHAKEN: Final = "shaken:"
"""Before PGA, magnitude, level and strategy, with colons between."""

LEVELS: Final = ("low", "mid", "high")
"""Of the harm done, in the order of a low, a middle and a high."""

ALLUVIUM_M: Final = (0.0, 10.0, 40.0)
"""Judgement: alluvium under a fill that settles with it; of none of the dams is it published."""

SETTLEMENT_STEP_M: Final = 0.01
"""Settlements are rounded to this, blocked shares to a hundredth: what is not told apart is one run."""

_NOTHING: Final = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Shaking:
    """How hard a dam was shaken, and which end of the harm is meant.

    Attributes
    ----------
    pga_g : float
        Peak ground acceleration at the dam, g, 0 to 1.2.
    magnitude : float
        Magnitude of the earthquake, 4 to 8.5.
    level : {"low", "mid", "high"}
        Low: the least harm that is judged likely; high: the most.

    Raises
    ------
    BadParameter
        `field` names what lies outside its range.
    """

    pga_g: float
    magnitude: float
    level: str = "mid"

    def __post_init__(self) -> None:
        from dam_models.shaking import LARGEST_PGA_G, MAGNITUDES

        for field, value, low, high in (
            ("pga_g", self.pga_g, 0.0, LARGEST_PGA_G),
            ("magnitude", self.magnitude, *MAGNITUDES),
        ):
            if not low <= value <= high:
                raise BadParameter(
                    field,
                    f"a number from {low:g} to {high:g} is needed, not {value:g}",
                    reason_key="shaking.range",
                    low=f"{low:g}",
                    high=f"{high:g}",
                )
        if self.level not in LEVELS:
            named = ", ".join(LEVELS)
            raise BadParameter(
                "level", f"allowed: {named}", LEVELS, reason_key="allowed", allowed_names=named
            )


def shaken_dam(site: "DamSite", state: "DamState", shaking: Shaking) -> "ShakenDam":
    """What an earthquake does to a dam that stands: low, middle and high, whichever level is meant.

    Parameters
    ----------
    site : DamSite
        Its `bodies` say what is shaken; where they are unknown, the worse of all that is known counts. A
        weir stands on the part of concrete, between wings of earth: it has its own height and settles alone.
    state : DamState
        How it stood; an unfinished dam is as high as its built share.
    shaking : Shaking
    """
    from dam_models.shaking import BODIES, Body, shake_dam, with_weir, worst_of

    def shake(body: Body, height_m: float) -> "ShakenDam":
        return shake_dam(body, height_m, shaking.pga_g, shaking.magnitude, alluvium_m=ALLUVIUM_M)

    height = site.height_m.value * (state.built_share.value if state.built_share is not None else 1.0)
    if site.weir is not None and set(site.bodies) == set(BODIES):
        centre_m = height - site.weir.below_crest_m
        if centre_m > 0.0:
            return with_weir(shake("cellular concrete", centre_m), shake("embankment", height))
    return worst_of(tuple(shake(body, height) for body in BODIES if body in site.bodies or not site.bodies))


def shaken_state(site: "DamSite", state: "DamState", shaking: Shaking) -> "DamState":
    """State of a dam after an earthquake, from the one that it met.

    A standing dam is `damaged`: its crest settled, part of its openings blocked, on top of what was before.
    What lay in its bowl, what had been built of it and whether it can breach stay. A dam that is absent, one
    that is breached already, and one that shaking leaves as it was stay in their state.

    Parameters
    ----------
    site : DamSite
    state : DamState
        How it stood before: `site.state_on(day)`, or a strategy's `state_of(site)`.
    shaking : Shaking

    Returns
    -------
    DamState
        Its figures carry the low and the high beside the value of the level that is meant.
    """
    from geodata.dam_states import STANDING_KINDS
    from geodata.values import Ranged

    if state.kind not in STANDING_KINDS:
        return state
    shaken = shaken_dam(site, state, shaking)
    level = LEVELS.index(shaking.level)
    deepest = max(three[level] for three in (shaken.settlement_m, shaken.weir_settlement_m or _NOTHING))
    if deepest < 0.5 * SETTLEMENT_STEP_M and shaken.blocked_share[level] == 0.0:
        return state
    settled = _settled(state.settlement_m, shaken.settlement_m)
    of_weir = state.weir_settlement_m if state.weir_settlement_m is not None else state.settlement_m
    apart = shaken.weir_settlement_m
    if apart is None and state.weir_settlement_m is not None:
        apart = shaken.settlement_m
    weir_settled = None if apart is None else _settled(of_weir, apart)
    before = _blocked_before(state)
    blocked = _rounded(_beside((before.low, before.value, before.high), shaken.blocked_share), 0.01)

    def ranged(three: "Three", unit: str) -> Ranged:
        return Ranged(three[level], three[0], three[2], unit, "judgement", shaken.basis)

    return replace(
        state,
        kind="damaged",
        settlement_m=ranged(settled, "m"),
        weir_settlement_m=None if weir_settled is None else ranged(weir_settled, "m"),
        blocked_share=ranged(blocked, "1"),
        since=None,
        since_earliest=None,
        since_latest=None,
        said_on="",
        source=f"{state.kind}, then {shaking.pga_g:g} g at magnitude {shaking.magnitude:g}, {shaking.level}: "
        f"{shaken.basis}",
        confidence="judgement",
        note="What a flow would meet after such an earthquake; nobody has seen it.",
    )


def shaken_strategy(strategy_id: str, shaking: Shaking) -> str:
    """The strategy of another one after an earthquake: its id."""
    return f"{SHAKEN}{shaking.pga_g:g}:{shaking.magnitude:g}:{shaking.level}:{strategy_id}"


def shaking_of_strategy(strategy_id: str) -> tuple[str, Shaking | None]:
    """What stood before, and how it was shaken; the strategy itself and None for any other.

    Raises
    ------
    BadParameter
        If what follows ``shaken:`` cannot be read, or lies outside its range.
    """
    if not strategy_id.startswith(SHAKEN):
        return strategy_id, None
    from dam_models.shaking import LARGEST_PGA_G, MAGNITUDES

    pga, magnitude, level, before = (strategy_id[len(SHAKEN) :].split(":", 3) + [""] * 3)[:4]
    ranges = ((pga, "pga_g", 0.0, LARGEST_PGA_G), (magnitude, "magnitude", *MAGNITUDES))
    for text, part, low, high in ranges:
        if not low <= _number(text) <= high:
            raise _unreadable(part, text, low=f"{low:g}", high=f"{high:g}")
    if level not in LEVELS:
        raise _unreadable("level", level)
    if not before or before.startswith(SHAKEN):
        raise _unreadable("strategy", before)
    return before, Shaking(float(pga), float(magnitude), level)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


#: What is said in English of a part of such a strategy; the catalogues have the same.
_PARTS: Final = {
    "pga_g": "after shaken: comes first the PGA, a number from {low} to {high} (g), here {given}",
    "magnitude": "after shaken: comes second the magnitude, a number from {low} to {high}, here {given}",
    "level": "after shaken: comes third low, mid or high, here {given}",
    "strategy": "after shaken: comes last the strategy that was shaken, itself not shaken, here {given}",
}


def _unreadable(part: str, text: str, **params: str) -> BadParameter:
    """Which part of a shaken strategy is missing, or cannot be."""
    given = f"'{text[:40]}'" if text else "-"
    reason = _PARTS[part].format(given=given, **params)
    return BadParameter("strategies", reason, reason_key=f"shaking.part.{part}", given=given, **params)


def check_shaking(shaking: Mapping[str, Shaking], dams: Mapping[str, object]) -> None:
    """Refuse a shaking of dams that there are not.

    Raises
    ------
    BadParameter
    """
    for dam_id in shaking:
        if dam_id not in dams:
            known = ", ".join(dams)
            raise BadParameter(
                f"shaking.{dam_id}",
                f"allowed: {known}",
                tuple(dams),
                reason_key="allowed",
                allowed_names=known,
            )


def _blocked_before(state: "DamState") -> "Ranged":
    from geodata.values import Ranged

    if state.blocked_share is not None and not state.outlet_blocked:
        return state.blocked_share
    closed = 1.0 if state.outlet_blocked or state.kind == "clogged" else 0.0
    return Ranged(closed, closed, closed, "1", state.confidence, state.source)


def _settled(before: "Ranged | None", after: "Three") -> "Three":
    """How far something has sunk in all, m."""
    earlier = (before.low, before.value, before.high) if before is not None else _NOTHING
    low, middle, high = (a + b for a, b in zip(earlier, after, strict=True))
    return _rounded((low, middle, high), SETTLEMENT_STEP_M)


def _beside(before: "Three", after: "Three") -> "Three":
    """Of what was still free, the share that is blocked now, with what was blocked before."""
    low, middle, high = (1.0 - (1.0 - a) * (1.0 - b) for a, b in zip(before, after, strict=True))
    return low, middle, high


def _rounded(three: "Three", step: float) -> "Three":
    low, middle, high = (round(round(value / step) * step, 6) for value in three)
    return low, middle, high
