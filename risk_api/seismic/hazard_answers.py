"""Hazard of a region, each question worked out once: the sources never change while the service runs.

Nothing heavy is imported before the first question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from risk_api.bounded import Bounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata import Region
    from risk_api.seismic.hazard import Disaggregation, Hazard
    from risk_api.seismic.hazard.places import Place
    from risk_api.seismic.hazard.question import HazardQuestion
    from risk_api.seismic.region_vs30 import RegionVs30

KEPT: Final = 64
"""Curves of eight districts over all groups and measures take 200 kB."""


@dataclass(frozen=True)
class HazardAnswer:
    """Hazard curves of places, and what they come from.

    Attributes
    ----------
    question : HazardQuestion
    places : tuple of Place
        In the order of the curves' sites.
    hazard : Hazard
    disaggregations : tuple of (float, Disaggregation)
        Level and split of every place, where asked for.
    """

    question: HazardQuestion
    places: tuple[Place, ...]
    hazard: Hazard
    disaggregations: tuple[tuple[float, Disaggregation], ...]


class HazardAnswers:
    """Answers hazard questions about one region.

    Parameters
    ----------
    region : Region
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._kept: Bounded[tuple[object, ...], Hazard] = Bounded(KEPT)

    @cached_property
    def vs30(self) -> RegionVs30:
        """The ground of the region."""
        from risk_api.seismic.region_vs30 import RegionVs30

        return RegionVs30(self._region)

    @cached_property
    def centres(self) -> Mapping[str, tuple[float, float]]:
        """Where the people of every district live."""
        from risk_api.seismic.hazard.places import people_centres

        return people_centres(self._region)

    def answer(self, question: HazardQuestion) -> HazardAnswer:
        """Return the curves, from memory where the same places were asked about."""
        places = self.places(question)
        key = (places, question.weights, question.branches)
        curves = self._kept.get(key, lambda: self._curves(question, places))
        return HazardAnswer(question, places, curves, self._split(question, places, curves))

    def places(self, question: HazardQuestion) -> tuple[Place, ...]:
        """The sites of a question."""
        from risk_api.seismic.hazard.places import place_of

        if question.point is not None:
            return (place_of("point", *question.point, question.ground, self.vs30, is_district=False),)
        chosen = list(self.centres) if question.district is None else [question.district]
        return tuple(
            place_of(name, *self.centres[name], question.ground, self.vs30, is_district=True)
            for name in chosen
        )

    def _curves(self, question: HazardQuestion, places: tuple[Place, ...]) -> Hazard:
        from risk_api.seismic.gmm import Sites
        from risk_api.seismic.hazard import hazard

        return hazard(
            [place.lon for place in places],
            [place.lat for place in places],
            Sites.of([place.vs30_m_s for place in places]),
            tree=question.tree,
            weights=dict(question.weights) or None,
        )

    def _split(
        self, question: HazardQuestion, places: tuple[Place, ...], curves: Hazard
    ) -> tuple[tuple[float, Disaggregation], ...]:
        if question.disaggregate is None:
            return ()
        from risk_api.seismic.gmm import Sites
        from risk_api.seismic.hazard import disaggregate

        measure, period = question.disaggregate
        levels = curves.level(period)[curves.measures.index(measure)]
        return tuple(
            (
                float(level),
                disaggregate(
                    place.lon,
                    place.lat,
                    Sites.of(place.vs30_m_s),
                    measure,
                    float(level),
                    tree=question.tree,
                    weights=dict(question.weights) or None,
                ),
            )
            for place, level in zip(places, levels, strict=True)
        )
