"""``selrisk region check`` and ``selrisk region build``."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from geodata import build_region, open_region
from risk_api.command_line.output import console, write_json
from risk_api.serialise.plain import to_plain


def check_command(source: str, as_json: bool) -> None:
    """Open a region with every check there is and describe it; findings make the exit code 2."""
    region = open_region(source)
    findings = [to_plain(finding) for finding in region.check()]
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
        for finding in findings:
            screen.print(f"finding: {finding}")


def build_command(recipe: Path, target: Path, as_json: bool) -> None:
    """Build a region folder from a recipe and check the result."""
    built = build_region(recipe, target)
    region = open_region(target)
    description = to_plain(region.describe())
    if as_json:
        write_json(description)
    else:
        console().print(
            f"built {description['id']} version {description['version'][:16]} in {built or target}"
        )
