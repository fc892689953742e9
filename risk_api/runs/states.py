"""Which state a dam is in under a strategy, and that state in the plain values of a run."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import BadParameter
from risk_api.runs.shaken import shaken_state, shaking_of_strategy

if TYPE_CHECKING:
    from geodata import DamSite, DamState, Region, Scenario
    from geodata.dam_openings import Opening

THEN: Final = "then"
"""The strategy of a dated scenario: the dams as they stood on its day."""

ON: Final = "on:"
"""Before a day, YYYY-MM-DD: the dams as they stood on it."""

EARLIEST_DAY: Final = date(1900, 1, 1)
"""Before this nothing is known of any dam."""


def day_of(text: str, field: str, today: date | None = None) -> date:
    """The day that somebody asks about.

    Parameters
    ----------
    text : str
        YYYY-MM-DD, from 1900 to today: nobody knows the states of a day to come.
    field : str
        Name of the parameter, for the error.
    today : date, optional
        The day on which it is asked.

    Raises
    ------
    BadParameter
    """
    if today is None:
        # The latest date anywhere on earth: nobody's own today is refused.
        today = (datetime.now(UTC) + timedelta(hours=14)).date()
    try:
        # `fromisoformat` also takes forms that no reader would call a date (20240501, 2024-W18-3).
        if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise BadParameter(field, "a day is needed, YYYY-MM-DD", reason_key="day") from None
    if not EARLIEST_DAY <= day <= today:
        low, high = EARLIEST_DAY.isoformat(), today.isoformat()
        raise BadParameter(
            field, f"a day from {low} to {high} is needed", reason_key="day_range", low=low, high=high
        )
    return day


def strategy_on(day: date) -> str:
    """The strategy of a day: its id."""
    return f"{ON}{day.isoformat()}"


def day_of_strategy(strategy_id: str) -> date | None:
    """The day of a strategy ``on:YYYY-MM-DD``; None for any other.

    Raises
    ------
    BadParameter
        If what follows ``on:`` is no day that can be asked about.
    """
    return day_of(strategy_id[len(ON) :], "strategies") if strategy_id.startswith(ON) else None


def state_in(region: "Region", scenario: "Scenario | None", strategy_id: str, dam_id: str) -> "DamState":
    """State of a dam under a strategy of the region, ``then``, ``on:`` a day, or one of these ``shaken:``."""
    site = region.dam_sites[dam_id]
    before, shaking = shaking_of_strategy(strategy_id)
    if shaking is not None:
        return shaken_state(site, state_in(region, scenario, before, dam_id), shaking)
    day = day_of_strategy(strategy_id)
    if strategy_id == THEN:
        assert scenario is not None
        day = scenario.date
    return site.state_on(day) if day is not None else region.strategies[strategy_id].state_of(site)


def plain_state(site: "DamSite", state: "DamState") -> dict[str, Any]:
    """A state as a run's inputs hold it: its kind and what changes the dam's geometry.

    Who said so and when is no part of it: two states that build the same dam are one run.
    """
    described: dict[str, Any] = {"kind": state.kind}
    if state.kind == "absent":
        return described
    for name in ("built_share", "settlement_m", "weir_settlement_m", "bottom_share", "bottom_width_m"):
        value = getattr(state, name)
        if value is not None:
            described[name] = value.value
    if state.volume_m3 is not None:
        described["silted_m3"] = state.volume_m3.value
    blocked = state.blocked_share
    # A clogged dam of which nothing else is told is closed.
    if blocked is not None and (blocked.value < 1.0 or state.kind != "clogged"):
        described["blocked_share"] = blocked.value
    if state.outlet_blocked:
        described["outlet_blocked"] = True
    if state.capacity_m3 is not None:
        described["capacity_m3"] = state.capacity_m3
    openings = [_plain_opening(opening) for opening in site.openings]
    if len(openings) == 1 and "sill_above_bed_m" not in openings[0]:
        described["opening"] = openings[0]
    else:
        described["openings"] = openings
    if state.can_breach and site.fill is not None:
        described["breach"] = {name: figure.value for name, figure in site.fill.figures().items()}
    if site.weir is not None:
        described["weir"] = {"width_m": site.weir.width_m, "below_crest_m": site.weir.below_crest_m}
    return described


def state_of_kind(site: "DamSite", kind: str) -> dict[str, Any]:
    """A dam's latest state of a kind in plain values.

    Raises
    ------
    ValueError
        If there is no such kind, or nobody tells the figures that it needs.
    """
    return plain_state(site, site.state_of(kind))


def _plain_opening(opening: "Opening") -> dict[str, Any]:
    raised = opening.sill_above_bed_m.value
    described: dict[str, Any] = {
        "area_m2": opening.area_m2.value,
        "discharge_coefficient": opening.discharge_coefficient.value,
        "passes": opening.passes,
    }
    if raised > 0.0:
        described["sill_above_bed_m"] = raised
    if opening.clogs:
        described["clogs"] = True
    return described
