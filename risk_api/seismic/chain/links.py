"""Links between an earthquake and the outburst of a moraine lake: probabilities, each with a band.

No fragility of moraine lakes exists. What stands here is a judgement model: displacement of the dam against
its freeboard, a slide into the lake and a wave over the crest, leaking through; times the state of the lake;
under a ceiling; at a season. Every probability can be set by whoever knows better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from risk_api.seismic.chain.judgements import Judgements, Three
from risk_api.seismic.slopes.newmark import chance_beyond, failing_share, jibson_2007_cm

Floats = NDArray[np.float64]
SLOPE: Final = "slope_failure"
OVERTOPPING: Final = "overtopping"
MORAINE: Final = "moraine_dam"
PIPING: Final = "piping"
OUTBURST: Final = "lake_outburst"
SEASON: Final = "season"
MUDFLOW: Final = "mudflow"
DAM_SHAKING: Final = "dam_shaking"
TRIGGERS: Final = (SLOPE, OVERTOPPING, MORAINE, PIPING)
"""Any of them alone brings an outburst, but for a slide, which has to overtop."""
GATES: Final = (SEASON, MUDFLOW)
"""Have to be passed for an outburst to matter."""
LINKS: Final = (*TRIGGERS, OUTBURST, *GATES)
SWITCHES: Final = (*LINKS, DAM_SHAKING)
PIPING_BETA: Final = 0.8

BY_JUDGEMENT: Final = "judgement"
BY_TERRAIN: Final = "terrain"
BY_RECORD: Final = "record"
BY_CALLER: Final = "set"
BY_SWITCH: Final = "off"
BY_LINKS: Final = "links"


@dataclass(frozen=True)
class Link:
    """One link.

    Attributes
    ----------
    id : str
        One of `LINKS`.
    three : (float, float, float)
        Its probability: where harm is least, what is computed with, where it is most.
    basis : str
        judgement, terrain, record, links (it follows from others), set (by the caller) or off.
    """

    id: str
    three: Three
    basis: str


@dataclass(frozen=True)
class Asked:
    """What the caller says of the links of one mudflow.

    Attributes
    ----------
    set_to : mapping
        Probabilities by link, 0 to 1.
    off : frozenset of str
        Links without effect: a trigger that never happens, a gate that is always open, an outburst that
        cannot happen.
    lake_state_factor : float or None
        Times the probability of an outburst; None: the judged band.
    """

    set_to: Mapping[str, float]
    off: frozenset[str]
    lake_state_factor: float | None = None


def union(probabilities: Mapping[str, float] | list[float]) -> float:
    """Probability of at least one of several independent things."""
    values = probabilities.values() if isinstance(probabilities, Mapping) else probabilities
    missed = 1.0
    for value in values:
        missed *= 1.0 - value
    return 1.0 - missed


def lake_links(
    pga_g: Floats,
    magnitude: float,
    month: int,
    judged: Judgements,
    asked: Asked,
    *,
    failing_slopes: Floats | None = None,
) -> dict[str, Link]:
    """Links of one lake for one earthquake.

    Parameters
    ----------
    pga_g : ndarray, (n,)
        Equally likely accelerations at the lake: quantiles of the shaking. Probabilities are means over them.
    magnitude : float
        Of the earthquake.
    month : int
        1 to 12.
    judged : Judgements
    asked : Asked
    failing_slopes : ndarray, (3, n), optional
        Share of the steep slopes above the lake that fails at each acceleration, from the terrain, with the
        soil of least harm, as taken, and of most; without it a judged yield acceleration stands in.
    """
    found: dict[str, Link] = {}

    def add(name: str, three: Three, basis: str) -> Three:
        if name in asked.off:
            three, basis = _switched(name), BY_SWITCH
        elif name in asked.set_to:
            three, basis = _thrice(asked.set_to[name]), BY_CALLER
        found[name] = Link(name, three, basis)
        return three

    def mean(chance: Callable[[int], Floats]) -> Three:
        least, value, most = (float(chance(end).mean()) for end in range(3))
        return least, value, most

    if failing_slopes is None:
        slides = mean(
            lambda end: failing_share(jibson_2007_cm(judged["slide_yield_g"][end], pga_g, magnitude))
        )
        slope = add(SLOPE, slides, BY_JUDGEMENT)
    else:
        slope = add(SLOPE, mean(lambda end: failing_slopes[end]), BY_TERRAIN)
    over = add(OVERTOPPING, judged["overtop_share"], BY_JUDGEMENT)
    moraine = add(
        MORAINE,
        mean(
            lambda end: chance_beyond(
                100.0 * judged["freeboard_m"][end], judged["moraine_yield_g"][end], pga_g, magnitude
            )
        ),
        BY_JUDGEMENT,
    )
    piping = add(
        PIPING,
        mean(lambda end: ndtr(np.log(pga_g / judged["piping_median_g"][end]) / PIPING_BETA)),
        BY_JUDGEMENT,
    )
    factor = (
        judged["lake_state_factor"] if asked.lake_state_factor is None else _thrice(asked.lake_state_factor)
    )
    ceiling = judged["basin_ceiling"]

    def outburst(end: int) -> float:
        together = union([slope[end] * over[end], moraine[end], piping[end]])
        return min(factor[end] * together, ceiling[end])

    add(OUTBURST, (outburst(0), outburst(1), outburst(2)), BY_LINKS)
    add(SEASON, judged.month(month), BY_RECORD)
    add(MUDFLOW, judged["mudflow_forms"], BY_JUDGEMENT)
    return found


def event_probability(links: Mapping[str, Link]) -> Three:
    """Probability of the mudflow: an outburst, at its season, that becomes one."""
    least, value, most = (
        links[OUTBURST].three[end] * links[SEASON].three[end] * links[MUDFLOW].three[end] for end in range(3)
    )
    return least, value, most


def _switched(name: str) -> Three:
    return _thrice(1.0 if name in GATES else 0.0)


def _thrice(value: float) -> Three:
    return value, value, value
