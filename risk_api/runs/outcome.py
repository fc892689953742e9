"""One word for what a dam did in a run."""

FILM_M3 = 50.0
"""Outflow up to this volume is a film left by the scheme, not a flow."""


_OVERFLOWN = {"unfinished": "unfinished overtopped", "breached": "breached"}


def outcome_of(
    inflow_m3: float, overflow_m3: float, passed_m3: float, state: str, *, breached: bool = False
) -> str:
    """`not met`, `held`, `passed`, `overtopped`, `unfinished overtopped` or `breached`.

    Parameters
    ----------
    inflow_m3, overflow_m3, passed_m3 : float
        Totals of a run: into the bowl, over the crest, through the openings.
    state : str
        State of the dam as the run began.
    breached : bool
        Its fill began to be carried away during the run.
    """
    if inflow_m3 <= FILM_M3:
        return "not met"
    if overflow_m3 > FILM_M3:
        return "breached" if breached else _OVERFLOWN.get(state, "overtopped")
    if passed_m3 > FILM_M3:
        return "passed"
    return "held"
