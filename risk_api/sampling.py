"""What a run says about one point: depth, speed, class, arrival."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from risk_api.exposure import Scheme
    from risk_api.runs import Run

_LAYERS: Final = ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s")


def sample(run: Run, x: float, y: float, scheme: Scheme) -> dict[str, Any]:
    """Return the maxima of a run in the cell that holds a point.

    Parameters
    ----------
    run : Run
    x, y : float
        The point in the CRS of the run, m.
    scheme : Scheme
        Gives the hazard class.

    Returns
    -------
    dict
        ``reached``, ``depth_max_m``, ``speed_max_m_s``, ``class`` and ``arrival_s``; the last three null
        where the flow does not come.
    """
    import numpy as np

    depth = _cell(run.raster_path("depth_max_m"), x, y)
    if not depth > 0.0:
        # Dry ground, nearly everywhere: the other rasters have nothing to say and stay closed.
        return {"reached": False, "depth_max_m": 0.0, "speed_max_m_s": None, "class": None, "arrival_s": None}
    values = {"depth_max_m": depth} | {layer: _cell(run.raster_path(layer), x, y) for layer in _LAYERS[1:]}
    cell = [np.array([[values[layer]]]) for layer in _LAYERS[:3]]
    index = int(scheme.classify(cell[0], cell[1], cell[2])[0, 0])
    reached = index >= 0
    return {
        "reached": reached,
        "depth_max_m": depth,
        "speed_max_m_s": values["speed_max_m_s"] if reached else None,
        "class": scheme.classes[index] if reached else None,
        "arrival_s": values["arrival_s"] if reached and math.isfinite(values["arrival_s"]) else None,
    }


def _cell(path: Path, x: float, y: float) -> float:
    """Return the value of the one cell that holds a point, NaN outside the raster; nothing else is read."""
    import rasterio
    from rasterio.windows import Window

    with rasterio.open(path) as raster:
        row, col = raster.index(x, y)
        if not (0 <= row < raster.height and 0 <= col < raster.width):
            return math.nan
        return float(raster.read(1, window=Window(col, row, 1, 1))[0, 0])
