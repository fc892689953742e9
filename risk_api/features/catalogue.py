"""Which collections there are: the region's layers, earthquakes, and what finished runs add to them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from risk_api.answers import DEFAULT_SCHEME, Question
from risk_api.bounded import Bounded
from risk_api.build_id import build_id
from risk_api.errors import UnknownCollection
from risk_api.features.earthquakes import earthquake_columns, earthquake_fields
from risk_api.features.fields import exposure_fields, footprint_fields, layer_fields
from risk_api.features.table import FeatureTable
from risk_api.features.times import known_interval
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.layers import VECTOR_LAYERS, LayerStore
from risk_api.serialise.features import Feature

if TYPE_CHECKING:
    from geodata import Region
    from geodata.layers import Field
    from risk_api.answers import Answers
    from risk_api.runs import RunStore
    from risk_api.seismic.answers import QuakeAnswers

#: Tables kept in memory; a footprint with its outlines is the largest, a few megabytes.
_KEPT_TABLES: Final = 32
#: Descriptions kept in memory; they are small.
_KEPT_COLLECTIONS: Final = 1024
_RUN: Final = re.compile(r"footprint-([0-9a-f]{16,64})")

Names = Mapping[str, str]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Collection:
    """What is said of a collection before anybody reads its features.

    Attributes
    ----------
    id : str
    titles, descriptions : mapping
        By language.
    fields : tuple of Field
    version : str
        Equal versions mean equal features.
    bounds_lonlat : tuple of float
    days : tuple of date, optional
        First and last day, where the features have dates.
    geometry : str
        Type of the geometries, as ``Point``; empty where they differ.
    load : callable
        Makes the table.
    run_id : str, optional
        The run that the features are made from.
    """

    id: str
    titles: dict[Language, str]
    descriptions: dict[Language, str]
    fields: tuple[Field, ...]
    version: str
    bounds_lonlat: Bounds
    days: tuple[date, date] | None
    geometry: str
    load: Callable[[], FeatureTable]
    run_id: str | None = None


class Catalogue:
    """The collections of one service.

    Parameters
    ----------
    region : Region
    layers : LayerStore
    answers : Answers
    store : RunStore
    quakes : QuakeAnswers
    """

    def __init__(
        self, region: Region, layers: LayerStore, answers: Answers, store: RunStore, quakes: QuakeAnswers
    ) -> None:
        self._region = region
        self._layers = layers
        self._answers = answers
        self._store = store
        self._quakes = quakes
        self._collections: Bounded[tuple[str, str], Collection] = Bounded(_KEPT_COLLECTIONS)
        self._tables: Bounded[tuple[str, str], FeatureTable] = Bounded(_KEPT_TABLES)

    def ids(self) -> Iterator[str]:
        """Yield the id of every collection: layers, then what finished runs say."""
        yield from VECTOR_LAYERS
        yield from (f"earthquake-{name}" for name in self._earthquakes())
        pairs = [
            (scenario, strategy)
            for scenario in self._region.scenarios
            for strategy in self._answers.made(scenario)
        ]
        for kind in ("exposure", "footprint"):
            yield from (f"{kind}-{scenario}-{strategy}" for scenario, strategy in pairs)
        # Runs that no strategy of the region names: previews, other cell sizes, dams of one's own.
        named = {self._answers.spec(*pair).id for pair in pairs}
        yield from (f"footprint-{run_id}" for run_id in self._store.ids() if run_id not in named)

    def all(self) -> list[Collection]:
        """Return every collection."""
        return [self.get(key) for key in self.ids()]

    def get(self, collection_id: str) -> Collection:
        """Return a collection.

        Raises
        ------
        UnknownCollection
            If there is none of that id, or its run is not in the store any more.
        """
        if collection_id in VECTOR_LAYERS:
            return self._kept(collection_id, self._region.version, self._layer)
        kind, _, rest = collection_id.partition("-")
        if kind == "earthquake" and rest in self._earthquakes():
            return self._kept(collection_id, rest, partial(self._earthquake, rest))
        pair = self._pair(rest) if kind in ("exposure", "footprint") else None
        if pair is not None:
            run_id = self._answers.spec(*pair).id
            if self._store.has(run_id):
                make = self._exposure if kind == "exposure" else self._named_footprint
                return self._kept(collection_id, run_id, partial(make, *pair))
        match = _RUN.fullmatch(collection_id)
        if match and self._store.has(match[1]):
            return self._kept(collection_id, match[1], self._footprint)
        raise UnknownCollection(collection_id, in_path=True)

    def _pair(self, text: str) -> tuple[str, str] | None:
        """Return the scenario and the strategy that `text` joins with a hyphen."""
        for scenario in self._region.scenarios:
            strategy = text.removeprefix(f"{scenario}-")
            if strategy != text and strategy in self._region.strategies:
                return scenario, strategy
        return None

    def is_read(self, collection_id: str) -> bool:
        """Whether `get` will answer at once; else it reads a layer first."""
        layer = collection_id if collection_id in VECTOR_LAYERS else "districts"
        return self._collections.peek((layer, self._region.version)) is not None

    def table(self, collection: Collection) -> FeatureTable:
        """Return a collection's features; the first call may take a second where a run has to be read."""
        return self._tables.get((collection.id, collection.version), collection.load)

    def held(self, collection: Collection) -> FeatureTable | None:
        """Return a collection's features if they are in memory."""
        return self._tables.peek((collection.id, collection.version))

    def _kept(self, key: str, data: str, make: Callable[[str, str], Collection]) -> Collection:
        return self._collections.get((key, data), lambda: make(key, self._version(key, data)))

    def _version(self, key: str, data: str) -> str:
        text = "\n".join((build_id(), self._region.version, key, data))
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def _layer(self, layer: str, version: str) -> Collection:
        features = dict(self._layers.layer(layer))
        if layer == "events":
            features = {key: _with_days(feature) for key, feature in features.items()}
        fields = layer_fields(layer, (feature.properties for feature in features.values()))
        table = FeatureTable(layer, fields, features, "date" if layer == "events" else None)
        shapes = [feature.shape for feature in features.values()]
        kinds = {feature.geometry["type"] for feature in features.values() if feature.geometry}
        return Collection(
            id=layer,
            titles={code: translate(code, f"collection.{layer}.title") for code in LANGUAGES},
            descriptions={code: translate(code, f"collection.{layer}.text") for code in LANGUAGES},
            fields=fields,
            version=version,
            bounds_lonlat=_bounds(shapes, self._region.bounds_lonlat),
            days=_days(table),
            geometry=kinds.pop() if len(kinds) == 1 else "",
            load=lambda: table,
        )

    def _exposure(self, scenario: str, strategy: str, key: str, version: str) -> Collection:
        from risk_api.exposure import SCHEMES

        fields = exposure_fields(SCHEMES[DEFAULT_SCHEME])
        districts = self.get("districts")
        names = self._names(scenario, strategy)
        return Collection(
            id=key,
            titles=_texts("collection.exposure.title", names),
            descriptions=_texts("collection.exposure.text", names),
            fields=fields,
            version=version,
            bounds_lonlat=districts.bounds_lonlat,
            days=None,
            geometry=districts.geometry,
            load=lambda: FeatureTable(key, fields, self._exposed(scenario, strategy, fields)),
            run_id=self._answers.spec(scenario, strategy).id,
        )

    def _exposed(self, scenario: str, strategy: str, fields: Sequence[Field]) -> dict[str, Feature]:
        from risk_api.serialise.exposure import exposure_features, flat_counts

        comparison = self._answers.comparison(Question(scenario, (strategy,)))
        districts = self._layers.layer("districts")
        columns: dict[str, dict[str, Any]] = {}
        for code in LANGUAGES:
            for feature in exposure_features(comparison, self._region, districts, code):
                counts = flat_counts(feature.properties["strategies"][strategy])
                row = columns.setdefault(feature.id, {**feature.properties, **counts})
                row[f"cause_{code}"] = counts["cause"]
                row |= {"scenario": scenario, "strategy": strategy}
        wanted = [field.name for field in fields if field.name != "name"]
        return {
            key: Feature(key, districts[key].geometry, {name: row.get(name) for name in wanted})
            for key, row in columns.items()
        }

    def _named_footprint(self, scenario: str, strategy: str, key: str, version: str) -> Collection:
        names = self._names(scenario, strategy)
        run_id = self._answers.spec(scenario, strategy).id
        return self._ground(key, version, run_id, "collection.footprint", names)

    def _footprint(self, key: str, version: str) -> Collection:
        run_id = key.removeprefix("footprint-")
        return self._ground(
            key, version, run_id, "collection.run", {"run": dict.fromkeys(map(str, LANGUAGES), run_id)}
        )

    def _ground(
        self, key: str, version: str, run_id: str, texts: str, names: Mapping[str, Names]
    ) -> Collection:
        fields = footprint_fields()
        return Collection(
            id=key,
            titles=_texts(f"{texts}.title", names),
            descriptions=_texts(f"{texts}.text", names),
            fields=fields,
            version=version,
            bounds_lonlat=self._region.bounds_lonlat,
            days=None,
            geometry="MultiPolygon",
            load=lambda: FeatureTable(key, fields, self._reached(run_id)),
            run_id=run_id,
        )

    def _reached(self, run_id: str) -> dict[str, Feature]:
        from risk_api.exposure import SCHEMES
        from risk_api.footprint import footprint_features

        found = footprint_features(self._store.open(run_id), SCHEMES[DEFAULT_SCHEME], "en")
        return {
            feature.id: Feature(feature.id, feature.geometry, {**feature.properties, "run_id": run_id})
            for feature in found
        }

    def _earthquakes(self) -> Mapping[str, Mapping[str, str]]:
        """Return the names of the earthquakes, none where nobody knows which buildings stand here."""
        return self._quakes.scenario_titles if self._quakes.possible else {}

    def _earthquake(self, scenario: str, key: str, version: str) -> Collection:
        fields = earthquake_fields()
        districts = self.get("districts")
        names = {"scenario": self._earthquakes()[scenario]}
        return Collection(
            id=key,
            titles=_texts("collection.earthquake.title", names),
            descriptions=_texts("collection.earthquake.text", names),
            fields=fields,
            version=version,
            bounds_lonlat=districts.bounds_lonlat,
            days=None,
            geometry=districts.geometry,
            load=lambda: FeatureTable(key, fields, self._shaken(scenario)),
        )

    def _shaken(self, scenario: str) -> dict[str, Feature]:
        answer, districts = self._quakes.scenario(scenario), self._layers.layer("districts")
        return {
            summary.id: Feature(
                summary.id,
                districts[summary.id].geometry,
                earthquake_columns(answer, summary, districts[summary.id]),
            )
            for summary in answer.districts
        }

    def _names(self, scenario: str, strategy: str) -> dict[str, Names]:
        return {
            "scenario": self._region.scenarios[scenario].names,
            "strategy": self._region.strategies[strategy].names,
        }


def _texts(key: str, names: Mapping[str, Names]) -> dict[Language, str]:
    return {
        code: translate(code, key, **{place: texts[code] for place, texts in names.items()})
        for code in LANGUAGES
    }


def _with_days(feature: Feature) -> Feature:
    known = known_interval(feature.properties.get("date"))
    start, end = (day.isoformat() for day in known.days) if known else (None, None)
    return Feature(feature.id, feature.geometry, {**feature.properties, "date_start": start, "date_end": end})


def _days(table: FeatureTable) -> tuple[date, date] | None:
    known = [interval.days for interval in table.intervals if interval is not None]
    return (min(start for start, _ in known), max(end for _, end in known)) if known else None


def _bounds(shapes: Sequence[Any], otherwise: Bounds) -> Bounds:
    boxes = [shape.bounds for shape in shapes if shape is not None]
    if not boxes:
        return otherwise
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
