"""Which language and which format an answer is in: the query first, then the headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from risk_api.errors import NotAcceptable
from risk_api.headers import by_preference
from risk_api.i18n import LANGUAGES, Language, negotiate
from risk_api.parameters import parse_language

#: Short name in ``f=`` and the media type it stands for.
MEDIA_TYPES: Final[dict[str, str]] = {
    "geojson": "application/geo+json",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
    "fgb": "application/vnd.flatgeobuf",
    "parquet": "application/vnd.apache.parquet",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "cap": "application/cap+xml; charset=utf-8",
}


def request_language(request: Request) -> Language:
    """Return the language of the answer; an unknown ``lang`` is refused with 400.

    Raises
    ------
    BadParameter
        If ``lang`` is given and is none of kk, ru, en.
    """
    asked = request.query_params.get("lang")
    if asked is None:
        return negotiate(request.headers.get("accept-language"))
    return parse_language(asked)


def language_for_errors(request: Request) -> Language:
    """Return the language to complain in: never raises, since a bad ``lang`` may be the complaint."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    return negotiate(request.headers.get("accept-language"))


def request_format(request: Request, offered: Sequence[str]) -> str:
    """Return the short name of the format of the answer; the first of `offered` is the default.

    ``f=`` decides; else the most wanted media type of ``Accept`` that is offered. An ``Accept`` that names
    nothing offered gets the default all the same: a client that asks for ``text/html`` from a data
    path is better served by GeoJSON than by 406.

    Raises
    ------
    NotAcceptable
        If ``f`` names a format that is not offered here.
    """
    asked = request.query_params.get("f")
    if asked is not None:
        if asked == "json" and "geojson" in offered and "json" not in offered:
            return "geojson"
        if asked not in offered:
            raise NotAcceptable(asked, offered)
        return asked
    for media_type in by_preference(request.headers.get("accept")):
        for name in offered:
            if MEDIA_TYPES[name].split(";")[0] == media_type:
                return name
    return offered[0]
