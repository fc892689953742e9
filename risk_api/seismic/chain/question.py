"""What the chain is asked: which earthquake, which month, which dams, whose probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from risk_api.benefit.tally import MEASURES, measure_refused
from risk_api.errors import BadParameter, UnknownScenario, UnknownScheme
from risk_api.exposure.schemes import SCHEMES
from risk_api.runs.quality import FINAL, Quality
from risk_api.runs.shaken import LEVELS
from risk_api.runs.spec import check_strategy
from risk_api.seismic.chain.links import DAM_SHAKING, LINKS, SWITCHES, Asked
from risk_api.seismic.errors import beyond
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.scenarios import seismic_scenario

if TYPE_CHECKING:
    from geodata import Region

LAKE: Final = "lake outburst"
DEFAULT_EARTHQUAKE: Final = "verny-1887"
DEFAULT_MONTH: Final = 7
DEFAULT_STRATEGIES: Final = ("no-dams", "ayusai", "both")
LAKE_STATES: Final[dict[str, float | None]] = {"unknown": None, "lowered": 0.1, "normal": 1.0, "high": 3.0}

Pairs = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ChainQuestion:
    """A question with its defaults filled in and every name and number checked.

    Attributes
    ----------
    earthquake : str or None
        A seismic scenario as it stands; None for a rupture of the caller's own.
    rupture : Rupture
    month : int
        1 to 12.
    strategies : tuple of str
        Sets of dam states; the first is the reference that benefits are counted against.
    mudflows : tuple of str
        Lake outbursts of the region, one a river.
    links : tuple of pairs
        Probabilities set for all mudflows.
    own_links : tuple of (mudflow, pairs)
        Probabilities set for one.
    off : frozenset of str
        Links switched off.
    lake_state : str
        unknown, lowered, normal or high.
    levels : tuple of str
        Ends of the harm to dams: low, mid, high; each is a set of runs.
    measure : {"affected", "exposed"}
    scheme : str
    cell_size_m : float or None
    quality : Quality
    """

    earthquake: str | None
    rupture: Rupture
    month: int
    strategies: tuple[str, ...]
    mudflows: tuple[str, ...]
    links: Pairs = ()
    own_links: tuple[tuple[str, Pairs], ...] = ()
    off: frozenset[str] = frozenset()
    lake_state: str = "unknown"
    levels: tuple[str, ...] = ("mid",)
    measure: str = "affected"
    scheme: str = "buwal"
    cell_size_m: float | None = None
    quality: Quality = FINAL

    @property
    def shakes_dams(self) -> bool:
        """Whether dams suffer from the earthquake."""
        return DAM_SHAKING not in self.off

    def asked(self, mudflow: str) -> Asked:
        """What is set and switched off for one mudflow."""
        own = dict(dict(self.own_links).get(mudflow, ()))
        return Asked({**dict(self.links), **own}, self.off, LAKE_STATES[self.lake_state])


def chain_question(
    region: Region,
    earthquake: str | None = None,
    month: float = DEFAULT_MONTH,
    strategies: Sequence[str] = (),
    mudflows: Sequence[str] = (),
    *,
    links: Mapping[str, float] | None = None,
    own_links: Mapping[str, Mapping[str, float]] | None = None,
    off: Iterable[str] = (),
    lake_state: str | None = None,
    levels: Sequence[str] = (),
    measure: str | None = None,
    scheme: str | None = None,
    cell_size_m: float | None = None,
    quality: Quality = FINAL,
    rupture: Rupture | None = None,
) -> ChainQuestion:
    """Return the question, checked.

    Parameters
    ----------
    earthquake : str, optional
        A seismic scenario.
    rupture : Rupture, optional
        A rupture of the caller's own in place of a scenario.

    Raises
    ------
    UnknownScenario, UnknownStrategy, UnknownScheme, BadParameter
        By the name of the field, with what is allowed.
    """
    named = None
    if rupture is None:
        scenario = seismic_scenario(earthquake or DEFAULT_EARTHQUAKE)
        named, rupture = scenario.id, scenario.rupture()
    if month not in range(1, 13):
        raise beyond("month", month, 1, 12)
    sources = tuple(mudflows) or largest_outbursts(region)
    known = [name for name, one in region.scenarios.items() if one.trigger == LAKE]
    for name in sources:
        if name not in known:
            error = UnknownScenario(name, known)
            raise BadParameter(
                "mudflows", str(error), known, reason_key="allowed", allowed_names=", ".join(known)
            )
    _refuse_one_lake_twice(region, sources)
    chosen = tuple(strategies) or _default_strategies(region)
    for name in chosen:
        for source in sources:
            check_strategy(region, region.scenarios[source], name)
    found = ChainQuestion(
        named,
        rupture,
        int(month),
        chosen,
        sources,
        _checked_links("links", links or {}),
        tuple(
            (name, _checked_links(f"own_links.{_source(name, sources)}", given))
            for name, given in sorted((own_links or {}).items())
        ),
        frozenset(_one_of("off", name, SWITCHES) for name in off),
        _one_of("lake_state", lake_state or "unknown", LAKE_STATES),
        tuple(_one_of("levels", name, LEVELS) for name in levels) or ("mid",),
        measure or "affected",
        scheme or "buwal",
        cell_size_m,
        quality,
    )
    if found.measure not in MEASURES:
        raise measure_refused()
    if found.scheme not in SCHEMES:
        raise UnknownScheme(found.scheme, SCHEMES)
    return found


def largest_outbursts(region: Region) -> tuple[str, ...]:
    """The largest lake outburst of every river that has one, in the region's order of rivers.

    Two scenarios of one river are one lake told twice, or two lakes above the same people.
    """
    largest: dict[str, str] = {}
    for name, scenario in region.scenarios.items():
        if scenario.trigger != LAKE or scenario.bulking != "fixed":
            continue
        known = largest.get(scenario.river)
        if known is None or scenario.mudflow_m3.value > region.scenarios[known].mudflow_m3.value:
            largest[scenario.river] = name
    return tuple(largest.values())


def _default_strategies(region: Region) -> tuple[str, ...]:
    known = tuple(name for name in DEFAULT_STRATEGIES if name in region.strategies)
    return known if len(known) > 1 else tuple(region.strategies)


def _refuse_one_lake_twice(region: Region, sources: Sequence[str]) -> None:
    told: dict[str, str] = {}
    for name in sources:
        river = region.scenarios[name].river
        if river in told:
            raise BadParameter(
                "mudflows",
                f"{told[river]} and {name} come down one river: its people would be counted twice",
                reason_key="chain.one_river",
                first=told[river],
                second=name,
            )
        told[river] = name


def _checked_links(field: str, given: Mapping[str, float]) -> Pairs:
    for name, value in given.items():
        _one_of(field, name, LINKS)
        if not 0.0 <= value <= 1.0:
            raise beyond(f"{field}.{name}", value, 0.0, 1.0)
    return tuple(sorted((name, float(value)) for name, value in given.items()))


def _source(name: str, sources: Sequence[str]) -> str:
    return _one_of("own_links", name, sources)


def _one_of(field: str, name: str, known: Iterable[str]) -> str:
    names = tuple(known)
    if name not in names:
        listed = ", ".join(names)
        raise BadParameter(field, f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed)
    return name
