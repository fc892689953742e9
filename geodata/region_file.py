"""`region.toml`: what a region folder says about itself and its layers."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.errors import LayerCorrupt, LayerInvalid, LayerMissing
from geodata.layers import EXPOSURE_LAYERS, REQUIRED_LAYERS, TABLE_LAYERS, VECTOR_LAYERS
from geodata.values import LANGUAGES

FILE = "region.toml"
LAYER_NAMES = ("terrain", *VECTOR_LAYERS, *TABLE_LAYERS, *EXPOSURE_LAYERS)


@dataclass(frozen=True)
class LayerFile:
    """One entry of `[layers]`.

    Parameters
    ----------
    name : str
    path : Path
    sha256 : str or None
        Checked at opening where given.
    options : mapping
        Everything else of the entry: source, licence, credit, date, fields, people_field and so on.
    """

    name: str
    path: Path
    sha256: str | None
    options: Mapping[str, Any]

    def text(self, key: str, default: str = "") -> str:
        """An option as text."""
        return str(self.options.get(key, default))


@dataclass(frozen=True)
class RegionFile:
    """A parsed and checked `region.toml`."""

    folder: Path
    data: Mapping[str, Any]
    layers: Mapping[str, LayerFile]
    toml_sha256: str


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_region_file(folder: Path) -> RegionFile:
    """Read `region.toml` and check that what it names is there and whole.

    Raises
    ------
    LayerCorrupt
        If it is not TOML, or a file's hash is not the one given.
    LayerInvalid
        If a key is missing or not allowed.
    LayerMissing
        If a required layer is not named, or a named file is not there.
    """
    path = folder / FILE
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayerCorrupt("region", FILE, "", f"is not TOML in UTF-8: {error}") from error
    _check_head(data)
    entries = data.get("layers")
    if not isinstance(entries, dict):
        raise LayerMissing(
            "region", FILE, "layers", f"names no layers; required: {', '.join(REQUIRED_LAYERS)}"
        )
    layers: dict[str, LayerFile] = {}
    for name, entry in entries.items():
        layers[name] = _layer(folder, name, entry)
    for name in REQUIRED_LAYERS:
        if name not in layers:
            raise LayerMissing(
                name, FILE, f"layers.{name}", f"is required; named are {', '.join(layers) or 'none'}"
            )
    if "exposure" not in layers and "population" not in layers:
        raise LayerMissing(
            "exposure", FILE, "layers.exposure", "is required, or layers.population in its place"
        )
    return RegionFile(folder, data, layers, hashlib.sha256(raw).hexdigest())


def _check_head(data: Mapping[str, Any]) -> None:
    identifier = data.get("id")
    if not isinstance(identifier, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", identifier):
        raise LayerInvalid(
            "region", FILE, "id", f"is lower-case letters, digits and hyphens, not {identifier!r}"
        )
    names = data.get("names")
    if not isinstance(names, dict) or any(not isinstance(names.get(code), str) for code in LANGUAGES):
        raise LayerInvalid("region", FILE, "names", f"needs a text for each of {', '.join(LANGUAGES)}")
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    crs = data.get("crs")
    try:
        metric = CRS.from_user_input(crs) if isinstance(crs, str) else None
    except CRSError:
        metric = None
    if metric is None or not metric.is_projected or metric.axis_info[0].unit_name != "metre":
        raise LayerInvalid(
            "region", FILE, "crs", f"is a projected CRS in metres such as EPSG:32643, not {crs!r}"
        )
    size = data.get("run_cell_size_m", 60.0)
    if not isinstance(size, (int, float)) or not 1 <= size <= 1000:
        raise LayerInvalid("region", FILE, "run_cell_size_m", f"is a number from 1 to 1000, not {size!r}")


def _layer(folder: Path, name: str, entry: Any) -> LayerFile:
    if name not in LAYER_NAMES:
        raise LayerInvalid(
            name, FILE, f"layers.{name}", f"is not a layer; allowed are {', '.join(LAYER_NAMES)}"
        )
    file = entry.get("file") if isinstance(entry, dict) else None
    if not isinstance(file, str) or not file:
        raise LayerInvalid(name, FILE, f"layers.{name}.file", "names no file")
    path = (folder / file).resolve()
    if not path.is_file():
        raise LayerMissing(name, file, "", f"is not in {folder.name}, though layers.{name}.file names it")
    digest = entry.get("sha256")
    if digest is not None:
        found = sha256_of(path)
        if found != digest:
            raise LayerCorrupt(
                name, file, "sha256", f"is {found}, not {digest} as {FILE} says: another file, or cut short"
            )
    return LayerFile(name, path, digest, entry)
