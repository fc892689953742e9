"""The states that a drawn dam may be in, and the figures that each is told by."""

import math
from collections.abc import Mapping
from typing import Any, Final

from risk_api.errors import BadParameter
from risk_api.runs.heights import HIGHEST_DAM_M

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "in service": (),
    "unfinished": ("built_share",),
    "clogged": (),
    "silted": ("volume_m3",),
    "damaged": (),
    "breached": ("bottom_share", "bottom_width_m"),
}
"""What has to be told of a state."""

OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "clogged": ("blocked_share",),
    "damaged": ("settlement_m", "blocked_share"),
}
"""What may be; a clogged dam of which nothing is told is closed, of a damaged one something has to be."""

BOUNDS: Final[Mapping[str, tuple[float, float, bool]]] = {
    "built_share": (0.0, 1.0, False),
    "blocked_share": (0.0, 1.0, True),
    "volume_m3": (0.0, 1e9, False),
    "settlement_m": (0.0, HIGHEST_DAM_M, False),
    "bottom_share": (0.0, 0.99, True),
    "bottom_width_m": (0.0, 2000.0, False),
}
"""Low, high, and whether the low itself is allowed."""

FIGURES: Final = tuple(BOUNDS)
_HELD_AS: Final = {"volume_m3": "silted_m3"}
"""A run's inputs name some of them otherwise."""


def check_figures(state: str, told: Mapping[str, float]) -> None:
    """Refuse a state that is none, that lacks a figure, or that is told by one of another state.

    Parameters
    ----------
    state : str
        A key of `NEEDED`.
    told : mapping of str to float
        The figures that are given.

    Raises
    ------
    BadParameter
        `field` names the figure, or `state`.
    """
    if state not in NEEDED:
        listed = ", ".join(NEEDED)
        raise BadParameter(
            "state", f"allowed: one of {listed}", tuple(NEEDED), reason_key="allowed", allowed_names=listed
        )
    needed, allowed = NEEDED[state], (*NEEDED[state], *OPTIONAL.get(state, ()))
    for name in told:
        if name not in allowed:
            raise BadParameter(
                name, f"not told of a dam that is {state}", reason_key="what_if.not_of_state", state=state
            )
    missing = [name for name in needed if name not in told]
    if missing or (state == "damaged" and not told):
        name = missing[0] if missing else allowed[0]
        raise BadParameter(
            name, f"needed for a dam that is {state}", reason_key="what_if.needed_for_state", state=state
        )
    for name, value in told.items():
        low, high, closed = BOUNDS[name]
        if not (math.isfinite(value) and low <= value <= high and (closed or value > low)):
            key = "what_if.from_to" if closed else "dam.between"
            reason = f"{'from' if closed else 'more than'} {low:g} and at most {high:g} is needed"
            raise BadParameter(name, reason, reason_key=key, low=f"{low:g}", high=f"{high:g}")


def plain_figures(told: Mapping[str, float]) -> dict[str, Any]:
    """The figures as a spec holds them."""
    return {_HELD_AS.get(name, name): value for name, value in told.items()}
