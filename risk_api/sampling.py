"""What a run says about one point: depth, speed, class, arrival."""

from __future__ import annotations

import math
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
    import rasterio

    values = {}
    for layer in _LAYERS:
        with rasterio.open(run.raster_path(layer)) as raster:
            (found,) = raster.sample([(x, y)])
            values[layer] = float(found[0])
    depth = values["depth_max_m"] if math.isfinite(values["depth_max_m"]) else 0.0
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
