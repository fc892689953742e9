"""A tile set as one file: PMTiles version 3, written once under a temporary name, then only read."""

from __future__ import annotations

import gzip
import json
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from risk_api.tiles.matrix import Bounds, Tile

PMTILES: Final = "application/vnd.pmtiles"
_HEADER: Final = 127


@dataclass(frozen=True, eq=False)
class Archive:
    """An open archive; its directory is in memory, its tiles are where the system keeps files."""

    path: Path
    metadata: Mapping[str, Any]
    gzipped: bool
    _places: Mapping[Tile, tuple[int, int]]
    _bytes: mmap.mmap

    def get(self, tile: Tile) -> bytes | None:
        """Return a tile as it is stored, None where there is none."""
        place = self._places.get(tile)
        return None if place is None else self._bytes[place[0] : place[1]]

    def tiles(self) -> Mapping[Tile, bytes]:
        """Return every tile as it is stored."""
        return {tile: self._bytes[start:end] for tile, (start, end) in self._places.items()}


def open_archive(path: Path) -> Archive:
    """Open an archive.

    Raises
    ------
    FileNotFoundError
    ValueError
        If it is no PMTiles archive of version 3.
    """
    from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported, deserialize_header

    with path.open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        header = deserialize_header(held[:_HEADER])
    except (MagicNumberNotFound, SpecVersionUnsupported, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no PMTiles archive of version 3") from error
    start = header["metadata_offset"]
    metadata = json.loads(gzip.decompress(held[start : start + header["metadata_length"]]))
    places: dict[Tile, tuple[int, int]] = {}
    _read_directory(held, header, header["root_offset"], header["root_length"], places)
    return Archive(path, metadata, header["tile_compression"] is Compression.GZIP, places, held)


def _read_directory(
    held: mmap.mmap, header: Mapping[str, Any], offset: int, length: int, places: dict[Tile, tuple[int, int]]
) -> None:
    from pmtiles.tile import deserialize_directory, tileid_to_zxy

    for entry in deserialize_directory(held[offset : offset + length]):
        if entry.run_length == 0:
            _read_directory(
                held, header, header["leaf_directory_offset"] + entry.offset, entry.length, places
            )
            continue
        start = header["tile_data_offset"] + entry.offset
        for number in range(entry.run_length):
            places[Tile(*tileid_to_zxy(entry.tile_id + number))] = (start, start + entry.length)


def write_archive(
    path: Path,
    tiles: Mapping[Tile, bytes],
    metadata: Mapping[str, Any],
    bounds_lonlat: Bounds,
    *,
    vector: bool = False,
) -> None:
    """Write an archive; a reader never meets half of one.

    Parameters
    ----------
    path : Path
        Its folder is made when missing.
    tiles : mapping
        At least one; equal bytes are stored once.
    metadata : mapping
    bounds_lonlat : tuple of float
    vector : bool
        Whether the tiles are gzipped vector tiles, else PNGs.
    """
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    west, south, east, north = (round(bound * 1e7) for bound in bounds_lonlat)
    header = {
        "tile_type": TileType.MVT if vector else TileType.PNG,
        "tile_compression": Compression.GZIP if vector else Compression.NONE,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
    }
    try:
        with temporary.open("wb") as file:
            writer = Writer(file)
            for number, tile in sorted((zxy_to_tileid(*tile), tile) for tile in tiles):
                writer.write_tile(number, tiles[tile])
            writer.finalize(header, dict(metadata))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
