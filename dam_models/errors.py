"""Errors of the flow engine.

FlowError
├── InvalidBed            the bed or its cell size cannot be computed on
├── InvalidRelease        a release lies outside the grid or has an impossible hydrograph
├── InvalidParameter      a rheology or setting is outside its physical range
├── InvalidDam            a dam does not fit the grid it is put on
├── RunTooLarge           the run would pass its limit of memory or steps
└── RunCancelled          the caller asked the run to stop
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dam_models.limits import RunEstimate


class FlowError(Exception):
    """Base of everything `dam_models` raises on purpose; `field` names what was wrong."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def require(ok: bool, field: str, value: object, allowed: str, error: type[FlowError], of: str = "") -> None:
    """Refuse a figure that is not allowed, with one sentence that names it.

    Parameters
    ----------
    ok : bool
        Whether it is.
    field : str
        Its name, also as `field` of the error.
    value : object
        What was given.
    allowed : str
        What would be.
    error : type of FlowError
        What is raised.
    of : str
        What it belongs to, for the sentence: ``"breach "``.
    """
    if not ok:
        raise error(f"{of}{field} is {value!r}; allowed: {allowed}", field=field)


class InvalidBed(FlowError):
    """The bed or its cell size cannot be computed on."""


class InvalidRelease(FlowError):
    """The release lies outside the grid or its hydrograph is impossible."""


class InvalidParameter(FlowError):
    """A parameter lies outside its physical range."""


class InvalidDam(FlowError):
    """The dam does not fit the grid it is put on."""


class RunTooLarge(FlowError):
    """The run would pass its limit of memory or steps; `estimate` says what it would need."""

    def __init__(self, message: str, *, field: str, estimate: "RunEstimate") -> None:
        super().__init__(message, field=field)
        self.estimate = estimate


class RunCancelled(FlowError):
    """The caller asked the run to stop before its end."""
