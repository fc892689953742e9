"""What a warning is about: one scenario and set of dam states, district by district, from a finished run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from risk_api.alerts.outline import outline
from risk_api.serialise.rounding import rounded

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.exposure import Comparison
    from risk_api.runs import Run
    from risk_api.serialise.features import Feature


@dataclass(frozen=True)
class Reached:
    """A district that the flow reaches.

    Attributes
    ----------
    id, kato : str
        The district, and its code in the national register KATO ("" where unknown).
    names : mapping
        By language.
    people_exposed, people_affected, people_strong : float
        Inside the footprint; in a class of at least medium intensity; in the strongest class.
    ground_s : float
        First wet ground after the start of the release, s.
    person_s : float or None
        First resident reached, s; None where only ground without residents is.
    """

    id: str
    kato: str
    names: Mapping[str, str]
    people_exposed: float
    people_affected: float
    people_strong: float
    ground_s: float
    person_s: float | None

    @property
    def arrival_s(self) -> float:
        """First resident reached, s; first wet ground where none is."""
        return self.ground_s if self.person_s is None else self.person_s


@dataclass(frozen=True)
class Situation:
    """What a warning speaks of.

    Attributes
    ----------
    scenario, strategy, run_id : str
        Where the numbers come from.
    names, region : mapping
        Name of the scenario and of the region by language.
    districts : tuple of Reached
        Those whose residents are reached, soonest first, then most people in the strongest class; behind
        them those of whom only ground without residents is.
    end_s : float
        When the computed flow came to rest or the run ended, s after the start.
    ring : tuple of (lon, lat)
        Closed outline around all wet ground, at most 100 points; empty where nothing is reached.
    """

    scenario: str
    strategy: str
    run_id: str
    names: Mapping[str, str]
    region: Mapping[str, str]
    districts: tuple[Reached, ...]
    end_s: float
    ring: tuple[tuple[float, float], ...]

    @property
    def first_arrival_s(self) -> float | None:
        """Soonest arrival at residents of any district, s after the start; at ground where none has any.

        A flow wets its own gorge at once, and a gorge belongs to a district: that is not the time in which
        the city is reached. None where no district is reached.
        """
        with_people = [district.person_s for district in self.districts if district.person_s is not None]
        return min(with_people or [district.ground_s for district in self.districts], default=None)

    @property
    def reaches_people(self) -> bool:
        """Whether residents of any district are reached."""
        return any(district.person_s is not None for district in self.districts)

    def total(self, name: str) -> float:
        """Sum of a count over the districts."""
        return float(sum(getattr(district, name) for district in self.districts))


def situation(
    region: Region, comparison: Comparison, districts: Mapping[str, Feature], run: Run, end_s: float
) -> Situation:
    """Return what a comparison of one strategy says, as a warning needs it.

    Parameters
    ----------
    comparison : Comparison
        Of exactly one strategy; its class scheme's first class is the strongest.
    districts : mapping
        The district features by id.
    run : Run
        The finished run of that strategy.
    end_s : float
        When it ended.
    """
    (strategy,) = comparison.strategies
    strongest = comparison.scheme.classes[0]
    reached = []
    for entry in comparison.districts:
        counts: Mapping[str, Any] = rounded(entry.strategies[strategy])
        ground, person = counts["first_arrival_s"], counts["first_person_s"]
        if ground is None:
            continue
        feature = districts[entry.id]
        reached.append(
            Reached(
                id=entry.id,
                kato=str(feature.properties.get("kato") or ""),
                names=feature.names(),
                people_exposed=counts["people_exposed"],
                people_affected=counts["people_affected"],
                people_strong=counts["people_by_class"][strongest],
                ground_s=float(ground),
                person_s=None if person is None else float(person),
            )
        )
    reached.sort(key=lambda one: (one.person_s is None, one.arrival_s, -one.people_strong, one.id))
    return Situation(
        scenario=comparison.scenario.id,
        strategy=strategy,
        run_id=comparison.run_ids[strategy],
        names=region.scenarios[comparison.scenario.id].names,
        region=region.names,
        districts=tuple(reached),
        end_s=end_s,
        ring=outline(run),
    )
