"""One word for what a dam did in a run."""

HELD_SHARE = 0.02
"""Outflow below this share of the inflow still counts as held: films and rounding."""


def outcome_of(inflow_m3: float, overflow_m3: float, passed_m3: float, state: str) -> str:
    """`not met`, `held`, `passed`, `overtopped` or `unfinished overtopped`.

    Parameters
    ----------
    inflow_m3, overflow_m3, passed_m3 : float
        Totals of a run: into the bowl, over the crest, through the openings.
    state : str
        State of the dam in the run.
    """
    if inflow_m3 <= 0.0:
        return "not met"
    if overflow_m3 > HELD_SHARE * inflow_m3:
        return "unfinished overtopped" if state == "unfinished" else "overtopped"
    if passed_m3 > HELD_SHARE * inflow_m3:
        return "passed"
    return "held"
