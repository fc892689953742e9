"""Vector layers of any of four formats, as GeoJSON features in CRS84."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from geodata.crs import LONLAT, transformer
from geodata.errors import LayerCorrupt, LayerInvalid
from geodata.layers import FIELDS, GEOMETRY_TYPES, Field
from geodata.region_file import LayerFile

Feature = dict[str, Any]
FORMATS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
}


def read_layer(layer: LayerFile) -> list[Feature]:
    """Features of a vector layer: CRS84, right-handed polygons, fields renamed as `fields` of the layer says.

    Raises
    ------
    LayerCorrupt
        If the file cannot be read.
    LayerInvalid
        If it has no CRS, a geometry of a wrong type, a missing required field, a number that is none, or an
        id twice.
    """
    suffix = layer.path.suffix.lower()
    if suffix not in FORMATS:
        raise LayerInvalid(layer.name, layer.path.name, "file", f"ends in none of {', '.join(FORMATS)}")
    raw = _read_geojson(layer) if suffix in (".geojson", ".json") else _read_ogr(layer)
    renames = {theirs: ours for ours, theirs in dict(layer.options.get("fields", {})).items()}
    seen: set[str] = set()
    out: list[Feature] = []
    for i, (geometry, properties, own_id) in enumerate(raw):
        renamed = {renames.get(key, key): value for key, value in properties.items()}
        if "id" not in renamed and own_id is not None:
            renamed["id"] = own_id
        out.append(_feature(layer, i, geometry, renamed, seen))
    return out


def _feature(
    layer: LayerFile, i: int, geometry: BaseGeometry | None, properties: dict[str, Any], seen: set[str]
) -> Feature:
    clean = {field.name: _value(layer, i, field, properties.get(field.name)) for field in FIELDS[layer.name]}
    extra = {key: value for key, value in properties.items() if key not in clean and key != "geometry"}
    identifier = clean["id"]
    if identifier in seen:
        raise LayerInvalid(
            layer.name, layer.path.name, "id", f"{identifier!r} is there twice; ids are unique"
        )
    seen.add(identifier)
    for code in ("kk", "ru", "en"):
        if f"name_{code}" in clean and clean[f"name_{code}"] is None:
            # A name in another language is better than none; English last because it is nobody's own here.
            fallback = next(
                (clean[f"name_{c}"] for c in ("ru", "kk", "en") if clean.get(f"name_{c}")), identifier
            )
            clean[f"name_{code}"] = fallback
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": None
        if geometry is None
        else shapely.geometry.mapping(_checked(layer, identifier, geometry)),
        "properties": {**clean, **extra},
    }


def _checked(layer: LayerFile, identifier: str, geometry: BaseGeometry) -> BaseGeometry:
    allowed = GEOMETRY_TYPES[layer.name]
    if geometry.geom_type not in allowed:
        if geometry.geom_type == "MultiLineString" and "LineString" in allowed and len(geometry.geoms) == 1:
            geometry = geometry.geoms[0]
        else:
            raise LayerInvalid(
                layer.name, layer.path.name, "geometry",
                f"{identifier!r} is a {geometry.geom_type}; allowed are {', '.join(filter(None, allowed))}",
            )  # fmt: skip
    if geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise LayerInvalid(
            layer.name, layer.path.name, "geometry", f"{identifier!r} is empty or has NaN coordinates"
        )
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise LayerInvalid(
            layer.name, layer.path.name, "geometry",
            f"{identifier!r} lies outside longitudes -180 to 180 and latitudes -90 to 90: is its CRS right?",
        )  # fmt: skip
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raise LayerInvalid(layer.name, layer.path.name, "geometry", f"{identifier!r} is not valid: {reason}")
    return right_handed(geometry)


def right_handed(geometry: BaseGeometry) -> BaseGeometry:
    """Polygons with their outer ring counter-clockwise, as RFC 7946 asks."""
    if geometry.geom_type == "Polygon":
        return orient(geometry, 1.0)
    if geometry.geom_type == "MultiPolygon":
        return shapely.MultiPolygon([orient(part, 1.0) for part in geometry.geoms])
    return geometry


def _value(layer: LayerFile, i: int, field: Field, value: Any) -> Any:
    if value is None or (isinstance(value, float) and np.isnan(value) and not field.required):
        if field.required:
            raise LayerInvalid(
                layer.name, layer.path.name, field.name,
                f"is missing in feature {i}; map another name with layers.{layer.name}.fields",
            )  # fmt: skip
        return None
    if field.dtype == "str":
        return str(value)
    if field.dtype == "list":
        return _nested(layer, i, field, value)
    if field.dtype == "bool":
        return bool(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise LayerInvalid(
            layer.name, layer.path.name, field.name, f"is {value!r} in feature {i}, not a number"
        )
    # A whole number stays one: 362200 people shall not read as 362200.0.
    return int(number) if field.dtype == "int" or isinstance(value, (int, np.integer)) else number


def _nested(layer: LayerFile, i: int, field: Field, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if not isinstance(value, str):
        return value
    # Formats without nested values carry them as JSON text.
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise LayerInvalid(
            layer.name, layer.path.name, field.name, f"is not JSON in feature {i}: {error.msg}"
        ) from error


_Raw = list[tuple[BaseGeometry | None, Mapping[str, Any], Any]]


def _read_geojson(layer: LayerFile) -> _Raw:
    # The small layers of a region are read without geopandas, whose import alone takes over a second.
    try:
        data = json.loads(layer.path.read_text(encoding="utf-8"))
        named = ((data.get("crs") or {}).get("properties") or {}).get("name", LONLAT)
        raw: _Raw = []
        for feature in data["features"]:
            # NaN coordinates are reported with their feature's id below, not as a warning from here.
            with np.errstate(invalid="ignore"):
                geometry = shapely.geometry.shape(feature["geometry"]) if feature.get("geometry") else None
            raw.append((geometry, feature.get("properties") or {}, feature.get("id")))
    except (ValueError, KeyError, TypeError, AttributeError, ShapelyError) as error:
        message = f"is not a GeoJSON feature collection: {type(error).__name__}: {error}"
        raise LayerCorrupt(layer.name, layer.path.name, "", message) from error
    if named in (LONLAT, "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84"):
        return raw
    change = transformer(str(named), LONLAT)

    def turned(xy: Any) -> Any:
        return np.column_stack(change.transform(xy[:, 0], xy[:, 1]))

    return [
        (None if geometry is None else shapely.transform(geometry, turned), properties, own)
        for geometry, properties, own in raw
    ]


def _read_ogr(layer: LayerFile) -> _Raw:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    options = {"layer": layer.options["layer"]} if "layer" in layer.options else {}
    try:
        frame = pyogrio.read_dataframe(layer.path, **options)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise LayerCorrupt(layer.name, layer.path.name, "", f"cannot be read: {error}") from error
    if frame.crs is None:
        raise LayerInvalid(
            layer.name, layer.path.name, "crs", "has no CRS, for example a .prj beside a shapefile"
        )
    frame = frame.to_crs(LONLAT)
    columns = [column for column in frame.columns if column != "geometry"]
    out: _Raw = []
    for geometry, values in zip(
        frame.geometry, frame[columns].itertuples(index=False, name=None), strict=True
    ):
        properties = {k: None if _is_missing(v) else v for k, v in zip(columns, values, strict=True)}
        out.append((geometry, properties, None))
    return out


def _is_missing(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, float) and np.isnan(value))
        or type(value).__name__ in ("NAType", "NaTType")
    )
