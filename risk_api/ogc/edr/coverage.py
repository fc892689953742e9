"""Values at places as CoverageJSON (OGC 21-069r2) and as GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk_api.features.crs import Crs
from risk_api.i18n import Language
from risk_api.ogc.edr.parameters import Parameter
from risk_api.ogc.edr.places import Values


@dataclass(frozen=True)
class Site:
    """A place with its values.

    Attributes
    ----------
    id : str
    label : str
    geometry : mapping
        GeoJSON in the system of the answer, in its axis order.
    values : mapping
        By name of parameter.
    """

    id: str
    label: str
    geometry: Mapping[str, Any]
    values: Values


def coverage_json(
    sites: Sequence[Site], parameters: Sequence[Parameter], crs: Crs, language: Language
) -> dict[str, Any]:
    """Return one coverage, or a collection of them where there are several places."""
    shared = {parameter.name: parameter.to_json(language) for parameter in parameters}
    referencing = [
        {
            "coordinates": ["y", "x"] if crs.northing_first else ["x", "y"],
            "system": {"type": "GeographicCRS" if crs.in_degrees else "ProjectedCRS", "id": crs.uri},
        }
    ]
    if len(sites) == 1:
        only = _coverage(sites[0], parameters, crs)
        only["domain"]["referencing"] = referencing
        return {**only, "parameters": shared}
    return {
        "type": "CoverageCollection",
        "parameters": shared,
        "referencing": referencing,
        "coverages": [_coverage(site, parameters, crs) for site in sites],
    }


def feature_json(
    sites: Sequence[Site], parameters: Sequence[Parameter], links: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Return a feature per place, its values as properties."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": site.id,
                "geometry": site.geometry,
                "properties": {
                    "label": site.label,
                    **{parameter.name: site.values.get(parameter.name) for parameter in parameters},
                },
            }
            for site in sites
        ],
        "links": list(links),
    }


def _coverage(site: Site, parameters: Sequence[Parameter], crs: Crs) -> dict[str, Any]:
    domain, parts = _domain(site.geometry, crs)
    shape = {"shape": [parts], "axisNames": ["composite"]} if parts > 1 else {"shape": [], "axisNames": []}
    return {
        "type": "Coverage",
        "id": site.id,
        "domain": domain,
        "ranges": {
            parameter.name: {
                "type": "NdArray",
                "dataType": "integer" if parameter.classes else "float",
                **shape,
                "values": [_coded(parameter, site.values.get(parameter.name))] * parts,
            }
            for parameter in parameters
        },
    }


def _coded(parameter: Parameter, value: float | str | None) -> float | int | None:
    """Return a value as a range holds it: of a class its number."""
    if isinstance(value, str):
        return parameter.classes.index(value)
    return value


def _domain(geometry: Mapping[str, Any], crs: Crs) -> tuple[dict[str, Any], int]:
    """Return the domain, and of how many parts it is."""
    if geometry["type"] == "Point":
        first, second = geometry["coordinates"][:2]
        x, y = (second, first) if crs.northing_first else (first, second)
        axes: dict[str, Any] = {"x": {"values": [x]}, "y": {"values": [y]}}
        return {"type": "Domain", "domainType": "Point", "axes": axes}, 1
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    axes = {
        "composite": {
            "dataType": "polygon",
            "coordinates": ["y", "x"] if crs.northing_first else ["x", "y"],
            "values": polygons,
        }
    }
    kind = "MultiPolygon" if len(polygons) > 1 else "Polygon"
    return {"type": "Domain", "domainType": kind, "axes": axes}, len(polygons)
