"""GEBCO 2023, 15 arc-seconds: coarse, with valleys filled in, but free to ship."""

from pathlib import Path

from geodata.errors import LayerInvalid
from geodata.sources.raster import SourceRaster, read_raster

CELL_DEG = 15 / 3600


def read_gebco(path: Path) -> SourceRaster:
    """Read a clip of the GEBCO grid.

    Raises
    ------
    LayerInvalid
        If its cells are not 15 arc-seconds: another product under that name.
    """
    source = read_raster(path)
    if abs(source.transform.a - CELL_DEG) > 1e-6:
        raise LayerInvalid(
            "terrain",
            path.name,
            "resolution",
            f"is {source.transform.a:.6f} degrees; GEBCO has {CELL_DEG:.6f}",
        )
    return source
