"""What one run says about people: per district and for the whole, and what its dams did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import BadParameter, UnknownDistrict
from risk_api.exposure.schemes import SCHEMES, Scheme

if TYPE_CHECKING:
    from risk_api.runs import Run

#: What can be counted: everybody in the footprint, or those in a class of at least medium intensity.
MEASURES: Final = ("exposed", "affected")


@dataclass(frozen=True)
class DistrictTally:
    """People of one district in one run, and when the flow reaches its ground and its first person, s."""

    exposed: float
    affected: float
    first_arrival_s: float | None
    first_person_s: float | None

    def of(self, measure: str) -> float:
        """Return the people counted by a measure.

        Raises
        ------
        BadParameter
            Naming the measures there are.
        """
        if measure not in MEASURES:
            raise measure_refused()
        return self.exposed if measure == "exposed" else self.affected


def measure_refused() -> BadParameter:
    """Return the error that names the measures there are."""
    listed = ", ".join(MEASURES)
    return BadParameter(
        "measure", f"allowed are {listed}", MEASURES, reason_key="allowed", allowed_names=listed
    )


@dataclass(frozen=True)
class Tally:
    """One run, counted by one class scheme.

    Attributes
    ----------
    run_id : str
    districts : mapping
        `DistrictTally` by district id, every district of the region.
    dams : mapping
        The run's record of each dam on the way, by id.
    sections : mapping
        Volume that passed each dam site, standing or not, by ``below-<dam>``, m3.
    """

    run_id: str
    districts: Mapping[str, DistrictTally]
    dams: Mapping[str, Mapping[str, Any]]
    sections: Mapping[str, float]

    @classmethod
    def of_run(cls, run: Run, scheme_id: str) -> Tally:
        """Count a finished run by a scheme."""
        scheme = SCHEMES[scheme_id]
        return cls(
            run_id=run.id,
            districts={count["district"]: tally_of(count, scheme) for count in run.districts},
            dams={dam["id"]: dam for dam in run.dams},
            sections={one["id"]: float(one["volume_m3"]) for one in run.summary["sections"]},
        )

    def people(self, measure: str, district: str | None = None) -> float:
        """Return the people of a district, or of all of them; nobody lives in two districts.

        Raises
        ------
        UnknownDistrict, BadParameter
        """
        if district is not None:
            if district not in self.districts:
                raise UnknownDistrict(district, self.districts)
            return self.districts[district].of(measure)
        return sum(one.of(measure) for one in self.districts.values())

    def first_person_s(self, district: str | None = None) -> float | None:
        """Return when the first person of a district, or of any, is reached, s; None = never."""
        chosen = self.districts.values() if district is None else [self.districts[district]]
        times = [one.first_person_s for one in chosen if one.first_person_s is not None]
        return min(times, default=None)


def tally_of(count: Mapping[str, Any], scheme: Scheme) -> DistrictTally:
    """Return one district's counts of `risk_api.exposure.counting` by one scheme."""
    classes = count["schemes"][scheme.id]
    return DistrictTally(
        exposed=sum(classes[name]["people"] for name in scheme.classes),
        affected=sum(classes[name]["people"] for name in scheme.classes if name in scheme.affected),
        first_arrival_s=count["first_arrival_s"],
        first_person_s=count["first_person_s"],
    )
