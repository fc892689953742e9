"""Earthquakes that can be asked for by name, each figure with its source or its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from risk_api.errors import UnknownScenario
from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.frame import LocalFrame
from risk_api.seismic.rupture import LonLat, Rupture

_FILE: Final = "scenarios.toml"
KINDS: Final = frozenset({"historical", "hypothetical", "instrumental"})
CONFIDENCES: Final = frozenset({"A", "B", "C"})
_TRACE_FIGURES: Final = frozenset({"magnitude", "dip_deg", "rake_deg", "top_depth_km", "bottom_depth_km"})
_POINT_FIGURES: Final = frozenset({"magnitude", "dip_deg", "rake_deg", "depth_km", "strike_deg"})
_OPTIONAL_FIGURES: Final = frozenset({"hypocentre_depth_km", "trace_east_km"})


@dataclass(frozen=True)
class Figure:
    """A figure of a scenario.

    Attributes
    ----------
    value, low, high : float
        What is computed with, and the band around it.
    source : str
        Where it comes from; "assumption" if no source gives it.
    confidence : str
        "A" measured, "B" published, "C" estimate, press or assumption.
    why : mapping or None
        Reason of an assumption in kk, ru and en.
    """

    value: float
    low: float
    high: float
    source: str
    confidence: str
    why: Mapping[str, str] | None = None

    @property
    def assumed(self) -> bool:
        """Whether no source gives it."""
        return self.why is not None


@dataclass(frozen=True)
class Observed:
    """What people saw: an intensity at a place, with its band and source."""

    place: str
    scale: str
    low: float
    high: float
    source: str
    confidence: str


@dataclass(frozen=True)
class SeismicScenario:
    """An earthquake with a name.

    Attributes
    ----------
    id, kind, date : str
        Name in queries; "historical", "hypothetical" or "instrumental"; ISO 8601, empty for the second.
    titles : mapping
        In kk, ru and en.
    figures : mapping
        Every number of the rupture by its field.
    points : tuple of (lon, lat)
        Upper edge, or the one epicentre.
    place_source, place_confidence : str
        Where the points come from.
    observed : tuple of Observed
        Intensities on record.
    """

    id: str
    kind: str
    date: str
    titles: Mapping[str, str]
    figures: Mapping[str, Figure]
    points: tuple[LonLat, ...]
    place_source: str
    place_confidence: str
    observed: tuple[Observed, ...]

    def rupture(self, **changed: float) -> Rupture:
        """Build the rupture, with some figures changed where wanted.

        Parameters
        ----------
        **changed : float
            Figures by name in place of the scenario's own, inside the band or not.

        Raises
        ------
        BadSeismicInput
            If the scenario has no such figure, or the rupture cannot be.
        """
        for name in changed:
            if name not in self.figures:
                listed = ", ".join(sorted(self.figures))
                raise BadSeismicInput(
                    name,
                    f"allowed are {listed}",
                    tuple(sorted(self.figures)),
                    reason_key="allowed",
                    allowed_names=listed,
                )
        given = {name: figure.value for name, figure in self.figures.items()} | changed
        if len(self.points) == 1:
            (lon, lat), depth = self.points[0], given.pop("depth_km")
            return Rupture.from_point(lon, lat, depth, **given, lower_km=max(20.0, depth + 5.0))
        points = _shifted_east(self.points, given.pop("trace_east_km", 0.0))
        return Rupture.from_trace(points, **given)

    def assumptions(self) -> dict[str, Figure]:
        """Figures that no source gives, by a name of their own."""
        return {f"{self.id}.{name}": figure for name, figure in self.figures.items() if figure.assumed}


def _shifted_east(points: tuple[LonLat, ...], east_km: float) -> tuple[LonLat, ...]:
    if east_km == 0.0:
        return points
    frame = LocalFrame(*points[0])
    x, y = frame.to_km([point[0] for point in points], [point[1] for point in points])
    lon, lat = frame.to_lonlat(x + east_km, y)
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))


@cache
def seismic_scenarios() -> Mapping[str, SeismicScenario]:
    """Every scenario by its id, in the order of the table beside this file."""
    return read_scenarios(files("risk_api.seismic").joinpath(_FILE).read_text("utf-8"))


def seismic_scenario(scenario_id: str) -> SeismicScenario:
    """One scenario.

    Raises
    ------
    UnknownScenario
        If there is none of that name; the error lists those there are.
    """
    known = seismic_scenarios()
    if scenario_id not in known:
        raise UnknownScenario(scenario_id, known)
    return known[scenario_id]


def read_scenarios(text: str) -> Mapping[str, SeismicScenario]:
    """Scenarios of a table in TOML.

    Raises
    ------
    BadSeismicInput
        If a figure is missing, stands outside its band, or has neither a source nor a reason.
    """
    table = tomllib.loads(text)
    reasons = table.pop("why", {})
    return {name: _scenario(name, entry, reasons) for name, entry in table.items()}


def _scenario(name: str, entry: dict[str, Any], reasons: Mapping[str, Any]) -> SeismicScenario:
    left = dict(entry)
    kind, date, titles = left.pop("kind", ""), left.pop("date", ""), left.pop("title", {})
    if kind not in KINDS:
        raise _invalid(f"{name}.kind", f"one of {', '.join(sorted(KINDS))} is needed")
    if set(titles) != {"kk", "ru", "en"}:
        raise _invalid(f"{name}.title", "kk, ru and en are needed")
    observed = tuple(Observed(**each) for each in left.pop("observed", ()))
    place, points, needed = _place(name, left)
    missing, unknown = needed - set(left), set(left) - needed - _OPTIONAL_FIGURES
    if missing or unknown:
        raise _invalid(name, f"missing: {sorted(missing)}, unknown: {sorted(unknown)}")
    figures = {field: _figure(f"{name}.{field}", value, reasons) for field, value in left.items()}
    return SeismicScenario(
        name, kind, date, titles, figures, points, place["source"], place["confidence"], observed
    )


def _place(name: str, left: dict[str, Any]) -> tuple[dict[str, Any], tuple[LonLat, ...], frozenset[str]]:
    if ("trace" in left) == ("point" in left):
        raise _invalid(name, "either a trace or a point is needed")
    place = left.pop("trace", None) or left.pop("point")
    if not place.get("source") or place.get("confidence") not in CONFIDENCES:
        raise _invalid(f"{name}.place", "a source and a confidence are needed")
    if "points" in place:
        return place, tuple((float(lon), float(lat)) for lon, lat in place["points"]), _TRACE_FIGURES
    return place, ((float(place["lon"]), float(place["lat"])),), _POINT_FIGURES


def _figure(field: str, entry: dict[str, Any], reasons: Mapping[str, Any]) -> Figure:
    value, low, high = (float(entry[key]) for key in ("value", "low", "high"))
    if not low <= value <= high:
        raise _invalid(field, f"{value:g} is not between {low:g} and {high:g}")
    if entry.get("assumed"):
        if entry.get("why") not in reasons:
            raise _invalid(field, "an assumption needs a reason")
        return Figure(value, low, high, "assumption", "C", reasons[entry["why"]])
    if not entry.get("source") or entry.get("confidence") not in CONFIDENCES:
        raise _invalid(field, "a source and a confidence are needed")
    return Figure(value, low, high, entry["source"], entry["confidence"])


def _invalid(field: str, reason: str) -> BadSeismicInput:
    # The table is the project's own or an operator's: these sentences stay English.
    return BadSeismicInput(field, reason)
