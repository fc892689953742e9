"""What a run changes on request: a dam of the region made other than it is, or a dam that somebody drew."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from risk_api.errors import BadParameter, FieldError
from risk_api.runs.failing import GivenBreach, GivenClogging
from risk_api.runs.governed import GivenGate, GivenSiphon
from risk_api.runs.heights import HIGHEST_DAM_M
from risk_api.runs.own_states import FIGURES, check_figures, plain_figures

"""Height above the river bed; the highest dam in the world, Rogun, is planned for 335 m."""

SHARP_EDGE: Final = 0.6
"""Discharge coefficient of an orifice where none is given."""

SHARP_EDGE_RANGE: Final = (0.5, 0.7)
"""For edges of any kind: the range that the region's own openings have."""

MOST_OWN_DAMS: Final = 4
MOST_OPENINGS: Final = 8
_SIZES: Final = {
    "crest_elevation_m": (-500.0, 9000.0),
    "height_m": (0.0, HIGHEST_DAM_M),
    "capacity_m3": (0.0, 1e9),
}
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True)
class GivenOpening:
    """A passage through a dam.

    Attributes
    ----------
    area_m2 : float
        Free area, above 0 up to 1000 m2.
    discharge_coefficient : float
        Of the orifice, above 0 up to 1; 0.6 is a sharp edge.
    passes : {"fluid", "water"}
        Fluid: water with its fines, boulders stay. Water: clear water only.
    sill_above_bed_m : float
        Bottom of the passage above the river bed at the dam, m, 0 or more.
    clogging : GivenClogging or None
        What blocks it; None: it stays clear.
    gate : GivenGate or None
        How far it is open; None: it stays open.
    siphon : GivenSiphon or None
        Makes it a siphon, and `sill_above_bed_m` the bottom of its outlet below the dam; None: an orifice.
    """

    area_m2: float
    discharge_coefficient: float = SHARP_EDGE
    passes: str = "fluid"
    sill_above_bed_m: float = 0.0
    clogging: GivenClogging | None = None
    gate: GivenGate | None = None
    siphon: GivenSiphon | None = None

    def __post_init__(self) -> None:
        _refuse_unless(0.0 < self.area_m2 <= 1000.0, "area_m2", "above 0, up to 1000")
        _refuse_unless(0.0 < self.discharge_coefficient <= 1.0, "discharge_coefficient", "above 0, up to 1")
        _refuse_unless(self.passes in ("fluid", "water"), "passes", "fluid or water")
        _refuse_unless(
            0.0 <= self.sill_above_bed_m < HIGHEST_DAM_M, "sill_above_bed_m", f"0 to {HIGHEST_DAM_M:g}"
        )
        if self.siphon is not None:
            self.siphon.check_outlet(self.sill_above_bed_m)

    def plain(self) -> dict[str, Any]:
        """As a spec holds it; a sill on the bed is not named, nor what never clogs, moves or primes."""
        more: dict[str, Any] = {"sill_above_bed_m": self.sill_above_bed_m} if self.sill_above_bed_m else {}
        for name in ("clogging", "gate", "siphon"):
            part = getattr(self, name)
            if part is not None:
                more[name] = part.plain()
        return {
            "area_m2": self.area_m2,
            "discharge_coefficient": self.discharge_coefficient,
            "passes": self.passes,
            **more,
        }


@dataclass(frozen=True)
class GivenWeir:
    """A low part of the crest, nearest to the river, that spills first: width and drop below the crest, m."""

    width_m: float
    below_crest_m: float

    def __post_init__(self) -> None:
        _refuse_unless(0.0 < self.width_m <= 2000.0, "width_m", "above 0, up to 2000")
        _refuse_unless(0.0 < self.below_crest_m < HIGHEST_DAM_M, "below_crest_m", "above 0, below the height")

    def plain(self) -> dict[str, Any]:
        """As a spec holds it."""
        return {"width_m": self.width_m, "below_crest_m": self.below_crest_m}


@dataclass(frozen=True)
class DamChange:
    """What is other about a dam of the region in one run; what is None stays as the strategy has it.

    Attributes
    ----------
    crest_elevation_m, height_m, capacity_m3 : float
        At most one of them: elevation of the crest (of the wings, where there is a weir); height above the
        river bed, 250 m at most; or the volume up to where the dam spills, from which the crest follows on
        the run's own cells.
    state : str
        Kind of a state; its figures are those of the dam's latest state of that kind.
    openings : sequence of GivenOpening
        All openings of the dam, in place of its own; an empty one closes them.
    weir : GivenWeir
        In place of its own.
    breach : GivenBreach
        How it may fail, in place of what the region says.

    Raises
    ------
    BadParameter
        `field` names the figure that cannot be.
    """

    crest_elevation_m: float | None = None
    height_m: float | None = None
    capacity_m3: float | None = None
    state: str | None = None
    openings: Sequence[GivenOpening] | None = None
    weir: GivenWeir | None = None
    breach: GivenBreach | None = None

    def __post_init__(self) -> None:
        sizes = {"crest_elevation_m": self.crest_elevation_m, "height_m": self.height_m}
        _check_sizes({**sizes, "capacity_m3": self.capacity_m3}, needed=False)
        _check_openings(self.openings or ())

    @property
    def changes_size(self) -> bool:
        """Whether it asks for another crest."""
        return (self.crest_elevation_m, self.height_m, self.capacity_m3) != (None, None, None)


@dataclass(frozen=True)
class OwnDam:
    """A dam that somebody drew.

    Attributes
    ----------
    id : str
        Small letters, digits and hyphens, 32 at most; not the id of a dam of the region.
    axis_lonlat : sequence of (lon, lat)
        The wall as it runs from one valley side to the other, CRS84 degrees, two points or more.
    crest_elevation_m, height_m : float
        One of them: elevation of the crest, or its height above the river bed where the axis crosses it,
        above 0 up to 250 m.
    openings : sequence of GivenOpening
        None unless given: a closed wall.
    weir : GivenWeir or None
        None: the crest is level.
    state : str
        in service, unfinished, clogged, silted, damaged or breached.
    built_share, blocked_share, volume_m3, settlement_m, bottom_share, bottom_width_m : float
        What is told of that state (`own_states`), and of no other.
    breach : GivenBreach or None
        How it may fail; None: it stands whatever comes.

    Raises
    ------
    BadParameter
        `field` names the figure that cannot be.
    """

    id: str
    axis_lonlat: Sequence[tuple[float, float]]
    crest_elevation_m: float | None = None
    height_m: float | None = None
    openings: Sequence[GivenOpening] = ()
    weir: GivenWeir | None = None
    state: str = "in service"
    built_share: float | None = None
    blocked_share: float | None = None
    volume_m3: float | None = None
    settlement_m: float | None = None
    bottom_share: float | None = None
    bottom_width_m: float | None = None
    breach: GivenBreach | None = None

    def __post_init__(self) -> None:
        _refuse_unless(
            _ID.fullmatch(self.id) is not None, "id", "small letters, digits and hyphens, 1 to 32 of them"
        )
        points = [tuple(point) for point in self.axis_lonlat]
        on_globe = all(
            len(point) == 2 and -180.0 <= point[0] <= 180.0 and -90.0 <= point[1] <= 90.0 for point in points
        )
        _refuse_unless(2 <= len(points) <= 50 and on_globe, "axis", "2 to 50 points lon, lat in degrees")
        _check_sizes({"crest_elevation_m": self.crest_elevation_m, "height_m": self.height_m}, needed=True)
        _check_openings(self.openings)
        check_figures(self.state, self.figures)
        if self.breach is not None and self.state == "breached":
            raise BadParameter(
                "breach", "a dam that is breached cannot breach again", reason_key="what_if.breached_already"
            )

    @property
    def figures(self) -> dict[str, float]:
        """What is told of its state."""
        return {name: value for name in FIGURES if (value := getattr(self, name)) is not None}

    @property
    def rounded_axis(self) -> tuple[tuple[float, float], ...]:
        """The axis to a tenth of a metre, so that one drawing is one run."""
        return tuple((round(float(lon), 6), round(float(lat), 6)) for lon, lat in self.axis_lonlat)

    def plain_state(self) -> dict[str, Any]:
        """Its state as a spec holds it."""
        described: dict[str, Any] = {"kind": self.state, **plain_figures(self.figures)}
        described["openings"] = [opening.plain() for opening in self.openings]
        if self.weir is not None:
            described["weir"] = self.weir.plain()
        if self.breach is not None:
            described["breach"] = self.breach.plain()
        return described


def changed_state(state: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A dam's state in a spec with what the spec's `changes` say about that dam."""
    changed = dict(change.get("state", state))
    if "crest_elevation_m" in change or "capacity_m3" in change:
        # A capacity of the state's own would set the crest once more.
        changed.pop("capacity_m3", None)
    if "openings" in change:
        changed.pop("opening", None)
        changed["openings"] = change["openings"]
    for part in ("weir", "breach"):
        if part in change:
            changed[part] = change[part]
    return changed


def weir_below_crest_m(state: Mapping[str, Any]) -> float | None:
    """How far the weir of a state lies below its crest, m; None without one.

    Below 0 where the crest beside it has sunk further than the weir ever lay below it.
    """
    weir = state.get("weir")
    if weir is None:
        return None
    sunk = state.get("settlement_m", 0.0)
    return float(weir["below_crest_m"] + state.get("weir_settlement_m", sunk) - sunk)


def _check_sizes(sizes: Mapping[str, float | None], *, needed: bool) -> None:
    given = {name: value for name, value in sizes.items() if value is not None}
    names = ", ".join(sizes)
    if len(given) > 1:
        reason = f"only one of {names} can be given"
        error = BadParameter(next(iter(given)), reason, reason_key="dam.only_one", names=names)
        error.fields = tuple(FieldError(name, reason) for name in given)
        raise error
    if needed and not given:
        raise BadParameter(
            next(iter(sizes)), f"one of {names} is needed", reason_key="dam.one_needed", names=names
        )
    for name, value in given.items():
        low, high = _SIZES[name]
        if not (math.isfinite(value) and low < value <= high):
            reason = f"more than {low:g} and at most {high:g} is needed"
            raise BadParameter(name, reason, reason_key="dam.between", low=f"{low:g}", high=f"{high:g}")


def _check_openings(openings: Sequence[GivenOpening]) -> None:
    _refuse_unless(len(openings) <= MOST_OPENINGS, "openings", f"{MOST_OPENINGS} at most")


def _refuse_unless(ok: bool, field: str, allowed: str) -> None:
    if not ok:
        raise BadParameter(field, f"allowed: {allowed}", reason_key="allowed", allowed_names=allowed)
