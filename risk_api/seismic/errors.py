"""What the seismic code says no with: the field at fault, and why, in one sentence."""

from __future__ import annotations

from risk_api.errors import BadParameter, RiskError


class BadSeismicInput(BadParameter):
    """A figure of a rupture, a site or a hazard question is not of the form asked for."""


class ZeroArea(BadSeismicInput):
    """A rupture without length or width: there is nothing that could slip."""


class NoBuildingStock(RiskError):
    """The region does not say which buildings stand in it, so that no damage can be computed."""

    code = "no_building_stock"
    title = "No building stock"
    template = "The region {region!r} has no layer 'building_stock'; damage cannot be computed."
    status = 404

    def __init__(self, region: str) -> None:
        super().__init__(region=region)


class ModelRangeWarning(UserWarning):
    """A ground-motion model was asked outside the range that its authors give; the result is marked."""


def beyond(field: str, value: float, low: float, high: float) -> BadSeismicInput:
    """Refuse a value outside a band, which is part of the sentence."""
    words = {"value": f"{value:g}", "low": f"{low:g}", "high": f"{high:g}"}
    return BadSeismicInput(
        field, "{value} is not between {low} and {high}".format(**words), reason_key="value_band", **words
    )


def misfit(field: str) -> BadSeismicInput:
    """Refuse values that are neither one for all sites nor one for each."""
    return BadSeismicInput(field, "one value for all sites or one for each is needed", reason_key="misfit")


def no_area(field: str) -> ZeroArea:
    """Refuse a rupture in which nothing could slip, by the field that makes it so."""
    return ZeroArea(field, "a rupture needs an area above zero", reason_key="zero_area")
