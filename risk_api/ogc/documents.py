"""The landing page, the conformance declaration, the collections: plain documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from risk_api.features.catalogue import Collection
from risk_api.features.crs import CRS84_URI, offered
from risk_api.i18n import translate
from risk_api.ogc.call import Call
from risk_api.ogc.links import DOCUMENT, HTML, JSON, OPENAPI, Link, link, own_links
from risk_api.ogc.part import Part


def landing(call: Call, format: str, parts: Sequence[Part]) -> dict[str, Any]:
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
            *(entry for part in parts for entry in part.landing_links(call)),
        ],
    }


def conformance(call: Call, format: str, classes: Sequence[str]) -> dict[str, Any]:
    """Return the classes that the service conforms to."""
    return {"conformsTo": list(classes), "links": list(own_links(call, DOCUMENT, format))}


def collections(call: Call, format: str, parts: Sequence[Part]) -> dict[str, Any]:
    """Return every collection with its links."""
    return {
        "title": translate(call.language, "ogc.collections.title"),
        "links": list(own_links(call, DOCUMENT, format)),
        "crs": list(offered(call.service.region.crs)),
        "collections": [
            _described(call, collection, ["#/crs"], parts) for collection in call.service.catalogue.all()
        ],
    }


def collection(call: Call, format: str, found: Collection, parts: Sequence[Part]) -> dict[str, Any]:
    """Return one collection, with the links of the document that it is."""
    document = _described(call, found, list(offered(call.service.region.crs)), parts)
    others = [entry for entry in document["links"] if entry["rel"] not in ("self", "alternate")]
    document["links"] = [*own_links(call, DOCUMENT, format), *others]
    return document


def _described(call: Call, found: Collection, systems: list[str], parts: Sequence[Part]) -> dict[str, Any]:
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
        "links": _links(call, found, parts),
        **{name: value for part in parts for name, value in part.collection_members(call, found).items()},
    }


def _links(call: Call, found: Collection, parts: Sequence[Part]) -> list[Link]:
    title = found.titles[call.language]
    here = f"{call.base}/collections/{found.id}"
    return [
        link(here, "self", JSON, title),
        link(f"{here}?f=html", "alternate", HTML, title),
        *(entry for part in parts for entry in part.collection_links(call, found)),
        *(
            {"href": str(credit["url"]), "rel": "license", "title": str(credit["licence"])}
            for credit in call.service.region.credits
            if credit["layer"] == found.id and str(credit.get("url", "")).startswith("http")
        ),
    ]
