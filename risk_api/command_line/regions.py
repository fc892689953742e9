"""``selrisk region check`` and ``selrisk region build``."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from geodata import GeodataError, build_region, open_region
from risk_api.command_line.output import console, progress_bars, write_json
from risk_api.serialise.plain import to_plain


class RegionFaulty(GeodataError):
    """A region that opens, but whose layers do not fit together."""


def check_command(source: str, as_json: bool) -> None:
    """Open a region, check every layer and how they fit, and describe it.

    Raises
    ------
    RegionFaulty
        If anything was found; the description is written first.
    """
    region = open_region(source)
    findings = region.check()
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
