"""Where tile sets come from: files cut once and kept, or made in memory where a file would not pay."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from os.path import isfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from risk_api.bounded import Bounded
from risk_api.build_id import build_id
from risk_api.errors import UnknownLayer
from risk_api.exposure.schemes import SCHEMES
from risk_api.layers import VECTOR_LAYERS
from risk_api.tiles.archive import Archive, open_archive, write_archive
from risk_api.tiles.matrix import Bounds, Tile, Zooms, mercator_bounds, tiles_over, zoom_for

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.features.catalogue import Catalogue, Collection
    from risk_api.layers import LayerStore
    from risk_api.runs import Run, RunStore
    from risk_api.serialise.features import Feature
    from risk_api.tiles.classes import Legend
    from risk_api.tiles.vectors import VectorTiles

PNG: Final = "image/png"
LOWEST_ZOOM: Final = 5
#: Tile sets kept open, a file each; and differences, which are pixels in memory: some megabytes, 20 at most.
_KEPT_SETS: Final = 64
_KEPT_DIFFERENCES: Final = 4

Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TileSet:
    """Tiles of one thing.

    Attributes
    ----------
    path : str
        Below the service's root, as ``/v1/runs/…/tiles/depth``.
    version : str
        Equal versions mean equal tiles.
    zooms : Zooms
    bounds_lonlat : tuple of float
    media_type : str
    said : mapping
        Legend or vector layers, titles, attribution: what TileJSON and the legend say.
    get : callable
        Gives the bytes of a tile, None where there is nothing.
    empty : bytes, optional
        The tile where there is nothing; None where there is none, and 204 is the answer.
    gzipped : bool
        Whether the bytes are gzipped.
    runs : tuple of str
        Runs that have to be there for the tiles to be answered.
    run_files : tuple of str
        The files whose presence says that they are.
    at_hand : bool
        Whether a tile costs no more than reading it.
    file : Path, optional
        The archive, where there is one.
    """

    path: str
    version: str
    zooms: Zooms
    bounds_lonlat: Bounds
    media_type: str
    said: Mapping[str, Any]
    get: Callable[[Tile], bytes | None]
    empty: bytes | None = None
    gzipped: bool = False
    file: Path | None = None
    runs: tuple[str, ...] = ()
    run_files: tuple[str, ...] = ()
    at_hand: bool = True

    @cached_property
    def etags(self) -> tuple[str, str]:
        """Return the tags of the tiles as they are and gzipped; an address has one of each."""
        return f'"{self.version}"', f'"{self.version}-gzip"'


class TileStore:
    """The tile sets of one service.

    Parameters
    ----------
    folder : Path
        Where archives are kept; everything in it can be made again.
    region : Region
    layers : LayerStore
    runs : RunStore
    catalogue : Catalogue, optional
        Whose collections have tiles too.
    """

    def __init__(
        self,
        folder: Path,
        region: Region,
        layers: LayerStore,
        runs: RunStore,
        catalogue: Catalogue | None = None,
    ) -> None:
        self._folder = folder
        self._region = region
        self._layers = layers
        self._runs = runs
        self._catalogue = catalogue
        self._sets: Bounded[Key, TileSet] = Bounded(_KEPT_SETS)
        self._differences: Bounded[Key, TileSet] = Bounded(_KEPT_DIFFERENCES)
        self._paths: Bounded[str, TileSet] = Bounded(_KEPT_SETS)
        # One set is cut at a time: who asks for the same one meanwhile finds it ready.
        self._cutting = threading.Lock()

    def held(self, key: Key) -> TileSet | None:
        """Return a tile set if it is open; that of a run only while the run is in the store.

        Raises
        ------
        UnknownRun
            If the run is gone.
        """
        found = self._kept(key).peek(key)
        for run_id in found.runs if found is not None else ():
            self._runs.open(run_id)
        return found

    def at(self, path: str) -> TileSet | None:
        """Return the open tile set of a path, None where there is none or its runs are gone."""
        found = self._paths.peek(path)
        # Asked for every tile: what the file system says of a text costs a tenth of asking the store.
        return found if found is not None and all(map(isfile, found.run_files)) else None

    def open(self, key: Key) -> TileSet:
        """Return a tile set, cut now if nobody has asked for it before.

        Parameters
        ----------
        key : tuple of str
            ``("run", id, layer)``, ``("difference", first, second)``, ``("region",)``, ``("base", layer)`` or
            ``("collection", id, version)``.

        Raises
        ------
        UnknownRun, UnknownLayer
        """
        found = self.held(key)
        if found is not None:
            return found
        make = self._maker(key)
        with self._cutting:
            found = self._kept(key).get(key, make)
        if found.path.startswith("/v1/"):
            self._paths.put(found.path, found)
        return found

    def cut_ground(self) -> None:
        """Cut what every map lies on, where that has not been done: the ground and the region's layers."""
        for key in (("base", "hillshade"), ("region",)):
            self.open(key)

    def _kept(self, key: Key) -> Bounded[Key, TileSet]:
        return self._differences if key[0] == "difference" else self._sets

    def _maker(self, key: Key) -> Callable[[], TileSet]:
        from risk_api.tiles.hillshade import BASE_LAYERS
        from risk_api.tiles.run_layers import FOOTPRINT, RASTER_LAYERS

        match key:
            case ("run", run_id, layer):
                run = self._runs.open(run_id)
                if layer == FOOTPRINT:
                    return partial(self._footprint, run)
                if layer not in RASTER_LAYERS:
                    raise UnknownLayer(layer, (*RASTER_LAYERS, FOOTPRINT), in_path=True)
                return partial(self._run_layer, run, layer)
            case ("difference", first, second):
                return partial(self._difference, self._runs.open(first), self._runs.open(second))
            case ("region",):
                return self._region_layers
            case ("collection", name, version) if self._catalogue is not None:
                collection = self._catalogue.get(name)
                catalogue = self._catalogue
                return partial(
                    self._collection, collection, version, lambda: catalogue.table(collection).rows
                )
            case ("base", layer):
                if layer not in BASE_LAYERS:
                    raise UnknownLayer(layer, BASE_LAYERS, in_path=True)
                return partial(self._base, layer)
        raise KeyError(key)

    # Sets that are files: what the file is named after is what its tiles depend on.

    def _run_layer(self, run: Run, layer: str) -> TileSet:
        path, version = f"/v1/runs/{run.id}/tiles/{layer}", _version(run.id, layer)
        file = self._file(run.id, layer, version)
        if not file.is_file():
            self._cut_run_layer(run, layer, file)
        return self._from_file(path, version, file, (run.id,))

    def _cut_run_layer(self, run: Run, layer: str, file: Path) -> None:
        from risk_api.tiles.pixels import pyramid, warp
        from risk_api.tiles.png import palette_png
        from risk_api.tiles.run_layers import RunRasters, earliest_first, run_cells

        rasters = RunRasters(run)
        legend, cells = run_cells(rasters, layer)
        zooms = self._zooms(float(rasters.transform.a))
        finest = warp(cells, rasters.transform, rasters.crs, zooms.highest, legend.fill)
        rank = earliest_first() if layer.startswith("arrival") else None
        made = pyramid(finest, zooms, legend.fill, rank)
        tiles = {tile: palette_png(square, legend.palette) for tile, square in made.tiles()}
        self._write_rasters(file, tiles, legend, zooms)

    def _base(self, layer: str) -> TileSet:
        from risk_api.tiles.hillshade import base_legend, base_tiles, base_zooms
        from risk_api.tiles.png import palette_png

        path, version = f"/v1/base/tiles/{layer}", _version(self._region.version, layer)
        file = self._file("region", layer, version)
        if not file.is_file():
            ground = self._region.terrain(self._region.run_cell_size_m)
            legend = base_legend(layer)
            zooms = base_zooms(ground.cell_size_m, self._latitude)
            tiles = {
                tile: palette_png(square, legend.palette)
                for tile, square in base_tiles(self._region, ground, layer, zooms)
            }
            self._write_rasters(file, tiles, legend, zooms)
        return self._from_file(path, version, file)

    def _region_layers(self) -> TileSet:
        from risk_api.tiles.vectors import REGION_ZOOMS, cut_layer

        path, version = "/v1/tiles/region", _version(self._region.version, "region")
        file = self._file("region", "region", version)
        if not file.is_file():
            cut = [cut_layer(name, self._layers.layer(name).values(), REGION_ZOOMS) for name in VECTOR_LAYERS]
            self._write_vectors(file, "region", cut, REGION_ZOOMS, self._attribution(VECTOR_LAYERS))
        return self._from_file(path, version, file)

    def _footprint(self, run: Run) -> TileSet:
        from risk_api.footprint import footprint_features
        from risk_api.tiles.run_layers import FOOTPRINT, footprint_layers
        from risk_api.tiles.vectors import cut_layer

        path, version = f"/v1/runs/{run.id}/tiles/{FOOTPRINT}", _version(run.id, FOOTPRINT)
        file = self._file(run.id, FOOTPRINT, version)
        if not file.is_file():
            zooms = self._zooms(float(run.summary["grid"]["cell_size_m"]))
            cut = [
                cut_layer(name, footprint_features(run, SCHEMES[scheme], "en"), zooms)
                for name, scheme in footprint_layers().items()
            ]
            self._write_vectors(file, FOOTPRINT, cut, zooms, self._attribution())
        return self._from_file(path, version, file, (run.id,))

    def _collection(self, found: Collection, version: str, rows: Callable[[], Iterable[Feature]]) -> TileSet:
        from risk_api.tiles.vectors import REGION_ZOOMS, cut_layer

        file = self._file("collections", found.id, version)
        if not file.is_file():
            cut = [cut_layer(found.id, rows(), REGION_ZOOMS)]
            self._write_vectors(file, found.id, cut, REGION_ZOOMS, self._attribution((found.id, "terrain")))
        path = f"/ogc/collections/{found.id}/tiles"
        return self._from_file(path, version, file, () if found.run_id is None else (found.run_id,))

    # A set that is not: there are as many pairs as runs squared, and few of them are ever looked at.

    def _difference(self, first: Run, second: Run) -> TileSet:
        from risk_api.tiles.difference import by_size, difference, hatched
        from risk_api.tiles.pixels import pyramid, warp
        from risk_api.tiles.png import palette_png

        found = difference(self._runs, first, second)
        legend = found.legend
        zooms = self._zooms(found.cell_size_m)
        finest = warp(found.cells, found.transform, found.crs, zooms.highest, legend.fill)
        made = pyramid(finest, zooms, legend.fill, by_size())

        def get(tile: Tile) -> bytes | None:
            square = made.tile(tile)
            return None if square is None else palette_png(hatched(square), legend.palette)

        return TileSet(
            path=f"/v1/runs/{first.id}/difference/{second.id}/tiles/depth",
            # A preview that is made later changes the tolerance.
            version=_version(first.id, second.id, legend.signature),
            zooms=zooms,
            bounds_lonlat=self._region.bounds_lonlat,
            media_type=PNG,
            said={"legend": legend.to_json(), "attribution": self._attribution()},
            get=get,
            empty=_empty(legend),
            runs=(first.id, second.id),
            at_hand=False,
        )

    # What they share.

    def _file(self, owner: str, name: str, version: str) -> Path:
        return self._folder / owner / f"{name}-{version}.pmtiles"

    def _from_file(self, path: str, version: str, file: Path, runs: tuple[str, ...] = ()) -> TileSet:
        archive: Archive = open_archive(file)
        said = archive.metadata
        vector = "vector_layers" in said
        from risk_api.tiles.vectors import MVT

        return TileSet(
            path=path,
            version=version,
            zooms=Zooms(*said["zooms"]),
            bounds_lonlat=self._region.bounds_lonlat,
            media_type=MVT if vector else PNG,
            said=said,
            get=archive.get,
            empty=None if vector else base64.b64decode(said["empty"]),
            gzipped=archive.gzipped,
            file=file,
            runs=runs,
            run_files=tuple(str(self._runs.open(run_id).folder / "run.json") for run_id in runs),
        )

    def _write_rasters(self, file: Path, tiles: Mapping[Tile, bytes], legend: Legend, zooms: Zooms) -> None:
        empty = _empty(legend)
        said = {
            "name": legend.titles["en"],
            "format": "png",
            "attribution": self._attribution(),
            "zooms": list(zooms_tuple(zooms)),
            "legend": legend.to_json(),
            "empty": base64.b64encode(empty).decode(),
        }
        self._write(file, tiles or {self._middle(zooms.lowest): empty}, said, vector=False)

    def _write_vectors(
        self,
        file: Path,
        name: str,
        cut: Sequence[tuple[VectorTiles, Mapping[str, Any] | None]],
        zooms: Zooms,
        attribution: str,
    ) -> None:
        from risk_api.tiles.vectors import gzipped, joined, metadata

        tiles = gzipped(joined(layer for layer, _ in cut))
        described = [layer for _, layer in cut if layer is not None]
        said = {**metadata(name, described, attribution), "zooms": list(zooms_tuple(zooms))}
        self._write(file, tiles or gzipped({self._middle(zooms.lowest): b""}), said, vector=True)

    def _write(
        self, file: Path, tiles: Mapping[Tile, bytes], said: Mapping[str, Any], *, vector: bool
    ) -> None:
        write_archive(file, tiles, said, self._region.bounds_lonlat, vector=vector)
        # Older versions of the same set; who still reads one has it open.
        stem = file.name.rpartition("-")[0]
        for other in file.parent.glob(f"{stem}-*.pmtiles"):
            if other != file and other.name.rpartition("-")[0] == stem:
                other.unlink(missing_ok=True)

    @property
    def _latitude(self) -> float:
        return 0.5 * (self._region.bounds_lonlat[1] + self._region.bounds_lonlat[3])

    def _attribution(self, layers: Sequence[str] = ("terrain",)) -> str:
        """Return whom the tiles are owed to; a run is made on the terrain."""
        texts = (str(credit["text"]) for credit in self._region.credits if credit["layer"] in layers)
        return "; ".join(dict.fromkeys(texts))

    def _zooms(self, cell_size_m: float) -> Zooms:
        return Zooms(LOWEST_ZOOM, max(LOWEST_ZOOM, zoom_for(cell_size_m, self._latitude)))

    def _middle(self, zoom: int) -> Tile:
        x, y, _, _ = tiles_over(mercator_bounds(self._region.bounds_lonlat), zoom)
        return Tile(zoom, x, y)


def zooms_tuple(zooms: Zooms) -> tuple[int, int]:
    """Return the lowest and the highest zoom."""
    return zooms.lowest, zooms.highest


def _empty(legend: Legend) -> bytes:
    import numpy as np

    from risk_api.tiles.matrix import SIZE
    from risk_api.tiles.png import palette_png

    return palette_png(np.full((SIZE, SIZE), legend.fill, dtype=np.uint8), legend.palette)


def _version(*parts: str) -> str:
    text = "\n".join((build_id(), *parts))
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
