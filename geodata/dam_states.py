"""What a dam was from a day on, and who said so when."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from geodata.values import Ranged

STATE_KINDS = ("absent", "unfinished", "in service", "clogged", "silted", "damaged", "breached")

STANDING_KINDS = ("unfinished", "in service", "clogged", "silted", "damaged")
"""States in which the dam closes its valley up to a crest."""

FIGURES_OF = {
    "absent": (),
    "unfinished": ("built_share",),
    "in service": (),
    "clogged": ("blocked_share",),
    "silted": ("volume_m3",),
    "damaged": (
        "settlement_m",
        "weir_settlement_m",
        "outlet_blocked",
        "blocked_share",
        "built_share",
        "volume_m3",
    ),
    "breached": ("bottom_share", "bottom_width_m"),
}
"""What is told of a state besides its kind; a damaged dam may have been unfinished or silted before."""

BOUNDS = {
    "built_share": (0.0, 1.0),
    "blocked_share": (0.0, 1.0),
    "volume_m3": (0.0, float("inf")),
    "settlement_m": (0.0, float("inf")),
    "weir_settlement_m": (0.0, float("inf")),
    "bottom_share": (0.0, 1.0),
    "bottom_width_m": (0.0, float("inf")),
}

RANGED = tuple(BOUNDS)
DAYS = ("since", "since_earliest", "since_latest")


@dataclass(frozen=True)
class DamState:
    """What a dam was from a date on.

    Parameters
    ----------
    kind : str
        One of `STATE_KINDS`.
    since : date or None
        First day of the state; None for one that has no beginning here (absent, before anything was built).
        A flow of the day on which something happened to the dam meets it as it was before: the state that
        the flow left begins on the next day.
    built_share : Ranged or None
        Unfinished, or damaged while unfinished: share of the full height that stands, 0 to 1.
    capacity_m3 : float or None
        Storage in this state where it differed from the dam's own [m3].
    source, confidence, note : str
        Who says so, how sure it is (as in `Ranged`), and what else is known.
    since_earliest, since_latest : date or None
        Band of `since` where the day is assumed.
    said_on : str
        When the source said it, as exactly as known: a year, a month or a day (ISO 8601); empty: unknown.
    blocked_share : Ranged or None
        Clogged or damaged: share of the free area of all openings that is blocked, the lowest ones first; 1
        is closed, and so is a clogged dam of which nothing is told.
    volume_m3 : Ranged or None
        Silted, or damaged while silted: what lies level in the bowl [m3].
    settlement_m : Ranged or None
        Damaged: how far the crest has sunk [m]; the whole of it unless `weir_settlement_m` is told.
    weir_settlement_m : Ranged or None
        Damaged: how far the weir has sunk, where it stands on a body of its own [m].
    outlet_blocked : bool
        Damaged: nothing passes the openings.
    bottom_share : Ranged or None
        Breached: height of the notch's bottom over the river bed as a share of the full height, 0 to 1.
    bottom_width_m : Ranged or None
        Breached: width of the notch [m].
    can_breach : bool
        Overtopped in this state the dam's fill is carried away.
    """

    kind: str
    since: date | None = None
    built_share: Ranged | None = None
    capacity_m3: float | None = None
    source: str = ""
    confidence: str = ""
    note: str = ""
    since_earliest: date | None = None
    since_latest: date | None = None
    said_on: str = ""
    blocked_share: Ranged | None = None
    volume_m3: Ranged | None = None
    settlement_m: Ranged | None = None
    weir_settlement_m: Ranged | None = None
    outlet_blocked: bool = False
    bottom_share: Ranged | None = None
    bottom_width_m: Ranged | None = None
    can_breach: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "DamState":
        """From one entry of a dam's `states`.

        Raises
        ------
        ValueError
            If the kind is unknown, a figure belongs to another kind, lies outside its bounds or is missing,
            or the days contradict each other.
        """
        kind = str(data["kind"])
        if kind not in STATE_KINDS:
            raise ValueError(f"state {kind!r} is not one of {', '.join(STATE_KINDS)}")
        capacity = data.get("capacity_m3")
        figures: dict[str, Any] = {
            key: Ranged.of(data[key]) if data.get(key) is not None else None for key in RANGED
        }
        days: dict[str, Any] = {key: _day(key, data.get(key)) for key in DAYS}
        state = cls(
            kind=kind,
            capacity_m3=float(capacity) if capacity is not None else None,
            source=str(data.get("source", "")),
            confidence=str(data.get("confidence", "")),
            note=str(data.get("note", "")),
            said_on=str(data.get("said_on") or ""),
            outlet_blocked=bool(data.get("outlet_blocked", False)),
            can_breach=bool(data.get("can_breach", False)),
            **figures,
            **days,
        )
        _check_figures(state)
        _check_days(state)
        return state

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; `of` reads them back."""
        return {
            "kind": self.kind,
            **{key: _iso(getattr(self, key)) for key in DAYS},
            "said_on": self.said_on or None,
            "capacity_m3": self.capacity_m3,
            **self.figures(),
            "can_breach": self.can_breach,
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note,
        }

    def figures(self) -> dict[str, Any]:
        """What is told of this kind of state, in plain values."""
        out: dict[str, Any] = {}
        for name in FIGURES_OF[self.kind]:
            value = getattr(self, name)
            out[name] = value.as_dict() if isinstance(value, Ranged) else value
        return out


ABSENT_BEFORE = DamState("absent", note="before the first known state")


def states_of(entries: Sequence[Mapping[str, Any]]) -> tuple[DamState, ...]:
    """A dam's states from the first to the last.

    Raises
    ------
    ValueError
        If one cannot be true, or they stand in the wrong order of time: each begins after the one before it,
        only the first may have no beginning, and nothing clogs, silts, suffers or breaches before it stands.
    """
    states = tuple(DamState.of(entry) for entry in entries)
    for before, after in pairwise(states):
        if after.since is None:
            raise ValueError(
                f"states in the wrong order of time: {after.kind!r} has no `since` and stands after "
                f"{_told(before)}; only the first may have none"
            )
        if before.since is not None and after.since <= before.since:
            raise ValueError(
                f"states in the wrong order of time: {_told(after)} stands after {_told(before)}"
            )
        if before.kind == "absent" and after.kind in ("clogged", "silted", "damaged", "breached"):
            raise ValueError(
                f"states in the wrong order of time: {_told(after)} stands after 'absent': nothing is there "
                f"to be {after.kind}"
            )
    return states


def _told(state: DamState) -> str:
    return f"{state.kind!r} since {state.since}" if state.since else f"{state.kind!r}"


def _check_figures(state: DamState) -> None:
    own = FIGURES_OF[state.kind]
    for name in (*RANGED, "outlet_blocked"):
        if getattr(state, name) and name not in own:
            allowed = f"takes {' and '.join(own)}" if own else "takes no figures"
            raise ValueError(f"state {state.kind!r} has no {name}; it {allowed}")
    for name in own:
        value = getattr(state, name)
        low, high = BOUNDS.get(name, (0.0, 0.0))
        if isinstance(value, Ranged) and not low <= value.low <= value.high <= high:
            raise ValueError(
                f"{name} of state {state.kind!r} lies from {low:g} to {high:g}, not {value.value:g}"
            )
    if state.can_breach and state.kind not in STANDING_KINDS:
        raise ValueError(f"state {state.kind!r} cannot breach: nothing stands that could")
    needed = state.kind in ("unfinished", "silted", "breached")
    missing = [name for name in own if needed and getattr(state, name) is None]
    if missing:
        raise ValueError(f"state {state.kind!r} needs {' and '.join(missing)}")
    harm = (state.outlet_blocked, state.settlement_m is not None, state.blocked_share is not None)
    if state.kind == "damaged" and not any(harm):
        raise ValueError("state 'damaged' needs settlement_m or outlet_blocked or blocked_share")


def _check_days(state: DamState) -> None:
    earliest, since, latest = state.since_earliest, state.since, state.since_latest
    if (earliest or latest) and since is None:
        raise ValueError(f"state {state.kind!r} has a band of `since` but no `since`")
    known = [day for day in (earliest, since, latest) if day is not None]
    if known != sorted(known):
        raise ValueError(f"since of state {state.kind!r}, {since}, lies outside {earliest} to {latest}")
    begun = earliest or since or date.min
    if state.said_on and _last_day(state.said_on) < begun:
        raise ValueError(
            f"states in the wrong order of time: {_told(state)} is said to have been reported on "
            f"{state.said_on}, before it began"
        )


def _day(field: str, value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{field} is a day, YYYY-MM-DD, not {value!r}") from None


def _last_day(text: str) -> date:
    """Last day of a year, a month or a day written in ISO 8601."""
    parts = text.split("-")
    try:
        if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]):
            raise ValueError
        year, month, day = (*(int(part) for part in parts), 0, 0)[:3]
        month = month if len(parts) > 1 else 12
        return date(year, month, day if len(parts) > 2 else calendar.monthrange(year, month)[1])
    except (ValueError, IndexError):
        raise ValueError(
            f"said_on is a year, a month or a day (YYYY, YYYY-MM, YYYY-MM-DD), not {text!r}"
        ) from None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
