"""Who a region is and where it lies."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from geodata.crs import from_lonlat, to_lonlat
from geodata.errors import OutsideRegion
from geodata.grid import Grid
from geodata.region_file import LayerFile, RegionFile, sha256_of
from geodata.terrain_layer import TerrainHeader, read_header, read_terrain
from geodata.values import Names


def plain_statement(quality: Mapping[str, Any]) -> dict[str, str]:
    """What a terrain is good for, from its source and resolution, where its recipe says nothing of it."""
    source = str(quality.get("source", "?"))
    metres = quality.get("resolution_m")
    cells = f"{float(metres):g}" if metres is not None else "?"
    return {
        "kk": f"Бедер көзі: {source}; дәлдігі шамамен {cells} м. Бағдар алуға арналған, құрылыс "
        "орнын таңдауға жарамайды. Қала ішіндегі арналар ұяшықтан тар.",
        "ru": f"Источник рельефа: {source}; разрешение около {cells} м. Он пригоден для ориентировки, но "
        "не для выбора места строительства. Русла в городе уже ячейки.",
        "en": f"The terrain is {source}, at about {cells} m: for orientation, not for siting. City "
        "channels are narrower than a cell.",
    }


@dataclass(frozen=True)
class RegionGround:
    """Identity, terrain file and coordinates of a region."""

    file: RegionFile

    @property
    def id(self) -> str:
        """Key of the region."""
        return str(self.file.data["id"])

    @property
    def names(self) -> Names:
        """Kazakh, Russian and English name."""
        return dict(self.file.data["names"])

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.file.folder

    @property
    def crs(self) -> str:
        """Metric CRS that everything is computed in."""
        return str(self.file.data["crs"])

    @property
    def run_cell_size_m(self) -> float:
        """Cell size of a run that asks for none [m]."""
        return float(self.file.data.get("run_cell_size_m", 60.0))

    @property
    def city_population(self) -> Mapping[str, Any] | None:
        """The city's own figure, which the districts need not sum to; nothing is scaled."""
        figure = self.file.data.get("city_population")
        return dict(figure) if figure else None

    @cached_property
    def version(self) -> str:
        """Hash over `region.toml` and the bytes of every layer."""
        digest = hashlib.sha256(self.file.toml_sha256.encode())
        for name in sorted(self.file.layers):
            layer = self.file.layers[name]
            digest.update(f"{name}:{layer.sha256 or sha256_of(layer.path)}".encode())
        return digest.hexdigest()

    def _layer(self, name: str) -> LayerFile | None:
        return self.file.layers.get(name)

    @cached_property
    def _header(self) -> TerrainHeader:
        return read_header(self.file.layers["terrain"], self.crs)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the terrain in the metric CRS [m]."""
        return self._header.bounds

    @property
    def bounds_lonlat(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the terrain in degrees; the box around the metric one."""
        west, south, east, north = self.bounds
        t = np.linspace(0, 1, 21)
        x = np.concatenate([west + t * (east - west)] * 2 + [np.full(21, west), np.full(21, east)])
        y = np.concatenate([np.full(21, south), np.full(21, north)] + [south + t * (north - south)] * 2)
        lon, lat = to_lonlat(x, y, self.crs)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @property
    def terrain_quality(self) -> dict[str, Any]:
        """Source, resolution, date, datum, error and licence of the terrain, and what it is good for."""
        entry = self.file.layers["terrain"]
        keys = (
            "source",
            "resolution_m",
            "date",
            "vertical_datum",
            "vertical_error_m",
            "licence",
            "synthetic",
        )
        quality: dict[str, Any] = {key: entry.options.get(key) for key in keys if key in entry.options}
        quality["statement"] = dict(entry.options.get("statement") or plain_statement(quality))
        return quality

    @cached_property
    def _stored_terrain(self) -> Grid:
        return read_terrain(self.file.layers["terrain"], self.crs)

    def contains_lonlat(self, lon: float, lat: float) -> bool:
        """Whether a point lies on the terrain."""
        x, y = from_lonlat(lon, lat, self.crs)
        west, south, east, north = self.bounds
        return bool(west <= float(x) < east and south < float(y) <= north)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Metric point of a longitude and latitude.

        Raises
        ------
        OutsideRegion
            If it lies off the terrain or is not a number.
        """
        if not (np.isfinite(lon) and np.isfinite(lat)) or not self.contains_lonlat(lon, lat):
            west, south, east, north = self.bounds_lonlat
            raise OutsideRegion(
                f"({lon}, {lat}) lies outside region {self.id}: longitude {west:.4f} to {east:.4f}, "
                f"latitude {south:.4f} to {north:.4f}"
            )
        x, y = from_lonlat(lon, lat, self.crs)
        return float(x), float(y)

    def to_metric(self, lon: Any, lat: Any) -> Any:
        """Metric x, y of longitudes and latitudes; scalars give floats, arrays arrays. Nothing is checked."""
        x, y = from_lonlat(lon, lat, self.crs)
        return (float(x), float(y)) if x.ndim == 0 else (x, y)

    def to_lonlat(self, x: Any, y: Any) -> Any:
        """Longitudes and latitudes of metric x, y; scalars give floats, arrays arrays."""
        lon, lat = to_lonlat(x, y, self.crs)
        return (float(lon), float(lat)) if lon.ndim == 0 else (lon, lat)
