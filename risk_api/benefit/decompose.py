"""Whom a dam helps and whom it harms: benefit, residual, background, excess, harm, minutes.

All of it is made of the same events under different dams, so every part is an expected annual consequence and
the parts add up: benefit = gain - harm = reference - residual, and residual = background + excess - relief
(the split into background and excess follows TotalRisk: what the structure leaves when it does its work, and
what its failure adds to that).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from risk_api.benefit.annual import NOTHING, Annual, Node, expected_annual
from risk_api.errors import BadParameter

#: A district is worse off in an event from this many people on: less is the last digit of a cell's share.
WORSE_FROM_PEOPLE: Final = 0.5


@dataclass(frozen=True)
class Event:
    """One event under three states of the dams.

    Attributes
    ----------
    id : str
        The event.
    frequency_per_year : float
        Frequency of exceedance.
    reference, strategy : float
        Consequence without what is judged, and with it.
    perfect : float or None
        Consequence with the same dams, whole and working; None where the strategy is that already.
    modelled : bool
        Whether a run stands behind it; one that is only interpolated makes no district worse off.
    """

    id: str
    frequency_per_year: float
    reference: float
    strategy: float
    perfect: float | None = None
    modelled: bool = True


@dataclass(frozen=True)
class Decomposition:
    """Expected annual parts of one district, of one source of flows or of several.

    Attributes
    ----------
    reference, residual : Annual
        Expected annual exposure without and with the strategy.
    background : Annual
        What is left where the dams work as built.
    gain, harm : float
        Per year, the events that the strategy makes smaller, and those that it makes larger.
    excess, relief : float
        Per year, what the dams' failure adds to the background, and where it takes something away.
    worse_events : tuple of str
        Events with at least half a person more than without the strategy. Never clipped: `harm` holds all.
    """

    reference: Annual
    residual: Annual
    background: Annual
    gain: float
    harm: float
    excess: float
    relief: float
    worse_events: tuple[str, ...] = ()

    @property
    def benefit(self) -> float:
        """Exposure avoided per year; negative where the strategy does harm on the whole."""
        return self.reference.value - self.residual.value

    @property
    def share(self) -> float | None:
        """Benefit over what there was; None where there was nothing, never 100 %."""
        return self.benefit / self.reference.value if self.reference.value > 0.0 else None

    @property
    def worse(self) -> bool:
        """Whether some event, or the year as a whole, is worse with the strategy than without it."""
        return bool(self.worse_events) or self.benefit < -WORSE_FROM_PEOPLE

    def __add__(self, other: Decomposition) -> Decomposition:
        """Return the parts over two independent sources."""
        return Decomposition(
            self.reference + other.reference,
            self.residual + other.residual,
            self.background + other.background,
            self.gain + other.gain,
            self.harm + other.harm,
            self.excess + other.excess,
            self.relief + other.relief,
            (*self.worse_events, *other.worse_events),
        )


NO_EVENTS: Final = Decomposition(NOTHING, NOTHING, NOTHING, 0.0, 0.0, 0.0, 0.0)


def decompose(events: Sequence[Event]) -> Decomposition:
    """Return the expected annual parts of the events of one source.

    Parameters
    ----------
    events : sequence of Event
        In any order but for events of one frequency, which go from the smaller to the larger.

    Raises
    ------
    BadParameter
        If an event stands twice: its people would be counted twice.
    """
    names = [event.id for event in events]
    if len(set(names)) != len(names):
        raise BadParameter("scenarios", "an event stands twice on one curve")

    def parts(of: Mapping[str, float]) -> Annual:
        return expected_annual(Node(event.frequency_per_year, of[event.id]) for event in events)

    before = {event.id: event.reference for event in events}
    after = {event.id: event.strategy for event in events}
    perfect = {event.id: event.strategy if event.perfect is None else event.perfect for event in events}
    return Decomposition(
        reference=parts(before),
        residual=parts(after),
        background=parts(perfect),
        gain=parts(_above(before, after)).value,
        harm=parts(_above(after, before)).value,
        excess=parts(_above(after, perfect)).value,
        relief=parts(_above(perfect, after)).value,
        worse_events=tuple(
            event.id
            for event in events
            if event.modelled and event.strategy - event.reference >= WORSE_FROM_PEOPLE
        ),
    )


def _above(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    return {key: max(0.0, value - b[key]) for key, value in a.items()}


def minutes_gained(before_s: float | None, after_s: float | None) -> tuple[float | None, str]:
    """Return how much later a flow comes, and whether it comes at all.

    Parameters
    ----------
    before_s, after_s : float or None
        Arrival without and with the strategy, s; None = never.

    Returns
    -------
    minutes : float or None
        Positive where time is gained, negative where the flow comes earlier; None unless both arrive.
    reached : {"both", "lost", "gained", "neither"}
        As in the exposure answer: ``lost`` is no longer reached, ``gained`` newly reached.
    """
    if before_s is None:
        return None, "neither" if after_s is None else "gained"
    if after_s is None:
        return None, "lost"
    return (after_s - before_s) / 60.0, "both"
