"""What hazard is asked for: where, on which ground, for which return periods, by which beliefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter, OutsideRegion, UnknownDistrict
from risk_api.seismic.errors import BadSeismicInput, beyond
from risk_api.seismic.gmm import MODELS
from risk_api.seismic.hazard.branches import Branch, LogicTree, almaty_tree
from risk_api.seismic.hazard.curves import RETURN_PERIODS_YEARS
from risk_api.seismic.hazard.places import GROUNDS, SITE
from risk_api.seismic.measures import Measure
from risk_api.seismic.weights import checked_weights

if TYPE_CHECKING:
    from geodata import Region

DEFAULT_PERIODS: Final = (50.0, 100.0, 225.0, 475.0, 975.0, 2475.0, 5000.0)
MOST_PERIODS: Final = 20
VS30_BAND_M_S: Final = (180.0, 1500.0)
"""Where at least three of the four models hold; below 180 m/s soil needs a study of its own."""

Pairs = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class HazardQuestion:
    """A hazard question with its defaults filled in and every name and number checked.

    Attributes
    ----------
    district : str or None
        One district; None with no point stands for all of them.
    point : (float, float) or None
        Longitude and latitude.
    ground : str or float
        "site", "rock", or a vs30 in m/s.
    return_periods : tuple of float
        Years, ascending.
    weights : tuple of pairs
        Shares of the ground-motion models.
    branches : tuple of pairs
        Shares of the branches of the logic tree.
    disaggregate : (Measure, float) or None
        What is split into its earthquakes: a measure and a return period.
    """

    district: str | None = None
    point: tuple[float, float] | None = None
    ground: str | float = SITE
    return_periods: tuple[float, ...] = DEFAULT_PERIODS
    weights: Pairs = ()
    branches: Pairs = ()
    disaggregate: tuple[Measure, float] | None = None

    @property
    def tree(self) -> LogicTree:
        """The logic tree that the question believes in."""
        return tree_of(dict(self.branches)) if self.branches else almaty_tree()


def hazard_question(
    region: Region,
    district: str | None = None,
    point: tuple[float, float] | None = None,
    *,
    ground: str | None = None,
    vs30_m_s: float | None = None,
    return_periods: Sequence[float] | None = None,
    weights: Mapping[str, float] | None = None,
    branches: Mapping[str, float] | None = None,
    measure: str | None = None,
    disaggregate: float | None = None,
) -> HazardQuestion:
    """Return the question, checked.

    Raises
    ------
    UnknownDistrict, OutsideRegion, BadParameter
        By the name of the field; shares that do not sum to 1 and return periods beyond what the sources
        support are refused.
    """
    if district is not None and point is not None:
        raise BadParameter("district", "give a district or a point", reason_key="hazard.one_place")
    if district is not None and district not in region.district_polygons():
        raise UnknownDistrict(district, region.district_polygons())
    if point is not None and not region.contains_lonlat(*point):
        raise OutsideRegion(*point, region.bounds_lonlat)
    periods = DEFAULT_PERIODS if return_periods is None else tuple(sorted(set(return_periods)))
    if not periods or len(periods) > MOST_PERIODS:
        raise BadParameter(
            "return_period", f"at most {MOST_PERIODS} are taken", reason_key="at_most", most=str(MOST_PERIODS)
        )
    for period in (*periods, *(() if disaggregate is None else (disaggregate,))):
        supported(period, "return_period" if period in periods else "disaggregate")
    return HazardQuestion(
        district,
        point,
        _ground(ground, vs30_m_s),
        periods,
        tuple(checked_weights(weights, MODELS).items()) if weights is not None else (),
        tuple(checked_weights(branches, _branch_ids(), "branches").items()) if branches is not None else (),
        None if disaggregate is None else (_measure(measure), disaggregate),
    )


def supported(period_years: float, field: str) -> None:
    """Refuse a return period of which the sources say nothing.

    Raises
    ------
    BadSeismicInput
        With the reason: how long the catalogue is, and what slip rates reach.
    """
    low, high = RETURN_PERIODS_YEARS
    if not low <= period_years <= high:
        words = {"value": f"{period_years:g}", "low": f"{low:g}", "high": f"{high:g}"}
        raise BadSeismicInput(
            field,
            (
                "{value} years: the sources support {low} to {high} years, as they rest on 140 years of "
                "earthquakes and slip rates of some thousand years"
            ).format(**words),
            reason_key="hazard.return_period",
            **words,
        )


def tree_of(shares: Mapping[str, float]) -> LogicTree:
    """The service's tree with shares of its branches changed; a branch that is not named has none."""
    known = almaty_tree()
    kept = tuple(
        Branch(branch.id, shares[branch.id], branch.scales)
        for branch in known.branches
        if shares.get(branch.id, 0.0) > 0.0
    )
    return LogicTree(kept, known.groups)


def _branch_ids() -> tuple[str, ...]:
    return tuple(branch.id for branch in almaty_tree().branches)


def _ground(ground: str | None, vs30_m_s: float | None) -> str | float:
    if vs30_m_s is not None:
        if ground is not None:
            raise BadParameter("ground", "give ground or vs30_m_s", reason_key="hazard.one_ground")
        low, high = VS30_BAND_M_S
        if not low <= vs30_m_s <= high:
            raise beyond("vs30_m_s", vs30_m_s, low, high)
        return float(vs30_m_s)
    chosen = SITE if ground is None else ground
    if chosen not in GROUNDS:
        listed = ", ".join(GROUNDS)
        raise BadParameter(
            "ground", f"allowed are {listed}", GROUNDS, reason_key="allowed", allowed_names=listed
        )
    return chosen


def _measure(name: str | None) -> Measure:
    by_field = {measure.field: measure for measure in Measure}
    if name is None:
        return Measure.PGA
    if name not in by_field:
        listed = ", ".join(by_field)
        raise BadParameter(
            "measure", f"allowed are {listed}", tuple(by_field), reason_key="allowed", allowed_names=listed
        )
    return by_field[name]
