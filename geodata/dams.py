"""Dams: structures with dated states, never true or false."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geodata.dam_fill import Fill
from geodata.dam_openings import Opening, Weir, openings_of
from geodata.dam_states import ABSENT_BEFORE, STATE_KINDS, DamState, states_of
from geodata.values import Names, Ranged

BODIES = ("embankment", "cellular concrete")
"""What a dam can be built of: an earthquake does other harm to each."""


@dataclass(frozen=True)
class Cost:
    """What building a dam costs, as published: not brought to other prices.

    Parameters
    ----------
    amount : float
        In `currency`, above 0.
    currency : str
        ISO 4217, for example ``"KZT"``.
    year : int
        Of the prices.
    what : str
        For example ``"estimate"``.
    source, confidence : str
    """

    amount: float
    currency: str
    year: int
    what: str
    source: str
    confidence: str

    def __post_init__(self) -> None:
        if not self.amount > 0.0:
            raise ValueError(f"amount of a cost lies above 0, not {self.amount:g}")

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Cost":
        """From one entry of a dam's `costs`."""
        return cls(
            float(data["amount"]),
            str(data["currency"]),
            int(data["year"]),
            str(data["what"]),
            str(data["source"]),
            str(data["confidence"]),
        )


@dataclass(frozen=True)
class DamSite:
    """A dam as its figures describe it, before it is put on a grid.

    `states` stand in the order of time, `openings` from the lowest up; `sections` are the parts of the body
    as published, `costs` what was published of its price, `fill` what can be carried away, `bodies` what it
    is built of, as `BODIES` names it (empty: unknown). `axis_lonlat` is where the region puts it (empty:
    across the valley at lon, lat); `crest_elevation_m` None means river bed
    plus height. `basin_m` is the stretch of the river, in metres of chainage, where the terrain itself holds
    dam and bowl.
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
    openings: tuple[Opening, ...]
    weir: Weir | None
    in_terrain: bool
    figures: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    note: str
    chainage_m: float | None = None
    axis_lonlat: tuple[tuple[float, float], ...] = ()
    basin_m: tuple[float, float] | None = None
    fit: Mapping[str, Any] | None = None
    sections: tuple[Mapping[str, Any], ...] = ()
    costs: tuple[Cost, ...] = ()
    fill: Fill | None = None
    bodies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for body in self.bodies:
            if body not in BODIES:
                raise ValueError(f"body {body!r} of dam {self.id!r} is not one of {', '.join(BODIES)}")
        for state in self.states:
            if state.can_breach and self.fill is None:
                raise ValueError(f"state {state.kind!r} can breach, but nothing is told of the dam's fill")

    @property
    def spill_below_crest_m(self) -> float:
        """How far the lowest point of the crest lies below the wings [m]; 0 without a weir.

        A published capacity is taken to be the volume up to there: above it the dam spills.
        """
        return self.weir.below_crest_m if self.weir is not None else 0.0

    def state_on(self, day: date) -> DamState:
        """State on a day; absent before the first dated one."""
        current = ABSENT_BEFORE
        for state in self.states:
            if state.since is None or state.since <= day:
                current = state
        return current

    def state_of(self, kind: str) -> DamState:
        """Latest known state of that kind; a plain one where the dam never had it.

        Raises
        ------
        ValueError
            If there is no such kind, or it needs figures that are told of no state of this dam.
        """
        for state in reversed(self.states):
            if state.kind == kind:
                return state
        try:
            return DamState.of({"kind": kind, "note": "asked for, never recorded"})
        except ValueError as error:
            raise ValueError(f"dam {self.id!r} was never known to be {kind}: {error}") from error

    @classmethod
    def of(cls, data: Mapping[str, Any], lon: float, lat: float) -> "DamSite":
        """From the properties of a dams feature.

        Raises
        ------
        KeyError, ValueError, TypeError
            If a field is missing or not allowed; the caller says which layer and file it came from.
        """
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
            states=states_of(data.get("states") or ()),
            openings=openings_of(data),
            weir=Weir(float(weir["width_m"]), float(weir["below_crest_m"])) if weir else None,
            in_terrain=bool(data.get("in_terrain", False)),
            figures=tuple(data.get("figures") or ()),
            sources=tuple(data.get("sources") or ()),
            note=str(data.get("note") or ""),
            chainage_m=float(chainage) if chainage is not None else None,
            axis_lonlat=tuple((float(p[0]), float(p[1])) for p in data.get("axis_lonlat") or ()),
            basin_m=(float(basin[0]), float(basin[1])) if basin else None,
            fit=data.get("fit"),
            sections=tuple(data.get("sections") or ()),
            costs=tuple(Cost.of(cost) for cost in data.get("costs") or ()),
            fill=Fill.of(data["fill"]) if data.get("fill") else None,
            bodies=tuple(str(body) for body in data.get("bodies") or ()),
        )


@dataclass(frozen=True)
class Strategy:
    """A named set of dam states; a dam that is not named is absent.

    `states` says the kind per dam: its figures are those of the dam's latest state of that kind, but where
    the strategy gives its own, in `own_states`.
    """

    id: str
    names: Names
    description: Names
    states: Mapping[str, str]
    own_states: Mapping[str, DamState] = field(default_factory=dict)

    def state_of(self, site: DamSite) -> DamState:
        """State of a dam in this strategy."""
        own = self.own_states.get(site.id)
        return own if own is not None else site.state_of(self.states.get(site.id, "absent"))

    @classmethod
    def of(cls, id: str, data: Mapping[str, Any], dams: Mapping[str, DamSite]) -> "Strategy":
        """From an entry of a strategies file; a state is a kind, or a table with its figures.

        Raises
        ------
        ValueError
            If it names an unknown dam or state, or one that needs figures which nobody gives.
        """
        kinds: dict[str, str] = {}
        own: dict[str, DamState] = {}
        for dam, entry in dict(data.get("states", {})).items():
            if dam not in dams:
                raise ValueError(f"dam {dam!r} is not one of {', '.join(dams) or 'none'}")
            kind = str(entry["kind"] if isinstance(entry, Mapping) else entry)
            if kind not in STATE_KINDS:
                raise ValueError(f"state {kind!r} of dam {dam!r} is not one of {', '.join(STATE_KINDS)}")
            kinds[dam] = kind
            if isinstance(entry, Mapping):
                own[dam] = DamState.of(entry)
            else:
                dams[dam].state_of(kind)
        return cls(id, dict(data["names"]), dict(data["description"]), kinds, own)
