"""JSON Schema of a collection: what its features have (Part 5), and what can be asked of them (Part 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from risk_api.features.catalogue import Collection
from risk_api.features.select import SCALARS
from risk_api.i18n import Language, translate
from risk_api.ogc.call import Call

if TYPE_CHECKING:
    from geodata.layers import Field

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: What JSON Schema says of each kind of column; one with parts is left open.
TYPES: Final[Mapping[str, dict[str, Any]]] = {
    "str": {"type": "string"},
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "list": {},
}
#: What a column is beside its meaning (Part 5, core roles for features).
_ROLES: Final = {"date_start": "primary-interval-start", "date_end": "primary-interval-end"}
_FORMATS: Final = {
    "Point": "geometry-point",
    "LineString": "geometry-linestring",
    "Polygon": "geometry-polygon",
    "MultiPolygon": "geometry-multipolygon",
}


def schema(call: Call, found: Collection) -> dict[str, Any]:
    """Return the schema of the features as they are returned."""
    return _schema(call, found, {"x-ogc-role": "id", "readOnly": True}, found.fields)


def queryables(call: Call, found: Collection) -> dict[str, Any]:
    """Return the columns that a filter or a parameter can name."""
    asked = tuple(field for field in found.fields if field.dtype in SCALARS)
    return _schema(call, found, {}, asked)


def _schema(
    call: Call, found: Collection, of_id: dict[str, Any], fields: tuple[Field, ...]
) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": call.address,
        "title": found.titles[call.language],
        "description": found.descriptions[call.language],
        "type": "object",
        "properties": {
            "id": {"title": translate(call.language, "field.id"), "type": "string", **of_id},
            **{
                field.name: {**property_schema(field, call.language), "x-ogc-propertySeq": place}
                for place, field in enumerate(fields, 2)
            },
            "geometry": {
                "title": translate(call.language, "field.geometry"),
                "x-ogc-role": "primary-geometry",
                "format": _FORMATS.get(found.geometry, "geometry-any"),
            },
        },
        "additionalProperties": False,
    }


def property_schema(field: Field, language: Language) -> dict[str, Any]:
    """Return what is said of one column."""
    said: dict[str, Any] = {"title": field.title[language]}
    if field.description:
        said["description"] = field.description
    if field.unit:
        said["x-ogc-unit"] = field.unit
    if field.name in _ROLES:
        said["x-ogc-role"] = _ROLES[field.name]
    return {**said, **TYPES[field.dtype]}
