"""Expected annual exposure from a few events: how many people a year, by four rules side by side.

An event is a node: a frequency of exceedance (per year) and a consequence (people). Four published ways of
integrating the same five nodes differ by a factor of 2.9, so the rule is part of the number: the trapezoid in
frequency with an explicit tail is the headline, the same with the consequence linear in the logarithm of
frequency checks it (as in Delft-FIAT, ``fiat/methods/ead.py``), and every interval once with the smaller and
once with the larger of its two ends hold both (as in CCDR-tools, but with the tail in both of them). These
two bound what the nodes say and no truth: beyond the rarest event the consequence grows, in all four rules
it does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from risk_api.errors import BadParameter

RULE: Final = "trapezoid in frequency with explicit tail"
#: Frequencies closer than this share of each other are one: the curve jumps there.
_SAME: Final = 1e-9
#: Below this share the logarithmic weights lose their digits; the trapezoid's are equal to nine of them.
_NARROW: Final = 1e-4


@dataclass(frozen=True)
class Node:
    """An event on a curve: frequency of exceedance (per year, above 0) and consequence (at least 0)."""

    frequency_per_year: float
    consequence: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.frequency_per_year) and self.frequency_per_year > 0.0):
            raise BadParameter(
                "frequencies", f"a frequency is above 0 a year, not {self.frequency_per_year:g}"
            )
        if not (math.isfinite(self.consequence) and self.consequence >= 0.0):
            raise BadParameter("consequences", f"a consequence is at least 0, not {self.consequence:g}")


@dataclass(frozen=True)
class Annual:
    """Expected annual consequence of a curve.

    Attributes
    ----------
    value : float
        The headline, per year, by `rule`.
    loglinear : float
        The check: consequence linear in the logarithm of frequency.
    smaller_ends, larger_ends : float
        Every interval with the smaller, or the larger, of its two consequences; both hold the tail, which
        is too small for both.
    tail : float
        What the rarest event adds, taken as constant beyond it: its frequency times its consequence.
    rule : str
        Name of the rule of the headline.
    """

    value: float
    loglinear: float
    smaller_ends: float
    larger_ends: float
    tail: float
    rule: str = RULE

    @property
    def tail_share(self) -> float | None:
        """Share of the headline that lies beyond the rarest event; None where nothing is expected."""
        return self.tail / self.value if self.value > 0.0 else None

    def __add__(self, other: Annual) -> Annual:
        """Return the sum over independent sources: expectations add, whatever the sources share."""
        return Annual(
            self.value + other.value,
            self.loglinear + other.loglinear,
            self.smaller_ends + other.smaller_ends,
            self.larger_ends + other.larger_ends,
            self.tail + other.tail,
        )


NOTHING: Final = Annual(0.0, 0.0, 0.0, 0.0, 0.0)


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Return nodes from the most frequent to the rarest; those at one frequency stay as they were given.

    So every part of a sum is integrated over the same curve, and the parts add up.
    """
    return sorted(nodes, key=lambda node: -node.frequency_per_year)


def expected_annual(nodes: Iterable[Node]) -> Annual:
    """Return the expected annual consequence of the events of one source.

    Parameters
    ----------
    nodes : iterable of Node
        In any order. Two nodes at one frequency are a jump from the first given to the second, such as a dam
        that begins to overflow. Nothing is added for events more frequent than the most frequent one; the
        rarest one stands for all beyond it.

    Returns
    -------
    Annual
        All zero without a node.
    """
    curve = in_order(nodes)
    if not curve:
        return NOTHING
    value = loglinear = smaller = larger = 0.0
    for often, rarely in pairwise(curve):
        width = often.frequency_per_year - rarely.frequency_per_year
        if width <= _SAME * often.frequency_per_year:
            continue
        pair = (often.consequence, rarely.consequence)
        value += width * 0.5 * (pair[0] + pair[1])
        weight = _weight_of_the_frequent(often.frequency_per_year, rarely.frequency_per_year)
        loglinear += weight * pair[0] + (width - weight) * pair[1]
        smaller += width * min(pair)
        larger += width * max(pair)
    last = curve[-1]
    tail = last.frequency_per_year * last.consequence
    return Annual(value + tail, loglinear + tail, smaller + tail, larger + tail, tail)


def _weight_of_the_frequent(often: float, rarely: float) -> float:
    """Weight of the more frequent end where the consequence is linear in ln(frequency).

    The integral of (ln f - ln f2) / ln(f1 / f2) over f2..f1, which is f1 - (f1 - f2) / ln(f1 / f2).
    """
    width = often - rarely
    if width < _NARROW * often:
        return 0.5 * width
    return often - width / math.log(often / rarely)


def interpolated(nodes: Sequence[Node], frequency_per_year: float) -> float:
    """Return the consequence of a curve at a frequency: linear in frequency, constant beyond both ends.

    Raises
    ------
    BadParameter
        If there is no node.
    """
    curve = in_order(nodes)
    if not curve:
        raise BadParameter("frequencies", "a curve without an event has no consequence")
    if frequency_per_year >= curve[0].frequency_per_year:
        return curve[0].consequence
    for often, rarely in pairwise(curve):
        if frequency_per_year >= rarely.frequency_per_year:
            width = often.frequency_per_year - rarely.frequency_per_year
            if width <= _SAME * often.frequency_per_year:
                return rarely.consequence
            share = (often.frequency_per_year - frequency_per_year) / width
            return often.consequence + share * (rarely.consequence - often.consequence)
    return curve[-1].consequence
