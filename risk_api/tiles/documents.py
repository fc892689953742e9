"""TileJSON 3.0 of a tile set, and the list of a run's tile sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.tiles.store import PNG, TileSet
from risk_api.tiles.vectors import MVT

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What an address ends with where somebody wants it to tell the format.
ENDINGS: Final = {PNG: "png", MVT: "mvt"}
TILE_SIZE: Final = 256


def tilejson(found: TileSet, base: str, language: Language) -> dict[str, Any]:
    """Return the TileJSON of a tile set.

    Parameters
    ----------
    found : TileSet
    base : str
        Address of the service as the client sees it.
    language : {"kk", "ru", "en"}
        Language of the title.
    """
    address = f"{base}{found.path}"
    legend = found.said.get("legend")
    name = legend[f"title_{language}"] if legend else translate(language, f"tiles.layer.{found.said['name']}")
    document = {
        "tilejson": "3.0.0",
        "name": name,
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"{address}/{{z}}/{{x}}/{{y}}.{ENDINGS[found.media_type]}?v={found.version}"],
        "minzoom": found.zooms.lowest,
        "maxzoom": found.zooms.highest,
        "bounds": [round(bound, 6) for bound in found.bounds_lonlat],
        "attribution": found.said["attribution"],
        "data_version": found.version,
    }
    if legend:
        document["tileSize"] = TILE_SIZE
        if not found.path.startswith("/v1/base/"):
            document["legend"] = f"{address}/legend.json"
        document |= {name: legend[name] for name in ("encoding", "tolerance", "scheme") if name in legend}
    else:
        document["vector_layers"] = found.said["vector_layers"]
    return document


def listed(run_id: str, layers: Sequence[str], footprint: str, base: str, titles: Any) -> dict[str, Any]:
    """Return the tile sets of a run.

    Parameters
    ----------
    run_id : str
    layers : sequence of str
        Raster layers.
    footprint : str
        The vector layer.
    base : str
        Address of the service as the client sees it.
    titles : callable
        Gives the titles of a layer by language.
    """
    sets = []
    for layer in (*layers, footprint):
        address = f"{base}/v1/runs/{run_id}/tiles/{layer}"
        entry = {
            "layer": layer,
            "type": "vector" if layer == footprint else "raster",
            **{f"title_{code}": titles(layer)[code] for code in LANGUAGES},
            "tilejson": f"{address}/tilejson.json",
        }
        sets.append(entry if layer == footprint else {**entry, "legend": f"{address}/legend.json"})
    return {"run_id": run_id, "tilesets": sets}
