"""What makes a run: everything its numbers depend on, and the id that is the hash of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dam_models.version import ENGINE_VERSION
from geodata.version import GROUND_VERSION
from risk_api.errors import BadParameter, UnknownScenario, UnknownStrategy
from risk_api.runs.changes import DamChange, OwnDam, changed_state
from risk_api.runs.planned_changes import planned_changes, planned_own_dams
from risk_api.runs.quality import CELL_SIZE_RANGE_M, FINAL, Quality
from risk_api.runs.shaken import Shaking, check_shaking, shaken_state, shaking_of_strategy
from risk_api.runs.states import THEN, day_of_strategy, plain_state, state_in, state_of_kind

if TYPE_CHECKING:
    from geodata import Region, Scenario

COUNTING_VERSION = "2"
"""Raised whenever the same rasters would be counted into other numbers."""

PLACING_VERSION = "11"
"""Raised whenever the same spec would put other dams, openings or releases on the grid, end otherwise, or
report more of the run."""

SHORTEST_RUN_S = 3 * 3600.0
AFTER_RELEASE_S = 8 * 3600.0
"""A run goes on this long after the release, unless everything rests before."""


@dataclass(frozen=True)
class RunSpec:
    """Inputs of one simulation, in plain values.

    Two specs are the same run if and only if their content is the same: strategies that differ only in dams
    that the flow cannot meet give one spec.
    """

    content: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "RunSpec":
        """From plain values; keys are sorted so that equal content is equal text."""
        return cls(json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False))

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """From the text of `to_json`."""
        return cls.of(json.loads(text))

    def to_json(self) -> str:
        """Canonical text, from which `from_json` gives an equal spec."""
        return self.content

    @property
    def id(self) -> str:
        """First 20 hexadecimal digits of the sha256 of the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()[:20]

    @property
    def values(self) -> dict[str, Any]:
        """The content as a fresh dictionary."""
        values: dict[str, Any] = json.loads(self.content)
        return values

    @property
    def is_preview(self) -> bool:
        """Whether it is a preview, which somebody waits for with a finger on the screen."""
        return self.values.get("order") == 1

    @property
    def scenario(self) -> str:
        """Id of the scenario."""
        return str(self.values["scenario"]["id"])


def scenario_of(region: "Region", scenario_id: str) -> "Scenario":
    """The scenario of that name, or an error that lists those there are."""
    try:
        return region.scenarios[scenario_id]
    except KeyError:
        raise UnknownScenario(scenario_id, sorted(region.scenarios)) from None


def strategy_ids(region: "Region", scenario: "Scenario") -> tuple[str, ...]:
    """Strategies that can be asked of a scenario: the region's, and `then` for a dated one."""
    return (*region.strategies, THEN) if scenario.date is not None else tuple(region.strategies)


def check_strategy(region: "Region", scenario: "Scenario", strategy_id: str) -> None:
    """Refuse a strategy that cannot be asked of a scenario.

    Raises
    ------
    UnknownStrategy, BadParameter
        The message lists what is allowed; any scenario can be asked ``on:`` a day, YYYY-MM-DD, and any of
        these ``shaken:``.
    """
    allowed = strategy_ids(region, scenario)
    before, _ = shaking_of_strategy(strategy_id)
    if before not in allowed and day_of_strategy(before) is None:
        raise UnknownStrategy(strategy_id, allowed)


def plan(
    region: "Region",
    scenario_id: str,
    strategy_id: str,
    *,
    cell_size_m: float | None = None,
    quality: Quality = FINAL,
    changes: Mapping[str, DamChange] | None = None,
    own_dams: Sequence[OwnDam] = (),
    shaking: Mapping[str, Shaking] | None = None,
) -> RunSpec:
    """The run that answers a scenario under a strategy.

    Parameters
    ----------
    region : Region
        The region served.
    scenario_id, strategy_id : str
        A scenario of the region; a strategy of the region, `then`, `on:` a day, or one of these `shaken:`.
    cell_size_m : float, optional
        Cell size, 10 to 200 m; the default of the quality otherwise.
    quality : Quality
        Order of the scheme and default cell size: the region's own for a final run.
    changes : mapping of dam id to DamChange
        Dams of the region that are other than the strategy has them. What equals the dam as it is leaves the
        run what it was.
    own_dams : sequence of OwnDam
        Dams that somebody drew, beside those of the region.
    shaking : mapping of dam id to Shaking
        How hard dams of the region were shaken before the flow comes; the others as the strategy has them.

    Raises
    ------
    UnknownScenario, UnknownStrategy, BadParameter
        The message lists what is allowed. Also for a change of a dam that the flow does not meet.
    DamRefused
        If an own dam's axis crosses no river that the flow follows, or cannot be one.
    """
    scenario = scenario_of(region, scenario_id)
    check_strategy(region, scenario, strategy_id)
    eroding = scenario.bulking == "entrainment"
    # A flow spread over a wider cell is thinner and may dig nothing at all: no coarser cells by default.
    default = FINAL if eroding else quality
    cell = default.cell_size_m(region) if cell_size_m is None else float(cell_size_m)
    smallest, largest = CELL_SIZE_RANGE_M
    if not smallest <= cell <= largest:
        raise BadParameter("cell_size_m", f"{cell:g} lies outside {smallest:g} to {largest:g} m")
    shaken = shaking or {}
    check_shaking(shaken, region.dam_sites)
    dams = {}
    for dam_id in region.dams_downstream(scenario.river, *region.to_metric(scenario.lon, scenario.lat)):
        site, state = region.dam_sites[dam_id], state_in(region, scenario, strategy_id, dam_id)
        if dam_id in shaken:
            state = shaken_state(site, state, shaken[dam_id])
        dams[dam_id] = plain_state(site, state)
    changed = planned_changes(region, dams, changes or {}, state_of_kind)
    own, order = planned_own_dams(region, scenario, list(dams), own_dams)
    # Also where a change closes what would clog: without its changes a spec is that of the plain run.
    states = [
        *dams.values(),
        *(changed_state(dams[dam_id], change) for dam_id, change in changed.items()),
    ]
    assumed = {name: assumption.value for name, assumption in region.assumptions.items()}
    return RunSpec.of(
        # Only where the flow takes its solids on the way, so that other runs stay what they were.
        ({"entrainment": _erosion(assumed)} if eroding else {})
        | ({"changes": changed} if changed else {})
        | ({"own_dams": own} if own else {})
        | {
            "engine": ENGINE_VERSION,
            "counting": COUNTING_VERSION,
            "placing": PLACING_VERSION,
            "ground": GROUND_VERSION,
            "region": {"id": region.id, "version": region.version},
            "scenario": {
                "id": scenario.id,
                "river": scenario.river,
                "lon": scenario.lon,
                "lat": scenario.lat,
                "water_m3" if eroding else "mudflow_m3": scenario.released_m3,
                "peak_discharge_m3_s": scenario.peak_discharge_m3_s.value,
                "solids_fraction": scenario.solids_fraction.value,
                "rise_share": scenario.rise_share,
                "material": scenario.material,
            },
            "friction": {
                "mu": assumed["voellmy_mu"],
                "xi_m_s2": assumed["voellmy_xi"],
                "manning_n": assumed["manning_n"],
            },
            "passing": {
                "passed_solids_fraction": assumed["passed_solids_fraction"],
                "packing_fraction": assumed["solids_packing_fraction"],
            }
            | (_clogging(assumed) if any(map(_clogs, states)) else {}),
            "dams": dams,
            # Keys are sorted in the content; the order of the flow is kept beside them.
            "dam_order": order,
            "cell_size_m": cell,
            "order": quality.order,
            "duration_s": max(SHORTEST_RUN_S, scenario.duration_s + AFTER_RELEASE_S),
        }
    )


def _clogs(state: Mapping[str, Any]) -> bool:
    """Whether something that arrives at a dam can block its openings further."""
    openings = state.get("openings", [state["opening"]] if "opening" in state else [])
    return any(opening.get("clogs") for opening in openings)


def _clogging(assumed: Mapping[str, float]) -> dict[str, float]:
    """How openings clog, by the region's assumptions."""
    return {
        "clogging_largest_share": assumed["clogging_largest_share"],
        "clogging_solids_m3_per_m2": assumed["clogging_solids_m3_per_m2"],
    }


def _erosion(assumed: Mapping[str, float]) -> dict[str, float]:
    """What a flow can take from its bed, by the region's assumptions."""
    return {
        "volume_m3_per_m": assumed["erodible_volume_m3_per_m"],
        "width_m": assumed["valley_floor_width_m"],
        "slope_min": assumed["erosion_slope_min"],
        "critical_shear_pa": assumed["erosion_critical_shear_pa"],
        "rate_m_s": assumed["erosion_rate_m_s"],
        "bed_solids": assumed["bed_solids_fraction"],
        "saturation": assumed["bed_saturation"],
        "solids_cap": assumed["solids_packing_fraction"],
    }
