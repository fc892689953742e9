"""Earthquakes and what they do to the districts, each worked out once."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from risk_api import __version__
from risk_api.bounded import Bounded
from risk_api.seismic.damage.assumptions import damage_assumptions
from risk_api.seismic.damage.curves import Branch, Curves, curves_of
from risk_api.seismic.damage.losses import REALISATIONS, SEED, losses
from risk_api.seismic.damage.pager import official_rule
from risk_api.seismic.damage.places import Places, places_of
from risk_api.seismic.damage.stock import Stock, stock_by_type
from risk_api.seismic.damage.summary import Summary, summaries
from risk_api.seismic.errors import ModelRangeWarning, NoBuildingStock
from risk_api.seismic.measures import Measure
from risk_api.seismic.rupture import Rupture
from risk_api.seismic.scenarios import SeismicScenario, seismic_scenario
from risk_api.seismic.shaking import Shaking, shake

if TYPE_CHECKING:
    from geodata import Region

#: Answers kept in memory; one is some ten kilobytes.
KEPT_ANSWERS: Final = 128


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

    @property
    def possible(self) -> bool:
        """Whether the region says what stands in it."""
        return self._region.building_stock is not None

    @cached_property
    def stock(self) -> Stock:
        """Buildings and people by district and type.

        Raises
        ------
        NoBuildingStock
            If the region has no such layer.
        """
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
        return places_of(self._region)

    @cached_property
    def curves(self) -> Mapping[Branch, Curves]:
        """Losses by level of shaking."""
        return {branch: curves_of(self.stock, branch) for branch in Branch}

    def scenario(self, scenario_id: str) -> QuakeAnswer:
        """Return what a named earthquake does.

        Raises
        ------
        UnknownScenario, NoBuildingStock
        """
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

    def district(self, scenario_id: str, district_id: str) -> Summary:
        """Return what a named earthquake does to one district."""
        found = {summary.id: summary for summary in self.scenario(scenario_id).districts}
        return found[district_id]

    def answer_id(self, rupture: Rupture) -> str:
        """Return the hash of everything that an answer is computed from."""
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
        return QuakeAnswer(**{**found.__dict__, "scenario": scenario})

    def _compute(self, key: str, rupture: Rupture) -> QuakeAnswer:
        stock, places, assumed = self.stock, self.places, damage_assumptions()
        with warnings.catch_warnings():
            # The marks stand in the answer; a log line for each would say it twice.
            warnings.simplefilter("ignore", ModelRangeWarning)
            shaking = shake(
                rupture, places.lon, places.lat, places.sites, measures=(Measure.PGA, Measure.PGV)
            )
        people, buildings = stock.people.sum(axis=1), stock.buildings.sum(axis=1)
        found = losses(shaking, places, self.curves, people, assumed)
        districts, city = summaries(found, stock.district_ids, people, buildings, assumed.branch_shares)
        return QuakeAnswer(key, None, rupture, shaking, districts, city, _official(districts))


def _official(districts: tuple[Summary, ...]) -> dict[str, OfficialRule]:
    found = {}
    for district in districts:
        degree = district.shaking["msk_kz"].mid
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
