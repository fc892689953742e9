"""Earthquakes and what they do to the districts, each worked out once.

Nothing heavy is imported before the first question.
"""

from __future__ import annotations

import hashlib
import json
import threading
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from risk_api import __version__
from risk_api.bounded import Bounded
from risk_api.seismic.errors import ModelRangeWarning, NoBuildingStock

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.seismic.damage.curves import Branch, Curves
    from risk_api.seismic.damage.places import Places
    from risk_api.seismic.damage.stock import Stock
    from risk_api.seismic.damage.summary import Summary
    from risk_api.seismic.realisations import Residuals
    from risk_api.seismic.risk.tables import RiskTables
    from risk_api.seismic.rupture import Rupture
    from risk_api.seismic.scenarios import SeismicScenario
    from risk_api.seismic.shaking import Floats, Shaking

#: Answers kept in memory; one is some ten kilobytes.
KEPT_ANSWERS: Final = 128
#: Side of a place of the yearly losses, m: thousands of earthquakes are read at each.
ANNUAL_CELL_M: Final = 6000.0


@dataclass(frozen=True)
class OfficialRule:
    """Deaths and serious injuries by the rule of local plans, at the median intensity: an upper figure."""

    intensity_msk: float
    deaths: float
    seriously_injured: float


@dataclass(frozen=True)
class QuakeAnswer:
    """What an earthquake does.

    Attributes
    ----------
    id : str
        Hash of everything that it was computed from.
    scenario : SeismicScenario or None
        None for a rupture of the caller's own.
    rupture : Rupture
    shaking : Shaking
        At the places, with the marks of models asked beyond their range.
    districts : tuple of Summary
    city : Summary
    official : mapping
        By district, and "city".
    """

    id: str
    scenario: SeismicScenario | None
    rupture: Rupture
    shaking: Shaking
    districts: tuple[Summary, ...]
    city: Summary
    official: Mapping[str, OfficialRule]


class QuakeAnswers:
    """Losses of earthquakes in one region.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._kept: Bounded[str, QuakeAnswer] = Bounded(KEPT_ANSWERS)
        self._annual: RiskTables | None = None
        self._annual_lock = threading.Lock()

    @property
    def possible(self) -> bool:
        """Whether the region says what stands in it."""
        return self._region.building_stock is not None

    @cached_property
    def scenario_titles(self) -> Mapping[str, Mapping[str, str]]:
        """Names of the earthquakes by their id."""
        from risk_api.seismic.scenarios import seismic_scenarios

        return {name: scenario.titles for name, scenario in seismic_scenarios().items()}

    @cached_property
    def stock(self) -> Stock:
        """Buildings and people by district and type.

        Raises
        ------
        NoBuildingStock
            If the region has no such layer.
        """
        from risk_api.seismic.damage.stock import stock_by_type

        known = self._region.building_stock
        if known is None:
            raise NoBuildingStock(self._region.id)
        features = {feature["id"]: feature for feature in self._region.features("districts")}
        return stock_by_type(
            known,
            {
                key: float(features[key]["properties"]["population"])
                for key in self._region.exposure_grid().district_ids
            },
        )

    @cached_property
    def places(self) -> Places:
        """Where people and buildings stand."""
        from risk_api.seismic.damage.places import places_of

        return places_of(self._region)

    @cached_property
    def _crests(self) -> Floats:
        """Topographic factor at the places; yearly losses, as hazard curves, go without."""
        from risk_api.seismic.region_crests import RegionCrests

        return RegionCrests(self._region).at(self.places.lon, self.places.lat)

    @cached_property
    def curves(self) -> Mapping[Branch, Curves]:
        """Losses by level of shaking."""
        from risk_api.seismic.damage.curves import Branch, curves_of

        return {branch: curves_of(self.stock, branch) for branch in Branch}

    @cached_property
    def _residuals(self) -> Residuals:
        """What shakings are drawn with: the same for every earthquake, as only the places matter."""
        from risk_api.seismic.damage.losses import residuals_at

        return residuals_at(self.places)

    def scenario(self, scenario_id: str) -> QuakeAnswer:
        """Return what a named earthquake does.

        Raises
        ------
        UnknownScenario, NoBuildingStock
        """
        from risk_api.seismic.scenarios import seismic_scenario

        scenario = seismic_scenario(scenario_id)
        return self._answer(scenario.rupture(), scenario)

    def rupture(self, rupture: Rupture, scenario: SeismicScenario | None = None) -> QuakeAnswer:
        """Return what a rupture of the caller's own does.

        Parameters
        ----------
        scenario : SeismicScenario, optional
            The one it was changed from.
        """
        return self._answer(rupture, scenario)

    @property
    def annual_made(self) -> RiskTables | None:
        """The yearly losses if they are worked out already."""
        return self._annual

    def annual_tables(self) -> RiskTables:
        """Return the yearly losses; the first call takes seconds, and others wait for it.

        Raises
        ------
        NoBuildingStock
        BadSeismicInput
            If the region lies too far from Almaty for the sources.
        """
        from risk_api.seismic.damage.assumptions import damage_assumptions
        from risk_api.seismic.damage.places import places_of
        from risk_api.seismic.hazard import almaty_sources, almaty_tree
        from risk_api.seismic.risk.annual import annual_risk
        from risk_api.seismic.risk.tables import RiskTables

        with self._annual_lock:
            if self._annual is None:
                curves, places = self.curves, places_of(self._region, ANNUAL_CELL_M)
                found = annual_risk(almaty_sources(), almaty_tree(), places, curves, damage_assumptions())
                self._annual = RiskTables(found)
            return self._annual

    def district(self, scenario_id: str, district_id: str) -> Summary:
        """Return what a named earthquake does to one district."""
        found = {summary.id: summary for summary in self.scenario(scenario_id).districts}
        return found[district_id]

    def answer_id(self, rupture: Rupture) -> str:
        """Return the hash of everything that an answer is computed from."""
        from risk_api.seismic.damage.losses import REALISATIONS, SEED

        question = {
            "software": __version__,
            "region": self._region.version,
            "rupture": asdict(rupture),
            "seed": SEED,
            "realisations": REALISATIONS,
        }
        return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]

    def _answer(self, rupture: Rupture, scenario: SeismicScenario | None) -> QuakeAnswer:
        key = self.answer_id(rupture)
        found = self._kept.get(key, lambda: self._compute(key, rupture))
        return replace(found, scenario=scenario)

    def _compute(self, key: str, rupture: Rupture) -> QuakeAnswer:
        from risk_api.seismic.damage.assumptions import damage_assumptions
        from risk_api.seismic.damage.losses import MEASURES, losses
        from risk_api.seismic.damage.summary import summaries
        from risk_api.seismic.shaking import shake

        stock, places, assumed = self.stock, self.places, damage_assumptions()
        with warnings.catch_warnings():
            # The marks stand in the answer; a log line for each would say it twice.
            warnings.simplefilter("ignore", ModelRangeWarning)
            shaking = shake(
                rupture, places.lon, places.lat, places.sites, measures=MEASURES, topographic=self._crests
            )
        people, buildings = stock.people.sum(axis=1), stock.buildings.sum(axis=1)
        found = losses(shaking, places, self.curves, people, assumed, drawn=self._residuals)
        districts, city = summaries(found, stock.district_ids, people, buildings, assumed.branch_shares)
        return QuakeAnswer(key, None, rupture, shaking, districts, city, _official(districts))


def _official(districts: tuple[Summary, ...]) -> dict[str, OfficialRule]:
    from risk_api.seismic.damage.pager import official_rule

    found = {}
    for district in districts:
        degree = district.shaking["msk_kz"].mid if district.shaking else 0.0
        dead, hurt = official_rule(degree)
        found[district.id] = OfficialRule(
            degree, float(dead) * district.people, float(hurt) * district.people
        )
    people = sum(district.people for district in districts)
    found["city"] = OfficialRule(
        sum(found[district.id].intensity_msk * district.people for district in districts) / max(people, 1.0),
        sum(rule.deaths for rule in found.values()),
        sum(rule.seriously_injured for rule in found.values()),
    )
    return found
