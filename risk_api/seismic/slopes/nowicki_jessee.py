"""Ground that slides in an earthquake: Nowicki Jessee and others (2018), with the corrections of 2022.

Nowicki Jessee et al. (2018), Journal of Geophysical Research: Earth Surface 123, 1835-1859; corrections by
Allstadt et al. (2022): PGV and the topographic index are held at a ceiling, loose sediment slides more
easily, nothing slides on gentle slopes or under weak shaking. Coefficients as in OpenQuake's `sep` and the
USGS's code; the papers were not re-read.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_api.seismic.errors import BadSeismicInput

Floats = NDArray[np.float64]
LARGEST_PGV_CM_S: Final = 211.0
LARGEST_INDEX: Final = 19.0
LEAST_SLOPE_DEG: Final = 2.0
LEAST_PGA_G: Final = 0.02

#: Rocks of GLiM by their two letters; `su`, loose sediment, after Allstadt et al. (2022), before: -3.22.
ROCKS: Final = {
    "mt": -1.87,
    "nd": -0.66,
    "pa": -0.78,
    "pb": -1.88,
    "pi": -1.61,
    "py": -1.05,
    "sc": -0.95,
    "sm": -1.36,
    "ss": -1.92,
    "su": -1.36,
    "va": -1.54,
    "vb": -1.50,
    "vi": -0.81,
}
#: Land cover of GlobCover by its number.
COVERS: Final = {
    14: 0.91,
    20: 0.88,
    30: 0.78,
    40: 0.68,
    50: 0.30,
    60: 1.77,
    70: 1.71,
    90: -1.26,
    100: 1.50,
    110: 0.68,
    120: 1.13,
    130: 0.79,
    140: 1.03,
    150: 0.54,
    160: 2.34,
    180: 1.19,
    190: 0.30,
    200: -0.06,
    220: -0.18,
    230: -1.08,
}


def sliding_share(
    pga_g: ArrayLike,
    pgv_cm_s: ArrayLike,
    slope_deg: ArrayLike,
    topographic_index: ArrayLike,
    rock: str,
    cover: int,
) -> Floats:
    """Share of the ground that slides, 0 to 0.256.

    Parameters
    ----------
    pga_g, pgv_cm_s : array_like
        Shaking; nothing slides below 0.02 g, and PGV above 211 cm/s counts as that.
    slope_deg : array_like
        Nothing slides below 2 degrees.
    topographic_index : array_like
        Compound topographic index, at most 19.
    rock, cover : str, int
        Keys of `ROCKS` and `COVERS`.

    Raises
    ------
    BadSeismicInput
        If the rock or the cover is none of those.
    """
    for field, value, known in (("rock", rock, ROCKS), ("cover", cover, COVERS)):
        if value not in known:
            names = tuple(str(name) for name in known)
            listed = ", ".join(names)
            raise BadSeismicInput(
                field, f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed
            )
    slope = np.asarray(slope_deg, dtype=np.float64)
    ln_velocity = np.log(np.clip(np.asarray(pgv_cm_s, dtype=np.float64), 1e-6, LARGEST_PGV_CM_S))
    index = np.minimum(np.asarray(topographic_index, dtype=np.float64), LARGEST_INDEX)
    x = (
        -6.30
        + 1.65 * ln_velocity
        + 0.06 * slope
        + ROCKS[rock]
        + COVERS[cover]
        + 0.03 * index
        + 0.01 * ln_velocity * slope
    )
    p = 1.0 / (1.0 + np.exp(-x))
    share = np.exp(-7.592 + 5.237 * p - 3.042 * p**2 + 4.035 * p**3)
    slides = (slope >= LEAST_SLOPE_DEG) & (np.asarray(pga_g, dtype=np.float64) >= LEAST_PGA_G)
    return np.where(slides, share, 0.0)
