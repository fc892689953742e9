"""``selrisk hazard``: what shaking to expect in a district, at a point, or on a grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table

from geodata import open_region
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.errors import BadParameter
from risk_api.i18n import DASH, Language, format_number, translate
from risk_api.layers import LayerStore
from risk_api.parameters import parse_language
from risk_api.seismic.hazard.places import GROUNDS
from risk_api.seismic.hazard.question import hazard_question
from risk_api.seismic.hazard_answers import HazardAnswers
from risk_api.seismic.maps.hazard_grid import find_grid, make_grid
from risk_api.seismic.maps.raster_set import HAZARD_GRIDS, RasterSets
from risk_api.seismic.region_vs30 import RegionVs30
from risk_api.serialise.features import Feature, collection_json
from risk_api.serialise.hazard import hazard_features, hazard_members

if TYPE_CHECKING:
    from risk_api.settings import Settings

_LEVELS = (("pga_g", 2), ("pgv_cm_s", 0), ("sa_0_3_g", 2), ("sa_1_0_g", 2), ("intensity_mmi", 1))


def hazard_command(
    settings: Settings,
    district: str | None,
    point: tuple[float, float] | None,
    language: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Show levels by return period, of a district, a point, or every district."""
    spoken = parse_language(language)
    region = open_region(settings.region)
    question = hazard_question(region, district, point, **given)
    answer = HazardAnswers(region).answer(question)
    features = hazard_features(answer, LayerStore(region).layer("districts"))
    members = hazard_members(answer, region, spoken)
    if as_json:
        write_json(collection_json(features, spoken, members))
        return
    _show(features, members, spoken)


def grid_command(settings: Settings, ground: str, as_json: bool) -> None:
    """Compute hazard on the grid of the region, or find it made, and say where it lies.

    Raises
    ------
    BadParameter
        If the ground is neither rock nor site.
    """
    if ground not in GROUNDS:
        listed = ", ".join(GROUNDS)
        raise BadParameter(
            "ground", f"allowed are {listed}", GROUNDS, reason_key="allowed", allowed_names=listed
        )
    region = open_region(settings.region)
    sets = RasterSets(settings.data_dir / HAZARD_GRIDS)
    made = find_grid(region, sets, ground)
    if made is None:
        with progress_bars() as start:
            made = make_grid(region, sets, ground, RegionVs30(region), start(f"hazard, {ground}"))
    if as_json:
        write_json({"id": made.id, "folder": str(made.folder), **made.document})
        return
    console().print(f"{made.folder}: {len(made.layers)} rasters, {made.document['sites']} cells")


def point_of(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """Return the point of two options, None where none is asked for.

    Raises
    ------
    BadParameter
        If one of the two is missing.
    """
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise BadParameter(missing, "lon and lat belong together", reason_key="hazard.lon_and_lat")
    return lon, lat


def _show(features: list[Feature], members: Mapping[str, Any], language: Language) -> None:
    screen = console()
    table = Table(
        translate(language, "hazard.column.place"),
        translate(language, "hazard.column.vs30"),
        translate(language, "hazard.column.period"),
        *(translate(language, f"hazard.column.{name}") for name, _ in _LEVELS),
        title=translate(language, "hazard.title"),
    )
    for feature in features:
        name = feature.names()[language] if "name_en" in feature.properties else _point(feature, language)
        for period, levels in feature.properties["levels"].items():
            table.add_row(
                name,
                format_number(feature.properties["vs30_m_s"], language),
                period,
                *(_level(levels[field], language, digits) for field, digits in _LEVELS),
            )
    screen.print(table)
    for feature in features:
        if "disaggregation" in feature.properties:
            screen.print(_split(feature, language))
    for note in members["notes"]:
        screen.print(note)


def _point(feature: Feature, language: Language) -> str:
    lon, lat = (format_number(feature.properties[key], language, 4) for key in ("lon", "lat"))
    return f"{lon} {lat}"


def _level(values: Mapping[str, float | None], language: Language, digits: int) -> str:
    mean, low, high = (format_number(values[key], language, digits) for key in ("mean", "p10", "p90"))
    return f"{mean} ({low}{DASH}{high})"


def _split(feature: Feature, language: Language) -> str:
    split = feature.properties["disaggregation"]
    largest = [
        f"{name} {format_number(100.0 * share, language)} %"
        for name, share in list(split["share_by_source"].items())[:4]
    ]
    return translate(
        language,
        "hazard.split",
        place=feature.names()[language],
        period=f"{split['return_period_years']:g}",
        magnitude=format_number(split["mean_magnitude"], language, 1),
        distance=format_number(split["mean_distance_km"], language),
        sources=", ".join(largest),
    )
