"""What a sizing is asked: a dam, a scenario, and how many may be affected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.benefit.geometry import check_range
from risk_api.benefit.states import WHOLE
from risk_api.errors import BadParameter, UnknownDam, UnknownDistrict, UnknownScheme
from risk_api.exposure.schemes import SCHEMES
from risk_api.runs.quality import FINAL, Quality
from risk_api.runs.spec import check_strategy, scenario_of

if TYPE_CHECKING:
    from geodata import Region

BY: Final = ("height", "capacity")


@dataclass(frozen=True)
class SizingQuestion:
    """The smallest crest, or capacity, of `dam` that keeps those affected by `scenario` below a number.

    Attributes
    ----------
    scenario, dam : str
    affected_below : float
        People in a class of at least medium intensity; the answer has fewer. Above 0.
    strategy : str
        What else stands.
    district : str or None
        Count this district alone; None counts all of them.
    scheme : str
        Class scheme.
    by : {"height", "capacity"}
        What is halved and what the answer is about; on one site both grow together, by the terrain.
    lowest_m, tallest_m : float or None
        Heights above the river bed to search; None: from 5 m to twice the dam's own.
    smallest_m3, largest_m3 : float or None
        Capacities to search, in place of heights, where the answer is about capacity.
    cost_per_m3 : float or None
        Cost of a cubic metre of capacity, in `currency`; None: the curve has no cost.
    currency : str
    cell_size_m : float or None
    quality : Quality
    """

    scenario: str
    dam: str
    affected_below: float
    strategy: str
    district: str | None = None
    scheme: str = "buwal"
    by: str = "height"
    lowest_m: float | None = None
    tallest_m: float | None = None
    smallest_m3: float | None = None
    largest_m3: float | None = None
    cost_per_m3: float | None = None
    currency: str = "KZT"
    cell_size_m: float | None = None
    quality: Quality = FINAL


def sizing_question(
    region: Region, scenario: str, dam: str, affected_below: float, **given: Any
) -> SizingQuestion:
    """Return the question with its defaults filled in and every name and number checked.

    Parameters
    ----------
    region : Region
    scenario, dam : str
    affected_below : float
    given
        The other fields of `SizingQuestion`; None stands for the default.

    Raises
    ------
    UnknownScenario, UnknownDam, UnknownStrategy, UnknownDistrict, UnknownScheme, BadParameter
        By name, with what is allowed; a dam that the scenario's flow never meets is refused too.
    """
    chosen = {key: value for key, value in given.items() if value is not None}
    flow = scenario_of(region, scenario)
    if dam not in region.dam_sites:
        raise UnknownDam(dam, region.dam_sites)
    met = region.dams_downstream(flow.river, *region.to_metric(flow.lon, flow.lat))
    if dam not in met:
        listed = ", ".join(met) or "-"
        raise BadParameter(
            "dam",
            f"the flow of {scenario} never meets {dam}; it meets {listed}",
            met,
            reason_key="sizing.never_met",
            scenario=scenario,
            dam=dam,
            met=listed,
        )
    strategy = chosen.pop("strategy", None) or _own_strategy(region, dam)
    check_strategy(region, flow, strategy)
    question = SizingQuestion(scenario, dam, affected_below, strategy, **chosen)
    if question.scheme not in SCHEMES:
        raise UnknownScheme(question.scheme, SCHEMES)
    districts = region.district_polygons()
    if question.district is not None and question.district not in districts:
        raise UnknownDistrict(question.district, districts)
    _above_nothing("affected_below", question.affected_below)
    _check_measure(question)
    for field in ("lowest_m", "tallest_m", "smallest_m3", "largest_m3", "cost_per_m3"):
        if getattr(question, field) is not None:
            _above_nothing(field, getattr(question, field))
    if question.lowest_m is not None and question.tallest_m is not None:
        check_range(question.lowest_m, question.tallest_m)
    return question


def _check_measure(question: SizingQuestion) -> None:
    """Refuse a search by something else, and bounds of the other measure."""
    if question.by not in BY:
        listed = ", ".join(BY)
        raise BadParameter("by", f"allowed: {listed}", BY, reason_key="allowed", allowed_names=listed)
    for field in ("smallest_m3", "largest_m3") if question.by == "height" else ("lowest_m", "tallest_m"):
        if getattr(question, field) is not None:
            raise BadParameter(
                field,
                f"not taken in a search by {question.by}",
                reason_key=f"capacity.bound_of_{question.by}",
            )


def _own_strategy(region: Region, dam: str) -> str:
    """The first strategy in which the dam stands whole: what it is judged in."""
    for strategy in region.strategies.values():
        if strategy.states.get(dam) == WHOLE:
            return strategy.id
    return next(iter(region.strategies))


def _above_nothing(field: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise BadParameter(field, f"a number above 0 is needed, not {value:g}", reason_key="above_zero")
