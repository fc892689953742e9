"""Links of the OGC documents, and the formats that each kind of resource comes in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from risk_api.i18n import translate
from risk_api.ogc.call import Call, Formats

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"

DOCUMENT: Final[Formats] = (("json", JSON), ("html", HTML))
API: Final[Formats] = (("json", OPENAPI), ("html", HTML))
JSON_SCHEMA: Final[Formats] = (("json", SCHEMA), ("html", HTML))
ITEM: Final[Formats] = (("json", GEOJSON), ("html", HTML))
ITEMS: Final[Formats] = (
    *ITEM,
    ("csv", "text/csv; charset=utf-8"),
    ("fgb", "application/vnd.flatgeobuf"),
    ("gpkg", "application/geopackage+sqlite3"),
    ("parquet", "application/vnd.apache.parquet"),
)

Link = dict[str, str]


def link(href: str, rel: str, media_type: str, title: str = "") -> Link:
    """Return one link."""
    made = {"href": href, "rel": rel, "type": media_type.split("; charset")[0]}
    return {**made, "title": title} if title else made


def own_links(call: Call, formats: Formats, format: str) -> Iterator[Link]:
    """Yield the link to the document itself and those to its other formats, with the query as it was."""
    stem = f"{call.address}{call.query_without('f')}f="
    for name, media_type in formats:
        if name == format:
            yield link(f"{stem}{name}", "self", media_type, translate(call.language, "ogc.link.self"))
        else:
            title = translate(call.language, "ogc.link.alternate", format=name)
            yield link(f"{stem}{name}", "alternate", media_type, title)
