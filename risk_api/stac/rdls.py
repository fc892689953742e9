"""The service's data as data sets of the Risk Data Library Standard 0.3: hazard, exposure, loss.

The standard has no field for "with and without a dam". Each strategy is an event set of its own, and
``details`` say that the sets differ in the dams alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import Language, translate
from risk_api.serialise.exposure import strategy_name

if TYPE_CHECKING:
    from geodata import Region

SCHEMA: Final = "https://docs.riskdatalibrary.org/en/0__3__0/rdls_schema.json"
KINDS: Final = ("hazard", "exposure", "loss")
#: Layers that say what stands in the way; the others make the hazard.
_EXPOSED: Final = ("districts", "exposure", "facilities", "building_stock")
_ROLES: Final = ("publisher", "creator", "contact_point")
#: Depth, and depth times the square of speed (Jakob et al. 2012).
_MEASURES: Final = {"depth": "flood_depth(m)", "intensity": "I_DF(m3/s2)"}
_MUDFLOW: Final = {"type": "landslide", "processes": ["landslide_mudflow"]}
_SHAKING: Final = {"type": "earthquake", "processes": ["ground_motion"]}


@dataclass(frozen=True)
class Rdls:
    """The data sets of one service.

    Attributes
    ----------
    region : Region
    base : str
        Address of the service.
    language : {"kk", "ru", "en"}
    made : mapping
        Runs that are finished: id by scenario and strategy.
    earthquakes : mapping
        Names of the earthquakes whose damage can be computed, by id; empty where none can.
    """

    region: Region
    base: str
    language: Language
    made: Mapping[str, Mapping[str, str]]
    earthquakes: Mapping[str, str]

    def dataset(self, kind: str) -> dict[str, Any]:
        """Return the metadata of one of `KINDS`."""
        own = {"hazard": self._hazard, "exposure": self._exposure, "loss": self._loss}[kind]()
        region = self.region.names[self.language]
        return {
            "id": self._id(kind),
            "title": self._text(f"rdls.{kind}.title", region=region),
            "description": self._text(f"rdls.{kind}.text", region=region),
            "risk_data_type": [kind],
            "version": self.region.version,
            "project": {"name": "selrisk"},
            "details": self._text("rdls.details"),
            "spatial": {
                "scale": "sub-national",
                "bbox": [round(bound, 6) for bound in self.region.bounds_lonlat],
            },
            # Each source has a licence of its own; it stands with the source.
            "license": "Custom",
            "attributions": [
                {"id": role, "entity": {"name": "selrisk", "url": self.base}, "role": role} for role in _ROLES
            ],
            "sources": self._sources(),
            **own,
            "links": [{"href": SCHEMA, "rel": "describedby"}],
        }

    def _hazard(self) -> dict[str, Any]:
        sets = [self._event_set(strategy, scenarios) for strategy, scenarios in self._by_strategy().items()]
        resources = [self._resource("stac", "rdls.resource.stac", "api", access="/v1/stac")]
        for scenario, strategies in self.made.items():
            for strategy, run_id in strategies.items():
                key, said = f"{scenario}-{strategy}", self._said(scenario, strategy)
                resources += [
                    self._resource(
                        f"{key}-{layer}",
                        f"stac.asset.{layer}",
                        "geotiff",
                        f"/v1/runs/{run_id}/rasters/{layer}.tif",
                        said,
                    )
                    | self._grid()
                    for layer in ("depth_max_m", "intensity_max_m3_s2")
                ]
                path = f"/v1/runs/{run_id}/footprint"
                resources.append(
                    self._resource(f"{key}-footprint", "stac.asset.footprint", "geojson", path, said)
                )
        if self.earthquakes:
            sets.append(self._shaking_set())
            path = "/v1/seismic/exposure"
            resources.append(self._resource("earthquakes", "rdls.resource.earthquakes", "api", access=path))
        if not sets:
            # A set without events says what kind of hazard there will be once a run is made.
            sets.append(self._event_set("none", ()))
        return {"hazard": {"event_sets": sets}, "resources": resources}

    def _event_set(self, strategy: str, scenarios: Sequence[str]) -> dict[str, Any]:
        hazards = [
            {"id": f"{strategy}-{name}", **_MUDFLOW, "intensity_measure": measure}
            for name, measure in _MEASURES.items()
        ]
        events = [
            {
                "id": f"{scenario}-{strategy}",
                "calculation_method": "simulated",
                "hazard": hazards[0],
                "occurrence": {"deterministic": {"index_criteria": self._text("rdls.occurrence")}},
                "description": self._said(scenario, strategy),
            }
            for scenario in scenarios
        ]
        return {
            "id": strategy,
            "hazards": hazards,
            "analysis_type": "deterministic",
            "calculation_method": "simulated",
            **({"events": events} if events else {"event_count": 0}),
        }

    def _shaking_set(self) -> dict[str, Any]:
        hazard = {"id": "earthquakes-pga", **_SHAKING, "intensity_measure": "PGA(g)"}
        return {
            "id": "earthquakes",
            "hazards": [hazard],
            "analysis_type": "deterministic",
            "calculation_method": "simulated",
            "events": [
                {
                    "id": key,
                    "calculation_method": "simulated",
                    "hazard": hazard,
                    "occurrence": {"deterministic": {"index_criteria": self._text("rdls.occurrence")}},
                    "description": name,
                }
                for key, name in self.earthquakes.items()
            ],
        }

    def _exposure(self) -> dict[str, Any]:
        counted = [("population", "population", "people"), ("buildings", "structure", "buildings")]
        return {
            "exposure": [
                {
                    "category": category,
                    "metrics": [{"id": name, "dimension": dimension, "quantity_kind": "count"}],
                }
                for category, dimension, name in counted
            ],
            "resources": [
                self._resource(
                    f"districts-{form}",
                    "rdls.resource.districts",
                    form,
                    f"/ogc/collections/districts/items?f={name}",
                )
                for form, name in (("geojson", "json"), ("csv", "csv"), ("gpkg", "gpkg"))
            ],
        }

    def _loss(self) -> dict[str, Any]:
        losses = [
            self._losses(f"{scenario}-{category}", "mudflow", category, self._said(scenario))
            for scenario in self.made
            for category in ("population", "buildings")
        ]
        losses += [
            self._losses(f"{key}-{category}", "earthquake", category, name)
            for key, name in self.earthquakes.items()
            for category in ("population", "buildings")
        ]
        resources = [self._resource("exposure", "rdls.resource.exposure", "api", access="/v1/exposure")]
        resources += [
            self._resource(
                f"{scenario}-{form}",
                "rdls.resource.exposure",
                form,
                f"/v1/exposure?scenario={scenario}&strategies={','.join(strategies)}&f={form}",
                self._said(scenario),
            )
            for scenario, strategies in self.made.items()
            for form in ("csv", "gpkg")
        ]
        resources += [
            self._resource(
                f"{key}-csv",
                "rdls.resource.earthquakes",
                "csv",
                f"/v1/seismic/exposure?scenario={key}&f=csv",
                name,
            )
            for key, name in self.earthquakes.items()
        ]
        return {**({"loss": {"losses": losses}} if losses else {}), "resources": resources}

    def _losses(self, key: str, cause: str, category: str, said: str) -> dict[str, Any]:
        hazard = _MUDFLOW if cause == "mudflow" else _SHAKING
        counted: dict[str, Any] = {
            "impact_type": "direct",
            "impact_modelling": "simulated",
            "quantity_kind": "count",
            "loss_type": "count",
            "loss_frequency_type": "deterministic",
        }
        if cause == "earthquake" and category == "population":
            # Of a mudflow people in its classes are counted, and they are no casualties.
            counted["impact_metric"] = "casualty_count"
        return {
            "id": key,
            "hazard_type": hazard["type"],
            "hazard_process": hazard["processes"][0],
            "asset_category": category,
            "asset_dimension": "population" if category == "population" else "structure",
            "impact_and_losses": counted,
            "lineage": {"hazard_dataset": self._id("hazard"), "exposure_dataset": self._id("exposure")},
            "description": f"{said}. {self._text(f'rdls.loss.{cause}')}",
        }

    def _sources(self) -> list[dict[str, Any]]:
        return [
            {
                "id": credit["layer"],
                "name": credit["text"],
                "type": "dataset",
                "component": "exposure" if credit["layer"] in _EXPOSED else "hazard",
                "license": credit["licence"],
                **({"url": credit["url"]} if credit.get("url", "").startswith("http") else {}),
            }
            for credit in self.region.credits
        ]

    def _resource(
        self, key: str, title: str, form: str, path: str | None = None, said: str = "", access: str = ""
    ) -> dict[str, Any]:
        name = self._text(title)
        addresses = {"download_url": f"{self.base}{path}"} if path else {"access_url": f"{self.base}{access}"}
        return {"id": key, "title": name, "description": f"{name}: {said}" if said else name, "format": form,
                **addresses}  # fmt: skip

    def _grid(self) -> dict[str, Any]:
        """Return the grid of rasters, where the standard has a way to name its system."""
        crs = str(self.region.crs)
        known = {"coordinate_system": crs} if crs.startswith("EPSG:") else {}
        return {"media_type": "image/tiff", "spatial_resolution": float(self.region.run_cell_size_m), **known}

    def _by_strategy(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for scenario, strategies in self.made.items():
            for strategy in strategies:
                found.setdefault(strategy, []).append(scenario)
        return found

    def _said(self, scenario: str, strategy: str | None = None) -> str:
        name = str(self.region.scenarios[scenario].names[self.language])
        return f"{name}; {strategy_name(self.region, strategy, self.language)}" if strategy else name

    def _id(self, kind: str) -> str:
        return f"{self.base}/v1/rdls/{kind}"

    def _text(self, key: str, **params: str) -> str:
        return translate(self.language, key, **params)
