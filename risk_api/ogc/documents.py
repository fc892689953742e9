"""The landing page, the conformance declaration, the collections: plain documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from risk_api.features.catalogue import Collection
from risk_api.features.crs import CRS84_URI, offered
from risk_api.i18n import translate
from risk_api.ogc.call import Call
from risk_api.ogc.conformance import CLASSES
from risk_api.ogc.links import DOCUMENT, HTML, ITEMS, JSON, OPENAPI, SCHEMA, Link, link, own_links

_QUERYABLES_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_SCHEMA_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/schema"


def landing(call: Call, format: str) -> dict[str, Any]:
    """Return what stands at ``/ogc``."""
    language = call.language
    region = call.service.region
    return {
        "title": translate(language, "ogc.title", region=region.names[language]),
        "description": translate(language, "ogc.description"),
        "attribution": "; ".join(dict.fromkeys(str(credit["text"]) for credit in region.credits)),
        "links": [
            *own_links(call, DOCUMENT, format),
            link(f"{call.base}/api", "service-desc", OPENAPI, translate(language, "ogc.api.title")),
            link(f"{call.base}/api?f=html", "service-doc", HTML, translate(language, "ogc.api.page")),
            link(
                f"{call.base}/conformance", "conformance", JSON, translate(language, "ogc.conformance.title")
            ),
            link(f"{call.base}/collections", "data", JSON, translate(language, "ogc.collections.title")),
        ],
    }


def conformance(call: Call, format: str) -> dict[str, Any]:
    """Return the classes that the service conforms to."""
    return {"conformsTo": list(CLASSES), "links": list(own_links(call, DOCUMENT, format))}


def collections(call: Call, format: str, found: Sequence[Collection]) -> dict[str, Any]:
    """Return every collection with its links."""
    return {
        "title": translate(call.language, "ogc.collections.title"),
        "links": list(own_links(call, DOCUMENT, format)),
        "crs": list(offered(call.service.region.crs)),
        "collections": [_described(call, collection, ["#/crs"]) for collection in found],
    }


def collection(call: Call, format: str, found: Collection) -> dict[str, Any]:
    """Return one collection, with the links of the document that it is."""
    document = _described(call, found, list(offered(call.service.region.crs)))
    others = [entry for entry in document["links"] if entry["rel"] not in ("self", "alternate")]
    document["links"] = [*own_links(call, DOCUMENT, format), *others]
    return document


def _described(call: Call, found: Collection, systems: list[str]) -> dict[str, Any]:
    extent: dict[str, Any] = {
        "spatial": {"bbox": [[round(bound, 6) for bound in found.bounds_lonlat]], "crs": CRS84_URI}
    }
    if found.days is not None:
        start, end = (day.isoformat() for day in found.days)
        extent["temporal"] = {
            "interval": [[f"{start}T00:00:00Z", f"{end}T23:59:59Z"]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return {
        "id": found.id,
        "title": found.titles[call.language],
        "description": found.descriptions[call.language],
        "extent": extent,
        "itemType": "feature",
        "crs": systems,
        "storageCrs": CRS84_URI,
        "links": _links(call, found),
    }


def _links(call: Call, found: Collection) -> list[Link]:
    language, title = call.language, found.titles[call.language]
    here = f"{call.base}/collections/{found.id}"
    return [
        link(here, "self", JSON, title),
        link(f"{here}?f=html", "alternate", HTML, title),
        *(link(f"{here}/items?f={name}", "items", media, f"{title} ({name})") for name, media in ITEMS),
        link(f"{here}/queryables", _QUERYABLES_REL, SCHEMA, translate(language, "ogc.queryables.title")),
        link(f"{here}/schema", _SCHEMA_REL, SCHEMA, translate(language, "ogc.schema.title")),
        *(
            {"href": str(credit["url"]), "rel": "license", "title": str(credit["licence"])}
            for credit in call.service.region.credits
            if credit["layer"] == found.id and str(credit.get("url", "")).startswith("http")
        ),
    ]
