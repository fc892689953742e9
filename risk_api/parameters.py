"""Query parameters that several paths share, read strictly: what is not understood is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, cast

from fastapi import Depends, Query
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request

from risk_api.errors import BadParameter, UnknownParameter
from risk_api.i18n import LANGUAGES, Language

#: minlon, minlat, maxlon, maxlat in CRS84.
BBox = tuple[float, float, float, float]


#: What several questions share.
SchemeQuery = Annotated[str | None, Query(description="Class scheme: buwal (default) or arr.")]
CellQuery = Annotated[float | None, Query(allow_inf_nan=False, description="Cell size of the runs, m.")]
QualityQuery = Annotated[str | None, Query(description="final (default) or preview.")]


def finite(field: str, text: str) -> float:
    """Return the number that `text` writes.

    Raises
    ------
    BadParameter
        If it is no number, or one that is not on any map (NaN, infinity).
    """
    try:
        value = float(text)
    except ValueError:
        raise BadParameter(field, "a number is needed", reason_key="number") from None
    if not math.isfinite(value):
        raise BadParameter(field, "a finite number is needed", reason_key="finite")
    return value


def parse_bbox(text: str | None) -> BBox | None:
    """Read ``bbox=minlon,minlat,maxlon,maxlat``.

    Raises
    ------
    BadParameter
        Unless it is four finite numbers in degrees, in that order, each minimum below its maximum.
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != 4:
        raise BadParameter(
            "bbox", "four numbers are needed: minlon,minlat,maxlon,maxlat", reason_key="bbox_count"
        )
    west, south, east, north = (finite("bbox", part) for part in parts)
    if not (-180.0 <= west <= 180.0 and -180.0 <= east <= 180.0 and south >= -90.0 and north <= 90.0):
        raise BadParameter(
            "bbox",
            "longitudes lie between -180 and 180, latitudes between -90 and 90",
            reason_key="bbox_degrees",
        )
    if not west < east:
        raise BadParameter(
            "bbox",
            f"minlon {west:g} must be less than maxlon {east:g}",
            reason_key="bbox_lon",
            low=f"{west:g}",
            high=f"{east:g}",
        )
    if not south < north:
        raise BadParameter(
            "bbox",
            f"minlat {south:g} must be less than maxlat {north:g}",
            reason_key="bbox_lat",
            low=f"{south:g}",
            high=f"{north:g}",
        )
    return west, south, east, north


def parse_lonlat(lon: str, lat: str) -> tuple[float, float]:
    """Read a point in CRS84 degrees.

    Raises
    ------
    BadParameter
        If either is not finite or not on the globe.
    """
    x, y = finite("lon", lon), finite("lat", lat)
    if not -180.0 <= x <= 180.0:
        raise BadParameter("lon", "between -180 and 180 is needed", reason_key="lon_degrees")
    if not -90.0 <= y <= 90.0:
        raise BadParameter("lat", "between -90 and 90 is needed", reason_key="lat_degrees")
    return x, y


def parse_choice(field: str, text: str, allowed: Sequence[str]) -> str:
    """Return one of the names that are allowed.

    Raises
    ------
    BadParameter
        If it is none of them; the reason lists them.
    """
    if text not in allowed:
        listed = ", ".join(allowed)
        raise BadParameter(
            field, f"allowed are {listed}", allowed, reason_key="allowed", allowed_names=listed
        )
    return text


def parse_language(text: str) -> Language:
    """Return a language of the catalogues; raises as `parse_choice` does."""
    return cast("Language", parse_choice("lang", text, LANGUAGES))


def parse_list(field: str, text: str | None, default: Sequence[str]) -> tuple[str, ...]:
    """Read a comma-separated list of names; duplicates are refused, an absent list is the default.

    Raises
    ------
    BadParameter
        If a name is empty or stands twice.
    """
    if text is None:
        return tuple(default)
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise BadParameter(field, "an empty name stands in the list", reason_key="empty_name")
    if len(set(names)) != len(names):
        raise BadParameter(field, "a name stands twice in the list", reason_key="duplicate_name")
    return names


def parse_numbers(field: str, text: str | None) -> tuple[float, ...] | None:
    """Read numbers with commas between; None where there is no list.

    Raises
    ------
    BadParameter
        If one is no finite number.
    """
    return None if text is None else tuple(finite(field, part.strip()) for part in text.split(","))


def parse_pairs(field: str, text: str | None) -> dict[str, float]:
    """Read ``name:number`` pairs with commas between.

    Raises
    ------
    BadParameter
        If one is no pair, its number is not finite, or a name stands twice.
    """
    pairs: dict[str, float] = {}
    for part in text.split(",") if text is not None else ():
        name, colon, number = part.partition(":")
        if not (name.strip() and colon):
            raise BadParameter(field, "name:number pairs are needed", reason_key="pairs")
        if name.strip() in pairs:
            raise BadParameter(field, "a name stands twice in the list", reason_key="duplicate_name")
        pairs[name.strip()] = finite(field, number.strip())
    return pairs


def _query_names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for child in dependant.dependencies:
        yield from _query_names(child)


def refuse_unknown(request: Request) -> None:
    """Refuse query parameters that the route does not know: a misspelt filter must not be ignored.

    Raises
    ------
    UnknownParameter
        Naming those that are allowed.
    BadParameter
        If a parameter is given twice, where it would be a matter of luck which one counts.
    """
    route = request.scope.get("route")
    known: set[str] = set()
    if isinstance(route, APIRoute):
        known.update(_query_names(route.dependant))
    for name in request.query_params:
        if name not in known:
            raise UnknownParameter(name[:80], sorted(known))
    for name in known:
        if len(request.query_params.getlist(name)) > 1:
            raise BadParameter(name, "given more than once", reason_key="repeated")


#: Put on every router.
Strict = Depends(refuse_unknown)

BBoxQuery = Annotated[
    str | None,
    Query(alias="bbox", description="minlon,minlat,maxlon,maxlat in CRS84; features that touch it are kept."),
]
AsOfQuery = Annotated[
    str | None,
    Query(description="A day, YYYY-MM-DD, from 1900 to today: the dams in the states of that day."),
]
LimitQuery = Annotated[int, Query(ge=1, le=10_000, description="Most features in the answer.")]
OffsetQuery = Annotated[int, Query(ge=0, le=1_000_000_000, description="Features passed over first.")]
