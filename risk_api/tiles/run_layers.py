"""The raster layers of a run: which of its rasters they show, in which classes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from risk_api.exposure.schemes import FOOTPRINT_DEPTH_M, SCHEMES, Scheme
from risk_api.i18n import LANGUAGES, translate
from risk_api.tiles.classes import NOTHING, Entry, Legend, classify, from_hex, range_names, stepped, titles_of
from risk_api.tiles.pixels import Bytes

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray

    from risk_api.runs import Run

#: Lower limits of the classes; the first is where the footprint begins (m), or any motion within it (m/s).
DEPTH_LIMITS_M: Final = (FOOTPRINT_DEPTH_M, 0.5, 1.0, 2.0, 4.0)
SPEED_LIMITS_M_S: Final = (0.0, 1.0, 2.0, 5.0, 10.0)
ARRIVAL_LIMITS_MIN: Final = (0.0, 10.0, 20.0, 30.0, 60.0, 120.0)

#: Along Blues, YlGn, Purples and YlOrRd of ColorBrewer, in steps as large as they can be for eyes without
#: red, green or blue cones too (CIEDE2000 of at least 10; the tests measure it).
_DEPTH: Final = ("d8e7f5", "84bcdc", "3a8ac2", "1461a8", "08306b")
_SPEED: Final = ("e8f6ae", "78c679", "329850", "096f3a", "004529")
_ARRIVAL: Final = ("3f007d", "5f3c99", "7567ae", "8f8cc1", "b4b4d7", "eae8f2")
_HAZARD: Final[Mapping[int, tuple[str, ...]]] = {
    3: ("bd0026", "fd8d3c", "fed976"),
    6: ("800026", "bd0026", "f03423", "fd8d3c", "fed976", "fffac1"),
}

NEVER: Final = 255
"""Index of `arrival` and `arrival-code` where the flow never comes."""
_MINUTE_S: Final = 60.0

RASTER_LAYERS: Final = ("depth", "speed", *(f"hazard-{name}" for name in SCHEMES), "arrival", "arrival-code")
FOOTPRINT: Final = "footprint"


class RunRasters:
    """The rasters of a run as arrays, read when they are asked for.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._read: dict[str, NDArray[np.float64]] = {}
        self.transform: Affine
        self.crs: Any

    def get(self, layer: str) -> NDArray[np.float64]:
        """Return one raster, NaN where it has no value."""
        import rasterio

        if layer not in self._read:
            with rasterio.open(self.run.raster_path(layer)) as raster:
                self._read[layer] = raster.read(1).astype(np.float64)
                self.transform, self.crs = raster.transform, raster.crs
        return self._read[layer]


def run_cells(rasters: RunRasters, layer: str) -> tuple[Legend, Bytes]:
    """Return the indices of a layer on the cells of its run, with what they mean."""
    depth = np.nan_to_num(rasters.get("depth_max_m"))
    wet = depth >= FOOTPRINT_DEPTH_M
    if layer == "depth":
        return stepped(layer, "m", DEPTH_LIMITS_M, _DEPTH), classify(depth, DEPTH_LIMITS_M)
    if layer == "speed":
        classes = classify(np.nan_to_num(rasters.get("speed_max_m_s")), SPEED_LIMITS_M_S)
        return stepped(layer, "m_s", SPEED_LIMITS_M_S, _SPEED), np.where(wet, classes, 0).astype(np.uint8)
    if layer in ("arrival", "arrival-code"):
        arrival = rasters.get("arrival_s")
        return arrival_legend(layer, arrival), arrival_codes(arrival, step_s(arrival))
    scheme = SCHEMES[layer.removeprefix("hazard-")]
    speed, product = rasters.get("speed_max_m_s"), rasters.get("momentum_max_m2_s")
    strongest_first = scheme.classify(depth, np.nan_to_num(speed), np.nan_to_num(product))
    # Index 1 is the weakest class, so that a larger index is a stronger one.
    indices = np.where(strongest_first < 0, 0, len(scheme.classes) - strongest_first)
    return hazard_legend(layer, scheme), indices.astype(np.uint8)


def footprint_layers() -> dict[str, str]:
    """Return the layers of a footprint's vector tiles and the class scheme of each."""
    first, *others = SCHEMES
    return {FOOTPRINT: first} | {f"{FOOTPRINT}-{scheme}": scheme for scheme in others}


def layer_titles(layer: str) -> dict[str, str]:
    """Return the titles of a layer of a run by language."""
    scheme = SCHEMES.get(layer.removeprefix("hazard-"))
    if scheme is None:
        return titles_of(layer)
    return {code: translate(code, "tiles.layer.hazard", scheme=scheme.names[code]) for code in LANGUAGES}


def hazard_legend(layer: str, scheme: Scheme) -> Legend:
    """Return the classes of a scheme, strongest first, with a letter's worth of colour each."""
    count = len(scheme.classes)
    ramp = _HAZARD[count]
    entries = tuple(
        Entry(count - place, name, from_hex(ramp[place]), scheme.class_names[name])
        for place, name in enumerate(scheme.classes)
    )
    colours = (NOTHING, *(entry.colour for entry in reversed(entries)))
    return Legend(layer, layer_titles(layer), "", entries, colours, more={"scheme": scheme.id})


def step_s(arrival_s: NDArray[np.float64]) -> float:
    """Return how many seconds an index stands for: whole minutes, as few as the last arrival allows."""
    last = float(np.nanmax(arrival_s)) if np.isfinite(arrival_s).any() else 0.0
    return _MINUTE_S * max(1, math.ceil((last + 1.0) / (_MINUTE_S * NEVER)))


def arrival_codes(arrival_s: NDArray[np.float64], step: float) -> Bytes:
    """Return the steps that have passed when the flow comes, 255 where it never does."""
    codes = np.floor(np.nan_to_num(arrival_s, nan=step * NEVER) / step)
    return np.clip(codes, 0, NEVER).astype(np.uint8)


def arrival_legend(layer: str, arrival_s: NDArray[np.float64]) -> Legend:
    """Return the palette of arrivals: grey for clients that colour by themselves, else classes of minutes.

    The indices are the same. Grey is opaque everywhere: a browser would lose the value of any other pixel.
    """
    step = step_s(arrival_s)
    more = {"encoding": {"step_s": step, "never": NEVER}}
    uppers = [*ARRIVAL_LIMITS_MIN[1:], None]
    entries = tuple(
        Entry(
            min(NEVER, math.ceil(low * _MINUTE_S / step)),
            f"{low:g}",
            from_hex(colour),
            range_names(low, high, "min"),
            low,
            high,
        )
        for low, high, colour in zip(ARRIVAL_LIMITS_MIN, uppers, _ARRIVAL, strict=True)
    )
    if layer == "arrival-code":
        grey = tuple((code, code, code, 255) for code in range(NEVER + 1))
        return Legend(layer, titles_of(layer), "min", (), grey, NEVER, more)
    classes = classify(np.arange(float(NEVER)) * (step / _MINUTE_S), ARRIVAL_LIMITS_MIN)
    colours = (*(entries[place - 1].colour for place in classes), NOTHING)
    return Legend(layer, titles_of(layer), "min", entries, colours, NEVER, more)


def earliest_first() -> Bytes:
    """Return the rank of each index of arrivals: the earliest ranks highest, never ranks 0."""
    return (NEVER - np.arange(NEVER + 1)).astype(np.uint8)
