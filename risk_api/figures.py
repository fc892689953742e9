"""Every figure behind an answer that is not known exactly: named, ranged, with its reason, in one list.

The region's assumptions come first, then what is uncertain about the dams on the flow's way, then the
scenario's own figures. Each says whether a run of the answer depends on it, by the runs' own inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.failing_figures import Assumed, clogging_figures, fill_figures, law_figures
from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.named_dams import drawn_names
from risk_api.runs.changes import SHARP_EDGE, SHARP_EDGE_RANGE
from risk_api.runs.shaken import shaking_of_strategy
from risk_api.runs.states import ON, THEN, state_in

if TYPE_CHECKING:
    from geodata import DamSite, DamState, Ranged, Region, Scenario

Names = Mapping[Language, str]
#: A plain text (English), or one in each language.
Text = str | Mapping[str, str]

#: Assumptions that shape the ground when a region is built: they reach a run through the region's version.
_OF_THE_GROUND: Final = frozenset({"valley_floor_width_m", "valley_side_angle_deg", "fan_channel_depth_m"})
_OF_THE_DEBRIS: Final = frozenset({"voellmy_mu", "voellmy_xi"})
_OF_THE_EROSION: Final = frozenset(
    {
        "bed_solids_fraction",
        "bed_saturation",
        "erodible_volume_m3_per_m",
        "erosion_slope_min",
        "erosion_critical_shear_pa",
        "erosion_rate_m_s",
    }
)
_CAP: Final = "solids_packing_fraction"
_OF_EVERY_RUN: Final = frozenset({"manning_n", "hydrograph_rise_share"})
_OF_THE_OPENINGS: Final = frozenset({"passed_solids_fraction", _CAP})
_OF_THE_CLOGGING: Final = frozenset({"clogging_largest_share", "clogging_solids_m3_per_m2"})
_SCENARIO_FIGURES: Final = ("water_m3", "mudflow_m3", "peak_discharge_m3_s", "solids_fraction")


@dataclass(frozen=True)
class Figure:
    """One uncertain figure.

    Attributes
    ----------
    id : str
        An assumption's id, ``dam.<dam>.<figure>`` or ``scenario.<scenario>.<figure>``.
    title : mapping
        Its name in Kazakh, Russian and English.
    value, low, high : float
        What is computed with and the range in which it is believed to lie, in `unit`.
    confidence : str
        As in the region: A to D, R, or assumption.
    why, source : str
        The reasoning, and where it comes from.
    used : bool
        Whether a run of the answer depends on it.
    restates : str or None
        Id of the dam figure that an assumption of the region names a second time.
    """

    id: str
    title: Names
    value: float
    low: float
    high: float
    unit: str
    confidence: str
    why: Text
    source: str
    used: bool
    restates: str | None = None


def figures(region: Region, scenario: Scenario, by_strategy: Mapping[str, Mapping[str, Any]]) -> list[Figure]:
    """Return every uncertain figure behind some runs of a scenario.

    Parameters
    ----------
    region : Region
    scenario : Scenario
    by_strategy : mapping
        The ``inputs`` of each strategy's run (``run.json``).
    """
    inputs = list(by_strategy.values())
    on_the_way = {dam: region.dam_sites[dam] for run in inputs for dam in run["dams"]}
    shaken = [name for name in by_strategy if shaking_of_strategy(name)[1] is not None]
    of_dams = [
        figure
        for site in on_the_way.values()
        for figure in _dam_figures(
            region, site, inputs, [state_in(region, scenario, name, site.id) for name in shaken]
        )
    ]
    by_assumption = {_assumption_id(figure.id): figure for figure in of_dams}
    found = []
    for key, given in region.assumptions.items():
        same = by_assumption.get(key)
        used = same.used if same is not None else _uses_assumption(key, by_strategy)
        found.append(
            Figure(
                key,
                {code: given.title[code] for code in LANGUAGES},
                given.value,
                given.low,
                given.high,
                given.unit,
                "assumption",
                given.why,
                given.source,
                used,
                same.id if same is not None else None,
            )
        )
    asked = [*_own_dam_figures(inputs), *_changed_dam_figures(region, inputs)]
    replaced = {one.id for one in asked}
    kept = [one for one in of_dams if one.id not in replaced]
    return [*found, *kept, *asked, *_scenario_figures(scenario, inputs)]


def _standing(dam: str, inputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the states of a dam in the runs where something of it stands."""
    states = [run["dams"][dam] for run in inputs if dam in run["dams"]]
    return [state for state in states if state["kind"] != "absent"]


def _uses_assumption(key: str, by_strategy: Mapping[str, Mapping[str, Any]]) -> bool:
    inputs = list(by_strategy.values())
    before = {name: shaking_of_strategy(name)[0] for name in by_strategy}
    dated = [run for name, run in by_strategy.items() if before[name] == THEN or before[name].startswith(ON)]
    if key in _OF_THE_DEBRIS:
        return any(run["scenario"]["material"] == "debris" for run in inputs)
    eroding = any("entrainment" in run for run in inputs)
    if key in _OF_THE_EROSION:
        return eroding
    if key in _OF_THE_OPENINGS:
        passed = any(_standing(dam, inputs) for run in inputs for dam in run["dams"])
        passed = passed or any(run.get("own_dams") for run in inputs)
        return passed or (eroding and key == _CAP)
    if key in _OF_THE_CLOGGING:
        return any(key in run["passing"] for run in inputs)
    for dam in {dam for run in inputs for dam in run["dams"]}:
        if key.startswith(_assumption_id(f"dam.{dam}.")):
            # A year only says which state a dam was in on a day; anything else is about a dam that stands.
            return (
                any(dam in run["dams"] for run in dated)
                if key.endswith("_year")
                else (bool(_standing(dam, inputs)))
            )
    return key in _OF_EVERY_RUN or key in _OF_THE_GROUND


def _assumption_id(figure_id: str) -> str:
    """Return the id under which a region's assumptions name a dam's figure: aksai_height_m."""
    _, dam, name = figure_id.split(".")
    return f"{dam.replace('-', '_')}_{name}"


def _dam_figures(
    region: Region, site: DamSite, inputs: Sequence[Mapping[str, Any]], shaken: Sequence[DamState]
) -> Iterator[Figure]:
    standing = _standing(site.id, inputs)
    ranged = [*_opening_figures(site, standing)]
    if site.height_m.low < site.height_m.high:
        # A published elevation of the crest stands above the height.
        height_counts = bool(standing) and site.crest_elevation_m is None
        ranged.append(_Ranged("height_m", site.height_m, "", height_counts))
    if site.capacity_m3.low < site.capacity_m3.high:
        # The place of the dam is where the valley gives this volume.
        ranged.append(_Ranged("capacity_m3", site.capacity_m3, "", bool(standing)))
    ranged += _state_figures([*site.states, *shaken], standing)
    if site.fill is not None:
        breaches = any("breach" in state for state in standing)
        ranged += [
            _Ranged(f"fill_{name}", value, site.fill.why, breaches)
            for name, value in site.fill.figures().items()
        ]
        if breaches:
            told = next(state["breach"] for state in standing if "breach" in state)
            yield from _assumed_figures(site.id, site.names, law_figures(told))
    for one in ranged:
        figure_id = f"dam.{site.id}.{one.name}"
        assumed = region.assumptions.get(_assumption_id(figure_id))
        title: Names = {
            code: translate(code, f"figure.dam.{one.key or one.name}", dam=site.names[code])
            + (f", {one.tier[code]}" if one.tier else "")
            for code in LANGUAGES
        }
        yield _figure(figure_id, title, one.value, one.why or (assumed.why if assumed else ""), one.used)


@dataclass(frozen=True)
class _Ranged:
    """One ranged figure of a dam; `key` names its title where the name has a tier's number in it."""

    name: str
    value: Ranged
    why: Text
    used: bool
    key: str = ""
    tier: Mapping[str, str] | None = None


def _opening_figures(site: DamSite, standing: Sequence[Mapping[str, Any]]) -> Iterator[_Ranged]:
    """Area and place of every tier; the coefficient once where all have the same."""
    opened = any(
        (state.get("opening") or state.get("openings")) and not is_closed(state) for state in standing
    )
    several = len(site.openings) > 1
    coefficients = {(one.discharge_coefficient.low, one.discharge_coefficient.high) for one in site.openings}
    for number, tier in enumerate(site.openings, start=1):
        named = tier.names if several else None

        def name(figure: str, number: int = number) -> str:
            return f"opening_{number}_{figure.removeprefix('opening_')}" if several else figure

        yield _Ranged(name("opening_area_m2"), tier.area_m2, tier.why, opened, "opening_area_m2", named)
        if tier.sill_above_bed_m.low < tier.sill_above_bed_m.high:
            key = "opening_sill_above_bed_m"
            yield _Ranged(name(key), tier.sill_above_bed_m, tier.why, opened, key, named)
        if number == 1 or len(coefficients) > 1:
            own = len(coefficients) > 1
            key = "discharge_coefficient"
            yield _Ranged(
                name(key) if own else key, tier.discharge_coefficient, "", opened, key, named if own else None
            )


def is_closed(state: Mapping[str, Any]) -> bool:
    """Whether nothing passes the openings of a dam in a state of a run's inputs."""
    return bool(state.get("outlet_blocked")) or (
        state.get("blocked_share", 1.0 if state["kind"] == "clogged" else 0.0) >= 1.0
    )


#: What a state is told by, and under which name a run's inputs hold it.
_STATE_FIGURES: Final = {
    "built_share": "built_share",
    "blocked_share": "blocked_share",
    "volume_m3": "silted_m3",
    "settlement_m": "settlement_m",
    "weir_settlement_m": "weir_settlement_m",
    "bottom_share": "bottom_share",
    "bottom_width_m": "bottom_width_m",
}


def _state_figures(states: Sequence[DamState], standing: Sequence[Mapping[str, Any]]) -> Iterator[_Ranged]:
    """Ranged figures of a dam's states: the one that a run has, else the latest."""
    for name, held_as in _STATE_FIGURES.items():
        known = [value for state in states if (value := getattr(state, name)) is not None]
        if not known:
            continue
        in_runs = {state[held_as] for state in standing if held_as in state}
        value = next((one for one in reversed(known) if one.value in in_runs), known[-1])
        if value.low < value.high:
            yield _Ranged(name, value, "", value.value in in_runs)


def _own_dam_figures(inputs: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    """Yield what is assumed of drawn dams: the coefficient of their openings, unless one was given."""
    own = {key: dam for run in inputs for key, dam in run.get("own_dams", {}).items()}
    for key, dam in own.items():
        openings, named = dam["state"]["openings"], drawn_names(key)
        if any(opening["discharge_coefficient"] == SHARP_EDGE for opening in openings):
            yield Figure(
                f"dam.{key}.discharge_coefficient",
                {
                    code: translate(code, "figure.dam.discharge_coefficient", dam=named[code])
                    for code in LANGUAGES
                },
                SHARP_EDGE,
                *SHARP_EDGE_RANGE,
                "1",
                "assumption",
                {code: translate(code, "figure.own_dam.discharge_coefficient") for code in LANGUAGES},
                "sharp-edged orifice",
                not is_closed(dam["state"]),
            )
        yield from _assumed_figures(key, named, _failing(dam["state"]))


def _changed_dam_figures(region: Region, inputs: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    """Yield what is assumed of how dams of the region fail and clog where somebody asked for it."""
    changes = {key: change for run in inputs for key, change in run.get("changes", {}).items()}
    for key, change in changes.items():
        yield from _assumed_figures(key, region.dam_sites[key].names, _failing(change))


def _failing(state: Mapping[str, Any]) -> Iterator[Assumed]:
    """Yield what is assumed of a fill and of clogging that a question names."""
    breach = state.get("breach")
    if breach is not None and "soil" in breach:
        yield from fill_figures(breach)
        yield from law_figures(breach)
    yield from clogging_figures(state)


def _assumed_figures(key: str, named: Mapping[str, str], found: Iterable[Assumed]) -> Iterator[Figure]:
    for one in found:
        yield Figure(
            f"dam.{key}.{one.name}",
            one.titles(named),
            one.value,
            one.low,
            one.high,
            one.unit,
            "assumption",
            one.reasons(),
            one.source,
            True,
        )


def _scenario_figures(scenario: Scenario, inputs: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    for name in _SCENARIO_FIGURES:
        value: Ranged = getattr(scenario, name)
        # A run starts from the mudflow, or from the water that takes its solids on the way.
        used = any(name in run["scenario"] for run in inputs)
        title: Names = {code: translate(code, f"figure.scenario.{name}") for code in LANGUAGES}
        yield _figure(f"scenario.{scenario.id}.{name}", title, value, "", used)


def _figure(key: str, title: Names, value: Ranged, why: Text, used: bool) -> Figure:
    return Figure(
        key,
        title,
        value.value,
        value.low,
        value.high,
        value.unit,
        value.confidence,
        why or value.source,
        value.source,
        used,
    )
