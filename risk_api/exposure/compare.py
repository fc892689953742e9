"""Comparing strategies: the same flow, other dams, district by district."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from risk_api.errors import BadParameter, RunsMissing, UnknownScheme
from risk_api.exposure.causes import cause_of_difference, cause_of_outcome
from risk_api.exposure.path import FlowPath
from risk_api.exposure.schemes import SCHEMES, Scheme
from risk_api.runs.quality import FINAL, Quality
from risk_api.runs.spec import RunSpec, plan, scenario_of
from risk_api.runs.store import Run, RunStore

if TYPE_CHECKING:
    from geodata import Assumption, Region, Scenario

COUNTS = ("people_exposed", "people_affected", "buildings_exposed", "facilities_exposed", "area_m2")
"""Counts that are summed over districts and subtracted between strategies."""

TIMES = ("first_arrival_s", "first_person_s", "half_of_exposed_s")
"""Times per district: the first wet ground, the first person reached, half of those exposed reached."""


@dataclass(frozen=True)
class DistrictExposure:
    """One district under every strategy asked for.

    Attributes
    ----------
    id : str
        The district.
    strategies : dict
        Per strategy the counts, `people_by_class`, `buildings_by_class`, `area_m2_by_class`, the `TIMES`
        (None = never), `run_id` and `cause`.
    differences : dict
        Under `a..b` the same keys as b minus a, `reached` (both, gained, lost, neither) and `cause`.
    """

    id: str
    strategies: dict[str, dict[str, Any]]
    differences: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """Answer to: which districts, how many people, how soon, and what the dams change."""

    scenario: "Scenario"
    scheme: Scheme
    strategies: tuple[str, ...]
    cell_size_m: float
    quality: Quality
    run_ids: dict[str, str]
    districts: list[DistrictExposure]
    city: dict[str, dict[str, Any]]
    dams: dict[str, list[dict[str, Any]]]
    bulking: dict[str, dict[str, Any]]
    assumptions: "list[Assumption]"
    terrain_quality: dict[str, Any]
    lineage: dict[str, Any]


def plan_all(
    region: "Region",
    scenario_id: str,
    strategies: Sequence[str],
    *,
    cell_size_m: float | None = None,
    quality: Quality = FINAL,
) -> dict[str, RunSpec]:
    """The run of each strategy; strategies that meet the same dams share one.

    Raises
    ------
    BadParameter
        If no strategy is named.
    UnknownScenario, UnknownStrategy
        From `plan`.
    """
    if not strategies:
        raise BadParameter("strategies", "name at least one", sorted(region.strategies))
    scenario_of(region, scenario_id)
    return {
        strategy: plan(region, scenario_id, strategy, cell_size_m=cell_size_m, quality=quality)
        for strategy in dict.fromkeys(strategies)
    }


def compare(
    region: "Region",
    store: RunStore,
    scenario_id: str,
    strategies: Sequence[str],
    scheme_id: str = "buwal",
    *,
    cell_size_m: float | None = None,
    quality: Quality = FINAL,
) -> Comparison:
    """Compare strategies from finished runs.

    Raises
    ------
    RunsMissing
        If runs are not made yet; carries their specs.
    UnknownScenario, UnknownStrategy, UnknownScheme, BadParameter
        The message lists what is allowed.
    """
    specs = plan_all(region, scenario_id, strategies, cell_size_m=cell_size_m, quality=quality)
    return compare_runs(region, store, specs, scheme_id, quality=quality)


def compare_runs(
    region: "Region",
    store: RunStore,
    specs: Mapping[str, RunSpec],
    scheme_id: str = "buwal",
    *,
    quality: Quality = FINAL,
) -> Comparison:
    """Compare finished runs of one scenario under names of their own, in the order given.

    Raises
    ------
    RunsMissing
        If runs are not made yet; carries their specs.
    UnknownScenario, UnknownScheme
        The message lists what is allowed.
    """
    if scheme_id not in SCHEMES:
        raise UnknownScheme(scheme_id, SCHEMES)
    scheme = SCHEMES[scheme_id]
    missing = {spec.id: spec for spec in specs.values() if not store.has(spec.id)}
    if missing:
        raise RunsMissing(list(missing.values()))
    opened = {spec.id: store.open(spec.id) for spec in specs.values()}
    runs = {strategy: opened[spec.id] for strategy, spec in specs.items()}
    scenario = scenario_of(region, next(iter(specs.values())).scenario)
    districts = _compare_districts(region, scenario, scheme, runs)
    first = next(iter(specs.values())).values
    return Comparison(
        scenario=scenario,
        scheme=scheme,
        strategies=tuple(runs),
        cell_size_m=first["cell_size_m"],
        quality=quality,
        run_ids={strategy: run.id for strategy, run in runs.items()},
        districts=districts,
        city={strategy: _city(districts, strategy) for strategy in runs},
        dams={
            strategy: [
                {key: value for key, value in dam.items() if key not in ("series", "storage")}
                for dam in run.dams
            ]
            for strategy, run in runs.items()
        },
        bulking={strategy: run.summary["bulking"] for strategy, run in runs.items()},
        assumptions=list(region.assumptions.values()),
        terrain_quality=region.terrain_quality,
        lineage={
            strategy: {"run_id": run.id, **run.summary["lineage"], "budget": run.summary["budget"]}
            for strategy, run in runs.items()
        },
    )


def _compare_districts(
    region: "Region", scenario: "Scenario", scheme: Scheme, runs: Mapping[str, Run]
) -> list[DistrictExposure]:
    own = {dam_id: dam for run in runs.values() for dam_id, dam in _own_dams(run).items()}
    path = FlowPath.of(region, scenario, own)
    on_path = path.districts(region)
    above = path.dams_above(region)
    counts = {
        strategy: {count["district"]: count for count in run.districts} for strategy, run in runs.items()
    }
    districts = []
    for district_id in region.district_polygons():
        by_strategy = {
            strategy: _counts(
                counts[strategy][district_id], scheme, run, district_id in on_path, above[district_id]
            )
            for strategy, run in runs.items()
        }
        differences = {
            f"{a}..{b}": _difference(
                by_strategy[a], by_strategy[b], runs[a], runs[b], scheme, district_id in on_path
            )
            for a, b in combinations(runs, 2)
        }
        districts.append(DistrictExposure(district_id, by_strategy, differences))
    return districts


def _own_dams(run: Run) -> dict[str, dict[str, Any]]:
    own: dict[str, dict[str, Any]] = run.summary["inputs"].get("own_dams", {})
    return own


def _counts(
    count: Mapping[str, Any], scheme: Scheme, run: Run, on_path: bool, dams_above: frozenset[str]
) -> dict[str, Any]:
    classes = count["schemes"][scheme.id]

    def total(key: str, names: Sequence[str] | frozenset[str] = scheme.classes) -> float:
        return float(sum(classes[name][key] for name in scheme.classes if name in names))

    return {
        "people_exposed": total("people"),
        "people_affected": total("people", scheme.affected),
        "people_by_class": {name: classes[name]["people"] for name in scheme.classes},
        "buildings_exposed": total("buildings"),
        "buildings_by_class": {name: classes[name]["buildings"] for name in scheme.classes},
        "facilities_exposed": total("facilities"),
        "area_m2": count["area_m2"],
        "area_m2_by_class": {name: classes[name]["area_m2"] for name in scheme.classes},
        "first_arrival_s": count["first_arrival_s"],
        "first_person_s": count["first_person_s"],
        "half_of_exposed_s": count["half_of_exposed_s"],
        "depth_max_m": count["depth_max_m"],
        "speed_max_m_s": count["speed_max_m_s"],
        "run_id": run.id,
        "cause": cause_of_outcome(count["area_m2"] > 0.0, on_path, count["dams"], dams_above, run.dams),
    }


def _difference(
    a: Mapping[str, Any], b: Mapping[str, Any], run_a: Run, run_b: Run, scheme: Scheme, on_path: bool
) -> dict[str, Any]:
    """Strategy b minus strategy a; never clipped, so that a district made worse shows as worse."""
    before, after = a["first_arrival_s"], b["first_arrival_s"]
    reached = {
        (True, True): "both",
        (False, True): "gained",
        (True, False): "lost",
        (False, False): "neither",
    }[before is not None, after is not None]
    difference: dict[str, Any] = {key: b[key] - a[key] for key in COUNTS}
    for key in ("people_by_class", "buildings_by_class", "area_m2_by_class"):
        difference[key] = {name: b[key][name] - a[key][name] for name in scheme.classes}
    for key in TIMES:
        missing = a[key] is None or b[key] is None
        difference[key] = None if missing else b[key] - a[key]
    difference["reached"] = reached
    difference["cause"] = cause_of_difference(a, b, run_a.dams, run_b.dams, on_path)
    return difference


def _city(districts: Sequence[DistrictExposure], strategy: str) -> dict[str, Any]:
    mine = [district.strategies[strategy] for district in districts]
    totals: dict[str, Any] = {key: sum(counts[key] for counts in mine) for key in COUNTS}
    totals["people_by_class"] = {
        name: sum(counts["people_by_class"][name] for counts in mine) for name in mine[0]["people_by_class"]
    }
    for key in ("first_arrival_s", "first_person_s"):
        times = [counts[key] for counts in mine if counts[key] is not None]
        totals[key] = min(times) if times else None
    totals["districts_reached"] = sum(counts["first_arrival_s"] is not None for counts in mine)
    return totals
