"""The vector layers and tables of a region, from a recipe and its conditioned ground."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata import catchments
from geodata.build_dams import dam_properties
from geodata.build_terrain import Ground
from geodata.checks import metric
from geodata.crs import to_lonlat
from geodata.errors import LayerInvalid
from geodata.exposure_grid import ExposureGrid
from geodata.features import right_handed
from geodata.population_centres import buildings_of_centres, from_centres
from geodata.recipe import Recipe
from geodata.sources.tables import number, optional, read_corners, rows_of

Feature = Mapping[str, Any]


@dataclass(frozen=True)
class Districts:
    """Polygons in CRS84 and in the metric CRS, and what is known of each district."""

    lonlat: Mapping[str, shapely.Geometry]
    metric: Mapping[str, shapely.Geometry]
    properties: Mapping[str, Mapping[str, Any]]


def feature(
    id: str, geometry: shapely.Geometry | None, properties: Mapping[str, Any], digits: int = 6
) -> Feature:
    """A GeoJSON feature with rounded coordinates: six digits are a tenth of a metre."""
    mapped = None
    if geometry is not None:
        mapped = _rounded(shapely.geometry.mapping(right_handed(geometry)), digits)
    clean = {key: value for key, value in properties.items() if value is not None}
    return {"type": "Feature", "id": id, "properties": {"id": id, **clean}, "geometry": mapped}


def _rounded(geometry: Mapping[str, Any], digits: int) -> dict[str, Any]:
    def walk(node: Any) -> Any:
        if isinstance(node, (list, tuple)):
            return [walk(item) for item in node]
        return round(float(node), digits)

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def districts(recipe: Recipe) -> Districts:
    """Districts of a recipe: corners or any GeoJSON with the same ids, and their populations."""
    path = recipe.need("districts", "file")
    if path.suffix == ".csv":
        shapes: dict[str, Any] = dict(read_corners(path))
    else:
        data = json.loads(path.read_text(encoding="utf-8"))
        shapes = {
            str(f["properties"].get("id", f.get("id"))): shapely.geometry.shape(f["geometry"])
            for f in data["features"]
        }
    table = recipe.need("districts", "population")
    rows = {
        row["district"]: row for row in rows_of(table, "districts", ("district", "population", "precision"))
    }
    for id in shapes:
        if id not in rows:
            raise LayerInvalid("districts", table.name, "district", f"has no population for {id!r}")
    properties = {
        id: {
            "name_kk": rows[id]["name_kk"],
            "name_ru": rows[id]["name_ru"],
            "name_en": rows[id]["name_en"],
            "kato": rows[id]["kato"],
            "population": _whole(number(rows[id], "population", "districts", table.name)),
            "precision": rows[id]["precision"],
            "source": rows[id]["source"],
        }
        for id in sorted(shapes)
    }
    crs = str(recipe.data["crs"])
    ordered = {id: shapes[id] for id in properties}
    return Districts(
        ordered, {id: metric(shapely.geometry.mapping(s), crs) for id, s in ordered.items()}, properties
    )


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value


def exposure(recipe: Recipe, found: Districts) -> ExposureGrid:
    """People and buildings of a recipe.

    The centres say where buildings stand, the building stock (where given) how many there are: it is the
    table that also counts them by type. Where the two disagree both are in the district layer.
    """
    people = {id: float(p["population"]) for id, p in found.properties.items()}
    path = recipe.need("exposure", "file")
    return from_centres(path, found.metric, people, str(recipe.data["crs"]), buildings=_stock(recipe, found))


def _stock(recipe: Recipe, found: Districts) -> dict[str, float] | None:
    stock = recipe.table("districts").get("stock")
    if stock is None:
        return None
    totals = {
        row["d"]: number(row, "bdg_tot", "exposure", stock.name)
        for row in rows_of(stock, "exposure", ("d", "bdg_tot"))
    }
    for id in found.properties:
        if id not in totals:
            raise LayerInvalid("exposure", stock.name, "d", f"has no row for {id!r}")
    return totals


def district_features(recipe: Recipe, found: Districts, grid: ExposureGrid) -> list[Feature]:
    """District layer; where the centres count other buildings than the stock, both figures."""
    totals = grid.district_totals()
    centres = buildings_of_centres(recipe.need("exposure", "file"))
    return [
        feature(
            id,
            found.lonlat[id],
            {
                **p,
                "buildings": _whole(round(totals[id]["buildings"], 3)),
                "buildings_of_centres": _whole(centres[id])
                if abs(centres[id] - totals[id]["buildings"]) > 0.5
                else None,
                "area_m2": round(float(found.metric[id].area)),
            },
        )
        for id, p in found.properties.items()
    ]


def river_features(recipe: Recipe, ground: Ground) -> list[Feature]:
    """River layer: the third coordinate is the bed, the chainage a list beside it."""
    out: list[Feature] = []
    for id, river in ground.rivers.items():
        lon, lat = to_lonlat(river.xy[:, 0], river.xy[:, 1], ground.grid.crs)
        line = {
            "type": "LineString",
            "coordinates": [
                [round(float(a), 7), round(float(b), 7), round(float(z), 2)]
                for a, b, z in zip(lon, lat, river.bed_elevation_m, strict=True)
            ],
        }
        properties: dict[str, Any] = {
            "id": id,
            **{f"name_{code}": river.names[code] for code in ("kk", "ru", "en")},
            "length_m": round(river.length_m - float(river.chainage_m[0]), 1),
            "joins": river.joins[0] if river.joins else None,
            "joins_at_m": round(river.joins[1], 1) if river.joins else None,
            "mouth_chainage_m": river.mouth_chainage_m,
            "chainage_m": [round(float(c), 1) for c in river.chainage_m],
            "basins_m": [list(basin) for basin in river.basins],
            "source": recipe.table("rivers").get("source", ""),
        }
        clean = {key: value for key, value in properties.items() if value is not None}
        out.append({"type": "Feature", "id": id, "properties": clean, "geometry": line})
    return out


def gorge_features(recipe: Recipe, ground: Ground) -> list[Feature]:
    """Gorge layer: catchments above the mouths."""
    wanted = recipe.table("gorges").get("rivers", list(ground.gorges))
    out = []
    for id in wanted:
        if id not in ground.gorges:
            continue
        river, mask = ground.rivers[id], ground.gorges[id]
        shape = catchments.outline(ground.grid, mask, ground.grid.cell_size_m)
        xy = np.asarray(shape.exterior.coords)
        lon, lat = to_lonlat(xy[:, 0], xy[:, 1], ground.grid.crs)
        compared = ground.report["catchments"][id]
        properties = {
            **{f"name_{code}": river.names[code] for code in ("kk", "ru", "en")},
            "river": id,
            "area_m2": compared["area_km2"] * 1e6,
            "area_of_table_m2": compared["table_km2"] * 1e6,
            "mouth_chainage_m": catchments.mouth_of(river),
            "dams": [
                dam.id
                for dam in ground.dams.values()
                if dam.chainage_m is not None and _stands_in(ground, id, dam)
            ],
            "source": recipe.table("gorges").get("source", ""),
        }
        out.append(feature(id, shapely.Polygon(np.column_stack([lon, lat])), properties, digits=5))
    return out


def _stands_in(ground: Ground, gorge: str, dam: Any) -> bool:
    x, y = ground.rivers[dam.river].at(dam.chainage_m - 2 * ground.grid.cell_size_m)
    return bool(ground.gorges[gorge][ground.grid.index_of(x, y)])


def dam_features(recipe: Recipe, ground: Ground) -> list[Feature]:
    """Dam layer: the point on the river, the axis beside it."""
    if not ground.dams:
        return []
    given = dam_properties(recipe)
    out = []
    for id, site in ground.dams.items():
        assert site.chainage_m is not None
        x, y = ground.rivers[site.river].at(site.chainage_m)
        lon, lat = to_lonlat(x, y, ground.grid.crs)
        p = {key: value for key, value in given[id].items() if key not in ("id", "lon", "lat")}
        p["lon_published"], p["lat_published"] = given[id]["lon"], given[id]["lat"]
        p["chainage_m"] = site.chainage_m
        p["axis_lonlat"] = [list(point) for point in site.axis_lonlat]
        p["basin_m"] = [round(v, 1) for v in site.basin_m] if site.basin_m else None
        p["fit"] = {key: value for key, value in (site.fit or {}).items() if key != "by_cell_size"}
        out.append(feature(id, shapely.Point(float(lon), float(lat)), p))
    return out


def point_features(name: str, path: Path) -> list[Feature]:
    """Lakes, events and facilities from a TOML table; without lon and lat the geometry is null."""
    out = []
    for id, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        p = {key: value for key, value in entry.items() if key not in ("names", "lon", "lat")}
        p = {**{f"name_{code}": entry["names"][code] for code in ("kk", "ru", "en")}, **p}
        point = shapely.Point(entry["lon"], entry["lat"]) if "lon" in entry else None
        if point is None and name != "events":
            raise LayerInvalid(name, path.name, f"{id}.lon", "is missing; only an event may have no place")
        out.append(feature(id, point, p))
    return out


def scenarios(recipe: Recipe) -> dict[str, Any]:
    """Scenarios from their table of figures and their names."""
    path = recipe.need("scenarios", "file")
    about = tomllib.loads(recipe.need("scenarios", "names").read_text(encoding="utf-8"))
    needed = ("scenario", "river", "release_lon", "release_lat", "trigger", "water_m3", "mudflow_m3")
    out: dict[str, Any] = {}
    for row in rows_of(path, "scenarios", needed):
        id = row["scenario"]
        if id not in about["names"]:
            raise LayerInvalid("scenarios", path.name, "scenario", f"{id!r} has no names")
        source = str(about.get("sources", {}).get(id, about["source"]))

        def ranged(
            column: str, unit: str, row: Mapping[str, str] = row, source: str = source
        ) -> dict[str, Any]:
            stem = column.removesuffix(f"_{unit.replace('/', '_')}")
            value = number(row, column, "scenarios", path.name)
            low = optional(row, f"{stem}_low_{unit.replace('/', '_')}")
            high = optional(row, f"{stem}_high_{unit.replace('/', '_')}")
            return {
                "value": value,
                "low": value if low is None else low,
                "high": value if high is None else high,
                "unit": unit,
                "confidence": row["confidence"],
                "source": source,
            }

        peak = ranged("peak_discharge_m3_s", "m3/s")
        # The table shortens this one pair of columns.
        peak["low"] = optional(row, "peak_low_m3_s") or peak["value"]
        peak["high"] = optional(row, "peak_high_m3_s") or peak["value"]
        solids = number(row, "solids_fraction", "scenarios", path.name)
        out[id] = {
            "names": about["names"][id],
            "river": row["river"],
            "lon": number(row, "release_lon", "scenarios", path.name),
            "lat": number(row, "release_lat", "scenarios", path.name),
            "date": row["date"] or None,
            "trigger": row["trigger"],
            "material": "debris" if row["trigger"] == "lake outburst" else "liquid",
            "bulking": row.get("bulking") or "fixed",
            "water_m3": ranged("water_m3", "m3"),
            "mudflow_m3": ranged("mudflow_m3", "m3"),
            "peak_discharge_m3_s": peak,
            "solids_fraction": {
                "value": solids,
                # Half to one and a half of the value, capped by packing: nothing is measured on these rivers.
                "low": round(0.5 * solids, 3),
                "high": round(min(0.65, 1.5 * solids), 3),
                "unit": "1",
                "confidence": "assumption",
                "source": "assumption",
            },
            "confidence": row["confidence"],
            "published_outcome": about.get("outcomes", {}).get(id, ""),
            "source": source,
        }
    return out


def toml_table(recipe: Recipe, name: str) -> dict[str, Any]:
    """A table carried over as it is; empty where the recipe has none."""
    path = recipe.table(name).get("file")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
