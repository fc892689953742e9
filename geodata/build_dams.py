"""Dams of a recipe: from the table to sited axes."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from geodata.course_raster import enforce_courses
from geodata.crs import from_lonlat
from geodata.dam_placing import place_dam
from geodata.dam_siting import Siting, best_axis
from geodata.dams import DamSite
from geodata.errors import DamDoesNotClose, DamOffCourse, LayerInvalid
from geodata.grid import Grid
from geodata.pool_shaping import VerticalError, capacity_on_cells, placed_at, reshape_pool
from geodata.recipe import Recipe
from geodata.rivers import River
from geodata.sources.tables import optional, rows_of

Progress = Callable[[float, str], None]
# A published figure is met within this share.
TOLERANCE = 0.05


def dam_properties(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Properties of every dam: the table's columns and the details beside it."""
    path = recipe.need("dams", "file")
    details = tomllib.loads(recipe.need("dams", "details").read_text(encoding="utf-8"))
    needed = ("dam", "name_en", "river", "lon", "lat", "capacity_m3", "in_terrain_of_2000")
    # Only the shuttle's terrain of 2000 can hold a dam that stood then; a coarser one shows none.
    holds = bool(recipe.table("terrain").get("holds_dams_of_2000", False))
    out: dict[str, dict[str, Any]] = {}
    for row in rows_of(path, "dams", needed):
        id = row["dam"]
        if id not in details:
            raise LayerInvalid(
                "dams", path.name, "dam", f"{id!r} has no details; known are {', '.join(details)}"
            )
        extra = details[id]
        capacity = float(row["capacity_m3"])
        out[id] = {
            "id": id,
            "name_kk": row["name_kk"],
            "name_ru": row["name_ru"],
            "name_en": row["name_en"],
            "river": row["river"],
            "district": row["district"],
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
            "position_error_m": float(row["position_error_m"]),
            "height_m": extra["height_m"],
            "crest_length_m": optional(row, "crest_length_m"),
            "crest_elevation_m": optional(row, "crest_elevation_m"),
            "capacity_m3": {
                "value": capacity,
                "low": optional(row, "capacity_low_m3") or capacity,
                "high": optional(row, "capacity_high_m3") or capacity,
                "unit": "m3",
                "confidence": row["confidence"],
                "source": _source_of_capacity(extra, capacity),
            },
            "kind": row["type"],
            "states": extra["states"],
            "openings": extra["openings"],
            "weir": extra.get("weir"),
            "in_terrain": holds and row["in_terrain_of_2000"] == "yes",
            "figures": extra.get("figures", []),
            "sections": extra.get("sections", []),
            "fill": extra.get("fill"),
            "bodies": extra.get("bodies", []),
            "costs": extra.get("costs", []),
            "sources": extra["sources"],
            "note": row["note"],
        }
    return out


def _source_of_capacity(extra: Mapping[str, Any], capacity_m3: float) -> str:
    """Who published the capacity that is used: the figure of that value, else the dam's first source."""
    for figure in extra.get("figures", ()):
        if figure.get("figure") == "capacity_m3" and float(figure["value"]) == capacity_m3:
            return str(figure["source"])
    return str(extra["sources"][0])


def dam_sites(recipe: Recipe, rivers: Mapping[str, River]) -> dict[str, DamSite]:
    """Sites of a recipe whose rivers are there."""
    if "file" not in recipe.table("dams"):
        return {}
    details = recipe.need("dams", "details").name
    out: dict[str, DamSite] = {}
    for id, p in dam_properties(recipe).items():
        if p["river"] not in rivers:
            continue
        try:
            out[id] = DamSite.of(p, p["lon"], p["lat"])
        except KeyError as error:
            raise LayerInvalid("dams", details, f"{id}.{error.args[0]}", "is missing") from error
        except (ValueError, TypeError) as error:
            raise LayerInvalid("dams", details, id, str(error)) from error
    return out


def site_dams(
    ground: Grid,
    rivers: Mapping[str, River],
    sites: Mapping[str, DamSite],
    error_m: VerticalError,
    *,
    floor_width_m: float,
    place_weight: float,
    turn_deg: float,
    run_cell_size_m: float,
    say: Progress,
) -> tuple[Grid, dict[str, DamSite], dict[str, Any]]:
    """Find every dam's axis and reshape its pool within the terrain's error.

    The capacity is fitted on cells of `run_cell_size_m`, those of the runs.

    Returns
    -------
    Grid
        Terrain with the reshaped pools, the same for every strategy.
    dict of str to DamSite
        With chainage, axis and how well they agree.
    dict of str to dict
        The measured agreement, for the report.
    """
    out: dict[str, DamSite] = {}
    fits: dict[str, Any] = {}
    for i, (id, site) in enumerate(sites.items()):
        say(0.3 + 0.3 * i / max(len(sites), 1), f"dam {id}")
        river = rivers[site.river]
        x, y = from_lonlat(site.lon, site.lat, ground.crs)
        published = river.nearest(float(x), float(y))[0]
        siting = best_axis(ground, river, site, published, place_weight=place_weight, turn_deg=turn_deg)
        if siting is None:
            raise DamDoesNotClose(
                f"dam {id!r}: no axis within {site.position_error_m:g} m of its place closes the valley"
            )
        on_run_cells = capacity_on_cells(rivers, river, site, run_cell_size_m)
        before = on_run_cells(ground, siting)
        moved = 0.0
        if not site.in_terrain:
            ground, siting, moved = reshape_pool(
                ground, river, site, siting, error_m, floor_width_m=floor_width_m, capacity_at=on_run_cells
            )
            ground, _ = enforce_courses(ground, rivers)
        fit = {
            "moved_m": round(siting.moved_m),
            "angle_deg": siting.angle_deg,
            "crest_elevation_m": round(siting.crest_m, 1),
            "spill_elevation_m": round(siting.spill_m, 1),
            "crest_length_m": round(siting.crest_length_m),
            "crest_length_published_m": site.crest_length_m,
            "capacity_before_m3": None if before is None else round(before),
            "capacity_m3": round(siting.capacity_m3),
            "capacity_published_m3": site.capacity_m3.value,
            "storage_factor": round(site.capacity_m3.value / siting.capacity_m3, 3),
            "ground_moved_most_m": round(moved, 1),
            "not_met": _not_met(site, siting, error_m, ground.cell_size_m),
        }
        out[id] = replace(placed_at(site, siting, ground.crs), fit=fit)
        fits[id] = fit
    for id, site in out.items():
        fits[id]["by_cell_size"] = _by_cell_size(site, rivers, ground)
    return ground, out, fits


def _not_met(
    site: DamSite, siting: Siting, error_m: VerticalError, cell_size_m: float
) -> list[dict[str, Any]]:
    """Published figures that the terrain misses by more than a twentieth, and what holds it back."""
    figures = {
        "capacity_m3": (site.capacity_m3.value, siting.capacity_m3),
        "crest_length_m": (site.crest_length_m, siting.crest_length_m),
    }
    allowed = float(error_m(np.array([siting.crest_m]))[0])
    why = (
        "the terrain shows the dam and is not reshaped"
        if site.in_terrain
        else f"no height moves by more than the terrain's own error, {allowed:g} m at the crest, and less "
        f"towards the rim of the pool; cells are {cell_size_m:g} m wide"
    )
    return [
        {"figure": name, "published": published, "here": round(here), "why": why}
        for name, (published, here) in figures.items()
        if published is not None and abs(here / published - 1.0) > TOLERANCE
    ]


def _by_cell_size(site: DamSite, rivers: Mapping[str, River], ground: Grid) -> dict[str, Any]:
    """Agreement at other cell sizes, so that nobody has to find out by running."""
    found: dict[str, Any] = {}
    for size in (30.0, 60.0, 90.0):
        grid, _ = enforce_courses(ground.resample(size), rivers)
        try:
            placed = place_dam(site, rivers[site.river], grid)
        except (DamDoesNotClose, DamOffCourse) as error:
            found[f"{size:g}"] = {"error": str(error)}
            continue
        found[f"{size:g}"] = {
            "cells": len(placed.rows),
            "crest_length_m": round(placed.crest_length_m),
            "capacity_m3": round(placed.capacity_m3),
            "capacity_to_crest_m3": round(float(placed.volume_m3[-1])),
            "storage_factor": round(placed.storage_factor, 3),
            "raises_most_m": round(float(np.max(placed.crest_elevation_m - placed.bed_m)), 1),
        }
    return found
