"""``selrisk region check`` and ``selrisk region build``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from geodata import DamDoesNotClose, DamOffCourse, GeodataError, Region, build_region, open_region
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.serialise.plain import to_plain

#: Relative difference from which a sum of people is not the figure that it should equal.
_TOTALS_TOLERANCE = 1e-6


class RegionFaulty(GeodataError):
    """A region that opens, but whose layers do not fit together."""


def findings_of(region: Region) -> Iterator[str]:
    """Yield what is wrong between layers that are each in order: sums of people, dams that do not close.

    Raises
    ------
    RegionError
        If a layer cannot be read at all; opening the region has already checked everything that is cheap.
    """
    terrain = region.terrain(region.run_cell_size_m)
    totals = region.exposure_grid().district_totals()
    for feature in region.features("districts"):
        figure = float(feature["properties"]["population"])
        found = totals[feature["id"]]["people"]
        if abs(found - figure) > _TOTALS_TOLERANCE * max(figure, 1.0):
            yield (
                f"layer 'exposure', district {feature['id']!r}: {found:.1f} people on the grid, "
                f"{figure:.1f} in the districts layer; they must be equal"
            )
    for dam_id in region.dam_sites:
        try:
            region.place_dam(dam_id, terrain)
        except (DamDoesNotClose, DamOffCourse) as error:
            yield f"layer 'dams', dam {dam_id!r}: {error}"


def check_command(source: str, as_json: bool) -> None:
    """Open a region, check every layer and how they fit, and describe it.

    Raises
    ------
    RegionFaulty
        If anything was found; the description is written first.
    """
    region = open_region(source)
    findings = list(findings_of(region))
    description = to_plain(region.describe())
    if as_json:
        write_json({**description, "findings": findings})
    else:
        screen = console()
        screen.print(f"{description['id']}  version {description['version'][:16]}  {description['crs']}")
        table = Table("layer", "file", "bytes", "features", "licence", "source")
        for name, layer in description["layers"].items():
            features = layer["features"]
            table.add_row(
                name,
                layer["file"],
                f"{layer['bytes']:,}",
                "" if features is None else str(features),
                layer["licence"],
                layer["source"],
            )
        screen.print(table)
        screen.print(f"scenarios: {', '.join(description['scenarios'])}", soft_wrap=True)
        screen.print(f"strategies: {', '.join(description['strategies'])}", soft_wrap=True)
    if findings:
        raise RegionFaulty("; ".join(findings))


def build_command(recipe: Path, target: Path, as_json: bool) -> None:
    """Build a region folder from a recipe and open the result, which checks it."""
    with progress_bars() as start:
        folder = build_region(recipe, target, progress=start("region"))
    description = to_plain(open_region(folder).describe())
    if as_json:
        write_json(description)
    else:
        console().print(
            f"built {description['id']} version {description['version'][:16]} in {folder}", soft_wrap=True
        )
