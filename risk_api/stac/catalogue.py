"""STAC 1.0: a catalogue, a collection per scenario, an item per run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import Language, translate
from risk_api.negotiation import MEDIA_TYPES
from risk_api.runs.checksums import file_facts

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.runs import Run
    from risk_api.stac.index import Entry

VERSION: Final = "1.0.0"
JSON: Final = "application/json"
GEOJSON: Final = MEDIA_TYPES["geojson"]
_SCHEMAS: Final = "https://stac-extensions.github.io"
PROJECTION: Final = f"{_SCHEMAS}/projection/v1.1.0/schema.json"
FILE: Final = f"{_SCHEMAS}/file/v2.1.0/schema.json"
PROCESSING: Final = f"{_SCHEMAS}/processing/v1.2.0/schema.json"


class Stac:
    """The documents of one service.

    Parameters
    ----------
    region : Region
    base : str
        Address of the service, without a slash at its end.
    language : {"kk", "ru", "en"}
    """

    def __init__(self, region: Region, base: str, language: Language) -> None:
        self._region = region
        self._base = base
        self._language = language
        self._root = f"{base}/v1/stac"

    def catalog(self, scenarios: Sequence[str]) -> dict[str, Any]:
        """Return the root: a link to each scenario that has a run."""
        return {
            "type": "Catalog",
            "stac_version": VERSION,
            "id": f"selrisk-{self._region.id}",
            "title": self._text("stac.catalog.title", region=self._region.names[self._language]),
            "description": self._text("stac.catalog.text", region=self._region.names[self._language]),
            "links": [
                _link("root", self._root),
                _link("self", self._root),
                *(
                    _link("child", f"{self._root}/collections/{scenario}", JSON, self._name(scenario))
                    for scenario in scenarios
                ),
            ],
        }

    def collection(self, scenario: str, entries: Sequence[Entry]) -> dict[str, Any]:
        """Return a scenario: a link to each of its runs, and where and when they lie."""
        here = f"{self._root}/collections/{scenario}"
        name = self._name(scenario)
        return {
            "type": "Collection",
            "stac_version": VERSION,
            "stac_extensions": [],
            "id": scenario,
            "title": name,
            "description": self._text("stac.collection.text", scenario=name),
            # The layers that a run is made from have licences of their own; the links name them.
            "license": "various",
            "providers": [
                {"name": credit["text"], "roles": ["producer", "licensor"]}
                | ({"url": credit["url"]} if credit.get("url", "").startswith("http") else {})
                for credit in {credit["text"]: credit for credit in self._region.credits}.values()
            ],
            "extent": {
                "spatial": {"bbox": [[round(bound, 6) for bound in self._region.bounds_lonlat]]},
                "temporal": {"interval": [[_utc(entries[0].created), _utc(entries[-1].created)]]},
            },
            "links": [
                _link("root", self._root),
                _link("parent", self._root),
                _link("self", here),
                *(
                    {
                        **_link(
                            "license", credit["url"], "text/html", f"{credit['layer']}: {credit['licence']}"
                        )
                    }
                    for credit in self._region.credits
                    if credit.get("url", "").startswith("http")
                ),
                *(_link("item", f"{here}/items/{entry.run_id}", GEOJSON) for entry in entries),
            ],
        }

    def item(self, scenario: str, run: Run) -> dict[str, Any]:
        """Return a run: where its rasters are, what they weigh, what it was made from."""
        summary = run.summary
        collection = f"{self._root}/collections/{scenario}"
        here = f"{self._base}/v1/runs/{run.id}"
        grid, inputs, lineage = summary["grid"], summary["inputs"], summary["lineage"]
        created = _utc(summary["properties"]["created"])
        return {
            "type": "Feature",
            "stac_version": VERSION,
            "stac_extensions": [PROJECTION, FILE, PROCESSING],
            "id": run.id,
            "collection": scenario,
            "geometry": summary["geometry"],
            "bbox": summary["bbox"],
            "properties": {
                "title": self._text("stac.item.title", scenario=self._name(scenario), run=run.id),
                "datetime": created,
                "created": created,
                "proj:epsg": _epsg(grid["crs"]),
                "proj:shape": grid["shape"],
                "proj:transform": grid["transform"],
                "processing:lineage": f"{lineage['scheme']}; engine {lineage['engine_version']}; "
                f"region {lineage['region']} {lineage['region_version']}",
                "processing:software": lineage["software"],
                "selrisk:cell_size_m": grid["cell_size_m"],
                "selrisk:dams": {key: state.get("kind") for key, state in inputs["dams"].items()},
                "selrisk:order": inputs["order"],
            },
            "links": [
                _link("root", self._root),
                _link("parent", collection),
                _link("collection", collection),
                _link("self", f"{collection}/items/{run.id}", GEOJSON),
                _link("via", here, GEOJSON),
                _link("derived_from", f"{here}/lineage", JSON),
            ],
            "assets": {
                **{name: self._raster(run, name, asset) for name, asset in summary["assets"].items()},
                "footprint": {"href": f"{here}/footprint", "type": GEOJSON, "roles": ["data"],
                              "title": self._text("stac.asset.footprint")},
                "districts": {"href": f"{here}/districts", "type": JSON, "roles": ["data"],
                              "title": self._text("stac.asset.districts")},
                "lineage": {"href": f"{here}/lineage", "type": JSON, "roles": ["metadata"],
                            "title": self._text("stac.asset.lineage")},
            },
        }  # fmt: skip

    def _raster(self, run: Run, name: str, asset: dict[str, Any]) -> dict[str, Any]:
        made = asset if "file:checksum" in asset else file_facts(run.raster_path(name))
        return {
            "href": f"{self._base}/v1/runs/{run.id}/rasters/{name}.tif",
            "type": asset["type"],
            "roles": asset["roles"],
            "title": self._text(f"stac.asset.{name}"),
            "file:checksum": made["file:checksum"],
            "file:size": made["file:size"],
        }

    def _name(self, scenario: str) -> str:
        """Return a scenario's name; one that the region has no longer is called by its id."""
        known = self._region.scenarios.get(scenario)
        return str(known.names[self._language]) if known is not None else scenario

    def _text(self, key: str, **params: str) -> str:
        return translate(self._language, key, **params)


def _link(rel: str, href: str, media_type: str = JSON, title: str = "") -> dict[str, str]:
    made = {"rel": rel, "href": href, "type": media_type}
    return {**made, "title": title} if title else made


def _epsg(crs: str) -> int | None:
    """Return the number of an EPSG system; the extension has null for any other."""
    authority, _, number = crs.partition(":")
    return int(number) if authority == "EPSG" and number.isdigit() else None


def _utc(created: str) -> str:
    """Return an instant as RFC 3339 writes it in UTC."""
    return created.replace("+00:00", "Z")
