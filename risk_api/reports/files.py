"""Reports by the kind of file that is asked for: what the HTTP path and the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from risk_api.i18n import Language, translate
from risk_api.reports.geopackage import geopackage
from risk_api.reports.scenario_page import scenario_pdf
from risk_api.reports.workbook import workbook
from risk_api.serialise.exposure import exposure_csv

if TYPE_CHECKING:
    from risk_api.reports.material import Material
    from risk_api.tiles.store import TileStore

#: Kinds of file of one scenario; the first is the default.
FORMATS: Final = ("pdf", "xlsx", "csv", "gpkg")
_NOT_COVERED: Final = range(1, 7)


def limits(language: Language) -> list[str]:
    """Return what no answer covers, a sentence each."""
    return [translate(language, f"page.not_covered.{number}") for number in _NOT_COVERED]


def scenario_file(found: Material, crs: str, kind: str) -> bytes:
    """Return one scenario as a file.

    Parameters
    ----------
    found : Material
    crs : str
        Metric system of maps.
    kind : {"pdf", "xlsx", "csv", "gpkg"}
    """
    if kind == "pdf":
        return scenario_pdf(found, crs, limits(found.language))
    if kind == "xlsx":
        return workbook(found)
    if kind == "csv":
        classes = [entry["id"] for entry in found.members["scheme"]["classes"]]
        return exposure_csv(found.features, classes, found.language)
    return geopackage(found)


def archives(tiles: TileStore, found: Material) -> dict[str, bytes]:
    """Return the tiles of the region, its relief and every strategy's classes, a PMTiles file each."""
    scheme = found.members["scheme"]["id"]
    keys = {
        "region.pmtiles": ("region",),
        "relief.pmtiles": ("base", "relief"),
        **{
            f"{strategy['id'].replace(':', '-')}-hazard.pmtiles": (
                "run",
                strategy["run_id"],
                f"hazard-{scheme}",
            )
            for strategy in found.strategies
        },
    }
    files = {name: tiles.open(key).file for name, key in keys.items()}
    return {name: path.read_bytes() for name, path in files.items() if path is not None}
