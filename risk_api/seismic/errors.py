"""What the seismic code says no with: the field at fault, and why, in one sentence."""

from __future__ import annotations

from risk_api.errors import BadParameter


class BadSeismicInput(BadParameter):
    """A figure of a rupture, a site or a hazard question is not of the form asked for."""


class ZeroArea(BadSeismicInput):
    """A rupture without length or width: there is nothing that could slip."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "a rupture needs an area above zero")


class ModelRangeWarning(UserWarning):
    """A ground-motion model was asked outside the range that its authors give; the result is marked."""
