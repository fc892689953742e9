"""Tiles of shaking maps: classes in a palette, drawn when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from risk_api.errors import UnknownLayer
from risk_api.i18n import DASH, LANGUAGES, Language, format_number
from risk_api.seismic.maps.contours import nice_levels
from risk_api.tiles.classes import NOTHING, Entry, Legend, classify, from_hex
from risk_api.tiles.matrix import SIZE, Tile, Zooms, zoom_for
from risk_api.tiles.pixels import pyramid, warp
from risk_api.tiles.png import palette_png
from risk_api.tiles.store import LOWEST_ZOOM, PNG, TileSet

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.seismic.maps.raster_set import RasterSet

#: Nine places of matplotlib's "gist_heat", chosen so that neighbours are as far apart as they can be for the
#: eye that tells them apart worst, of four: CIEDE2000 of 10 at least.
SHAKING_RAMP: Final = (
    "ffffff", "ffe9d3", "ffcd9b", "ffa74f", "ff5500", "d21900", "960000", "590000", "210000",
)  # fmt: skip
#: Lower limits of the classes by the start of a layer's name; the first also holds what lies below it.
LIMITS: Final[dict[str, tuple[float, ...]]] = {
    "intensity": (4.0, 5.0, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0),
    "pga": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.9),
    "pgv": (1.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0),
    "sa": (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.2),
    "vs30": (180.0, 240.0, 300.0, 360.0, 420.0, 490.0, 560.0, 620.0, 760.0),
}
_UNITS: Final = {"intensity": "", "pga": "g", "pgv": "cm/s", "sa": "g", "vs30": "m/s"}


def limits_of(layer: str) -> tuple[float, ...]:
    """Return the lower limits of a layer's classes."""
    return LIMITS[layer.partition("_")[0]]


def round_limits(values: NDArray[np.floating[Any]]) -> tuple[float, ...]:
    """Return round limits that split a map's own range, for maps whose values lie close together.

    A map whose values are all one as they are written has that value as its only limit.
    """
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if _written(low) == _written(high):
        return (_written(low),)
    for count in range(len(SHAKING_RAMP) - 1, 0, -1):
        levels = sorted({each for each in nice_levels(low, high, count) if max(low, 0.0) < each <= high})
        if 0 < len(levels) < len(SHAKING_RAMP):
            # The first class holds everything below the second limit: its own is never shown.
            return (0.0, *levels)
    return (_written(low),)


def _written(value: float) -> float:
    """Return a value as a legend writes it, with six digits."""
    return float(f"{value:g}")


def legend_of(layer: str, title: Callable[[str, Language], str], limits: tuple[float, ...]) -> Legend:
    """Return what the indices of a layer mean: index 1 is the lowest class.

    Parameters
    ----------
    layer : str
    title : callable
        Names a layer in a language.
    limits : tuple of float
        Lower limits of the classes, at most nine; one alone is the value that the whole map has.
    """
    unit = _UNITS[layer.partition("_")[0]]
    if len(limits) == 1:
        lowers: tuple[float | None, ...] = limits
        uppers: tuple[float | None, ...] = limits
    else:
        lowers, uppers = (None, *limits[1:]), (*limits[1:], None)
    entries = tuple(
        Entry(
            index,
            f"{limit:g}",
            from_hex(colour),
            {code: _range(low, high, unit, code) for code in LANGUAGES},
            low,
            high,
        )
        for index, (limit, low, high, colour) in enumerate(
            zip(limits, lowers, uppers, _colours(len(limits)), strict=True), start=1
        )
    )
    colours = (NOTHING, *(entry.colour for entry in entries))
    return Legend(layer, {code: title(layer, code) for code in LANGUAGES}, unit, entries, colours)


def _colours(count: int) -> tuple[str, ...]:
    """So many colours, spread over the whole ramp; one alone is its middle."""
    last = len(SHAKING_RAMP) - 1
    if count == 1:
        return (SHAKING_RAMP[last // 2],)
    return tuple(SHAKING_RAMP[round(index * last / (count - 1))] for index in range(count))


def _range(low: float | None, high: float | None, unit: str, language: Language) -> str:
    shown = [
        "" if value is None else format_number(value, language, _decimals(value)) for value in (low, high)
    ]
    if low == high:
        text = shown[0]
    elif low is None:
        text = f"< {shown[1]}"
    elif high is None:
        text = f"≥ {shown[0]}"
    else:
        text = f"{shown[0]}{DASH}{shown[1]}"
    return f"{text} {unit}".strip()


def _decimals(value: float) -> int:
    return len(f"{value:g}".partition(".")[2])


def shake_tiles(
    region: Region,
    found: RasterSet,
    path: str,
    layer: str,
    title: Callable[[str, Language], str],
    *,
    own_classes: bool = False,
) -> TileSet:
    """Return the tiles of a layer of a map.

    Parameters
    ----------
    region : Region
    found : RasterSet
    path : str
        Where the tiles stand below the service's root.
    layer : str
    title : callable
        Names a layer in a language.
    own_classes : bool
        Whether classes split the range of this very map; else they are those of all maps of its measure.

    Raises
    ------
    UnknownLayer
    """
    from geodata import Grid

    if layer not in found.layers:
        raise UnknownLayer(layer, found.layers, in_path=True)
    grid = Grid.read(found.path(layer))
    limits = round_limits(grid.values) if own_classes else limits_of(layer)
    legend = legend_of(layer, title, limits)
    classes = np.maximum(classify(grid.values, limits), 1)
    cells = np.where(np.isnan(grid.values), 0, classes).astype(np.uint8)
    _, south, _, north = region.bounds_lonlat
    zooms = Zooms(LOWEST_ZOOM, max(LOWEST_ZOOM, zoom_for(grid.cell_size_m, 0.5 * (south + north))))
    made = pyramid(warp(cells, grid.transform, grid.crs, zooms.highest, legend.fill), zooms, legend.fill)

    def get(tile: Tile) -> bytes | None:
        square = made.tile(tile)
        return None if square is None else palette_png(square, legend.palette)

    nothing = np.full((SIZE, SIZE), legend.fill, dtype=np.uint8)
    credit = [str(each["text"]) for each in region.credits if each["layer"] == "terrain"]
    said: dict[str, Any] = {"legend": legend.to_json(), "attribution": "; ".join(credit)}
    return TileSet(
        path=path,
        version=f"{found.id[:8]}{legend.signature[:8]}",
        zooms=zooms,
        bounds_lonlat=region.bounds_lonlat,
        media_type=PNG,
        said=said,
        get=get,
        empty=palette_png(nothing, legend.palette),
        at_hand=False,
    )
