"""Dams: structures with dated states, never true or false."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.values import Names, Ranged

STATE_KINDS = ("absent", "unfinished", "in service", "clogged", "silted", "damaged", "breached")
PASSES = ("fluid", "water")


@dataclass(frozen=True)
class DamState:
    """What a dam was from a date on.

    Parameters
    ----------
    kind : str
        One of `STATE_KINDS`.
    since : date or None
        First day of the state; None for one that has no beginning here (absent, before anything was built).
    built_share : Ranged or None
        Share of the full height that stands, for an unfinished dam.
    capacity_m3 : float or None
        Storage in this state where it differed from the dam's own [m3].
    source, confidence, note : str
    since_earliest, since_latest : date or None
        Band of `since` where its year is assumed.
    """

    kind: str
    since: date | None
    built_share: Ranged | None
    capacity_m3: float | None
    source: str
    confidence: str
    note: str = ""
    since_earliest: date | None = None
    since_latest: date | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "DamState":
        """From one entry of a dam's `states`.

        Raises
        ------
        ValueError
            If the kind is unknown.
        """
        kind = str(data["kind"])
        if kind not in STATE_KINDS:
            raise ValueError(f"state {kind!r} is not one of {', '.join(STATE_KINDS)}")
        since, earliest, latest = (data.get(key) for key in ("since", "since_earliest", "since_latest"))
        share = data.get("built_share")
        capacity = data.get("capacity_m3")
        return cls(
            kind=kind,
            since=date.fromisoformat(str(since)) if since else None,
            built_share=Ranged.of(share) if share else None,
            capacity_m3=float(capacity) if capacity is not None else None,
            source=str(data.get("source", "")),
            confidence=str(data.get("confidence", "")),
            note=str(data.get("note", "")),
            since_earliest=date.fromisoformat(str(earliest)) if earliest else None,
            since_latest=date.fromisoformat(str(latest)) if latest else None,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "kind": self.kind,
            "since": self.since.isoformat() if self.since else None,
            "since_earliest": self.since_earliest.isoformat() if self.since_earliest else None,
            "since_latest": self.since_latest.isoformat() if self.since_latest else None,
            "built_share": self.built_share.as_dict() if self.built_share else None,
            "capacity_m3": self.capacity_m3,
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note,
        }


@dataclass(frozen=True)
class Opening:
    """The way through a dam that stays open: sluice, tunnel or rows of open cells.

    Discharge is that of an orifice, ``Cd * area * sqrt(2 g head)``. Sizes are published for none of the dams,
    so area and coefficient are ranged assumptions.

    Parameters
    ----------
    area_m2, discharge_coefficient : Ranged
    passes : {"fluid", "water"}
        Fluid: water with its fines, boulders stay. Water: clear water only.
    why : str
        The reasoning behind the size.
    """

    area_m2: Ranged
    discharge_coefficient: Ranged
    passes: str
    why: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Opening":
        """From a dam's `opening`."""
        passes = str(data["passes"])
        if passes not in PASSES:
            raise ValueError(f"an opening passes {' or '.join(PASSES)}, not {passes!r}")
        return cls(
            Ranged.of(data["area_m2"]),
            Ranged.of(data["discharge_coefficient"]),
            passes,
            str(data.get("why", "")),
        )


@dataclass(frozen=True)
class Weir:
    """A low part of the crest that spills first: its width and how far it lies below the wings [m]."""

    width_m: float
    below_crest_m: float


@dataclass(frozen=True)
class DamSite:
    """A dam as its figures describe it, before it is put on a grid.

    `states` are sorted by date. `axis_lonlat` is where the region puts it (empty: across the valley at lon,
    lat); `crest_elevation_m` None means river bed plus height. `basin_m` is the stretch of the river, in
    metres of chainage, where the terrain itself holds dam and bowl.
    """

    id: str
    names: Names
    river: str
    district: str
    lon: float
    lat: float
    position_error_m: float
    height_m: Ranged
    crest_length_m: float | None
    capacity_m3: Ranged
    crest_elevation_m: float | None
    kind: str
    states: tuple[DamState, ...]
    opening: Opening
    weir: Weir | None
    in_terrain: bool
    figures: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    note: str
    chainage_m: float | None = None
    axis_lonlat: tuple[tuple[float, float], ...] = ()
    basin_m: tuple[float, float] | None = None
    fit: Mapping[str, Any] | None = None

    @property
    def spill_below_crest_m(self) -> float:
        """How far the lowest point of the crest lies below the wings [m]; 0 without a weir.

        A published capacity is taken to be the volume up to there: above it the dam spills.
        """
        return self.weir.below_crest_m if self.weir is not None else 0.0

    def state_on(self, day: date) -> DamState:
        """State on a day; absent before the first dated one."""
        current = DamState("absent", None, None, None, "", "", "before the first known state")
        for state in self.states:
            if state.since is None or state.since <= day:
                current = state
        return current

    def state_of(self, kind: str) -> DamState:
        """Latest known state of that kind; a plain one where the dam never had it."""
        for state in reversed(self.states):
            if state.kind == kind:
                return state
        if kind not in STATE_KINDS:
            raise ValueError(f"state {kind!r} is not one of {', '.join(STATE_KINDS)}")
        return DamState(kind, None, None, None, "", "", "asked for, never recorded")

    @classmethod
    def of(cls, data: Mapping[str, Any], lon: float, lat: float) -> "DamSite":
        """From the properties of a dams feature.

        Raises
        ------
        KeyError, ValueError, TypeError
            If a field is missing or not allowed; the caller says which layer and file it came from.
        """
        states = [DamState.of(state) for state in data.get("states") or ()]
        states.sort(key=lambda state: (state.since is not None, state.since or date.min))
        weir = data.get("weir")
        basin = data.get("basin_m")
        crest = data.get("crest_elevation_m")
        length = data.get("crest_length_m")
        chainage = data.get("chainage_m")
        return cls(
            id=str(data["id"]),
            names={code: str(data[f"name_{code}"]) for code in ("kk", "ru", "en")},
            river=str(data["river"]),
            district=str(data.get("district") or ""),
            lon=lon,
            lat=lat,
            position_error_m=float(data.get("position_error_m") or 0.0),
            height_m=Ranged.of(data["height_m"]),
            crest_length_m=float(length) if length is not None else None,
            capacity_m3=Ranged.of(data["capacity_m3"]),
            crest_elevation_m=float(crest) if crest is not None else None,
            kind=str(data.get("kind") or ""),
            states=tuple(states),
            opening=Opening.of(data["opening"]),
            weir=Weir(float(weir["width_m"]), float(weir["below_crest_m"])) if weir else None,
            in_terrain=bool(data.get("in_terrain", False)),
            figures=tuple(data.get("figures") or ()),
            sources=tuple(data.get("sources") or ()),
            note=str(data.get("note") or ""),
            chainage_m=float(chainage) if chainage is not None else None,
            axis_lonlat=tuple((float(p[0]), float(p[1])) for p in data.get("axis_lonlat") or ()),
            basin_m=(float(basin[0]), float(basin[1])) if basin else None,
            fit=data.get("fit"),
        )


@dataclass(frozen=True)
class Strategy:
    """A named set of dam states; a dam that is not named is absent."""

    id: str
    names: Names
    description: Names
    states: Mapping[str, str]

    @classmethod
    def of(cls, id: str, data: Mapping[str, Any], dams: Mapping[str, DamSite]) -> "Strategy":
        """From an entry of a strategies file.

        Raises
        ------
        ValueError
            If it names an unknown dam or state.
        """
        states = {str(dam): str(kind) for dam, kind in dict(data.get("states", {})).items()}
        for dam, kind in states.items():
            if dam not in dams:
                raise ValueError(f"dam {dam!r} is not one of {', '.join(dams) or 'none'}")
            if kind not in STATE_KINDS:
                raise ValueError(f"state {kind!r} of dam {dam!r} is not one of {', '.join(STATE_KINDS)}")
        return cls(id, dict(data["names"]), dict(data["description"]), states)
