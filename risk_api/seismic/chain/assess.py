"""The chain of one earthquake: from shaking over lakes and dams to people, for each mudflow and district."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from risk_api.benefit.tally import Tally
from risk_api.runs.shaken import Shaking, shaken_dam
from risk_api.runs.spec import plan
from risk_api.runs.states import state_in
from risk_api.seismic.chain.judgements import Three, judgements
from risk_api.seismic.chain.links import Link, event_probability, lake_links, union
from risk_api.seismic.chain.question import ChainQuestion
from risk_api.seismic.chain.shaken_places import ShakenPlace, ShakenRegion, points_of, shaken_places
from risk_api.seismic.scenarios import SeismicScenario, seismic_scenario
from risk_api.seismic.slopes.gorges import Floats, GorgeSlopes, RegionSlopes

if TYPE_CHECKING:
    from dam_models import ShakenDam
    from geodata import Region
    from risk_api.runs import Run, RunSpec
    from risk_api.seismic.region_vs30 import RegionVs30

OpenRun = Callable[["RunSpec"], "Run"]
People = Mapping[str, float]
"""By district."""


@dataclass(frozen=True)
class MudflowChain:
    """One mudflow of the chain.

    Attributes
    ----------
    id : str
        The region's scenario.
    lake : ShakenPlace
        Where it starts.
    links : mapping
        Its links by name.
    probability : Three
        Of the mudflow, given the earthquake and the month.
    sound, shaken : mapping
        People by strategy and district if it comes: with the dams as they stood, and, by level of harm, as
        the earthquake leaves them.
    run_ids : mapping
        By strategy: "sound", and the levels.
    """

    id: str
    lake: ShakenPlace
    links: Mapping[str, Link]
    probability: Three
    sound: Mapping[str, People]
    shaken: Mapping[str, Mapping[str, People]]
    run_ids: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class ShakenStructure:
    """A dam under the earthquake: where, how hard, and what it does to it under the strategy that has it."""

    id: str
    place: ShakenPlace
    strategy: str
    state: str
    harm: ShakenDam


@dataclass(frozen=True)
class ChainAnswer:
    """The chain of one earthquake.

    Attributes
    ----------
    question : ChainQuestion
    scenario : SeismicScenario or None
        None for a rupture of the caller's own.
    magnitude : float
    mudflows : tuple of MudflowChain
    dams : tuple of ShakenStructure
        Those on the way of a mudflow that stand in a strategy.
    shaken : ShakenRegion
        With the marks of the models.
    inputs : mapping
        Of the runs with sound dams: by mudflow and strategy.
    slopes : tuple of GorgeSlopes
        What slides in the gorges.
    """

    question: ChainQuestion
    scenario: SeismicScenario | None
    magnitude: float
    mudflows: tuple[MudflowChain, ...]
    dams: tuple[ShakenStructure, ...]
    shaken: ShakenRegion
    inputs: Mapping[str, Mapping[str, Any]]
    slopes: tuple[GorgeSlopes, ...]

    @property
    def any_mudflow(self) -> Three:
        """Probability of at least one mudflow; lakes are taken as independent given the shaking."""
        least, value, most = (union([one.probability[end] for one in self.mudflows]) for end in range(3))
        return least, value, most

    def expected(self, strategy: str, district: str | None = None, *, shaken: bool) -> Three:
        """People expected in a district, or in all: probability times people, summed over the mudflows."""
        total = [0.0, 0.0, 0.0]
        for one in self.mudflows:
            people = self.people(one, strategy, district, shaken=shaken)
            for end, chosen in enumerate((min(people), people[0], max(people))):
                total[end] += one.probability[end] * chosen
        return total[0], total[1], total[2]

    def benefit(self, strategy: str, district: str | None = None, *, shaken: bool) -> Three:
        """People that a strategy spares, against the first one; negative where it harms.

        The ends are those of every product of a probability and a level of harm.
        """
        total = [0.0, 0.0, 0.0]
        for one in self.mudflows:
            before = self.people(one, self.question.strategies[0], district, shaken=shaken)
            after = self.people(one, strategy, district, shaken=shaken)
            spared = [a - b for a, b in zip(before, after, strict=True)]
            products = [chance * people for chance in one.probability for people in spared]
            total[0] += min(products)
            total[1] += one.probability[1] * spared[0]
            total[2] += max(products)
        return total[0], total[1], total[2]

    def people(self, one: MudflowChain, strategy: str, district: str | None, *, shaken: bool) -> list[float]:
        """People if a mudflow comes: one number with sound dams, one for each level with shaken ones.

        The first is what is computed with: the middle level where it was asked for.
        """
        levels = self.question.levels
        order = ["mid", *(name for name in levels if name != "mid")] if "mid" in levels else list(levels)
        tables = [one.shaken[strategy][name] for name in order] if shaken else [one.sound[strategy]]
        return [sum(table.values()) if district is None else table[district] for table in tables]


@dataclass(frozen=True)
class ChainPlan:
    """What an answer needs.

    Attributes
    ----------
    magnitude : float
    shaken : ShakenRegion
    specs : mapping
        The runs by mudflow, strategy and state of the dams.
    slopes : tuple of GorgeSlopes
    failing : mapping
        By mudflow: share of the steep ground around its lake that fails at each of the equally likely
        accelerations, for three soils; None where the terrain cannot tell.
    """

    magnitude: float
    shaken: ShakenRegion
    specs: Mapping[str, Mapping[str, Mapping[str, RunSpec]]]
    slopes: tuple[GorgeSlopes, ...]
    failing: Mapping[str, Floats | None]

    @property
    def runs(self) -> list[RunSpec]:
        """Every run once."""
        found = {
            spec.id: spec
            for by_strategy in self.specs.values()
            for by_state in by_strategy.values()
            for spec in by_state.values()
        }
        return list(found.values())


def plan_chain(region: Region, question: ChainQuestion, vs30: RegionVs30, slopes: RegionSlopes) -> ChainPlan:
    """Shake the places and slopes, and plan the runs of a question."""
    rupture = question.rupture
    shaken = shaken_places(rupture, points_of(region, question.mudflows), vs30)
    magnitude = rupture.magnitude
    specs = {}
    for mudflow in question.mudflows:
        by_strategy = {}
        for strategy in question.strategies:
            planned = partial(
                plan,
                region,
                mudflow,
                strategy,
                cell_size_m=question.cell_size_m,
                quality=question.quality,
            )
            states = {"sound": planned()}
            for level in question.levels:
                harm = {
                    name: Shaking(shaken.places[f"dam/{name}"].at_dam_g, magnitude, level)
                    for name in region.dam_sites
                }
                states[level] = planned(shaking=harm) if question.shakes_dams else states["sound"]
            by_strategy[strategy] = states
        specs[mudflow] = by_strategy
    lakes = {name: shaken.places[f"lake/{name}"] for name in question.mudflows}
    failing = {
        name: slopes.failing_above(lake.lon, lake.lat, lake.pga_g, magnitude) for name, lake in lakes.items()
    }
    return ChainPlan(magnitude, shaken, specs, slopes.under(rupture), failing)


def assess_chain(
    region: Region, question: ChainQuestion, planned: ChainPlan, open_run: OpenRun
) -> ChainAnswer:
    """Return the chain from finished runs.

    Parameters
    ----------
    region : Region
    question : ChainQuestion
    planned : ChainPlan
    open_run : callable
        Returns the finished run of a spec, or raises.
    """
    tallies: dict[str, Tally] = {}

    def people(spec: RunSpec) -> People:
        if spec.id not in tallies:
            tallies[spec.id] = Tally.of_run(open_run(spec), question.scheme)
        return {name: one.of(question.measure) for name, one in tallies[spec.id].districts.items()}

    found = []
    for mudflow, by_strategy in planned.specs.items():
        lake = planned.shaken.places[f"lake/{mudflow}"]
        links = lake_links(
            lake.pga_g,
            planned.magnitude,
            question.month,
            judgements(),
            question.asked(mudflow),
            failing_slopes=planned.failing[mudflow],
        )
        found.append(
            MudflowChain(
                mudflow,
                lake,
                links,
                event_probability(links),
                {name: people(states["sound"]) for name, states in by_strategy.items()},
                {
                    name: {level: people(states[level]) for level in question.levels}
                    for name, states in by_strategy.items()
                },
                {
                    name: {state: spec.id for state, spec in states.items()}
                    for name, states in by_strategy.items()
                },
            )
        )
    return ChainAnswer(
        question,
        seismic_scenario(question.earthquake) if question.earthquake is not None else None,
        planned.magnitude,
        tuple(found),
        _structures(region, question, planned),
        planned.shaken,
        {
            mudflow: {name: states["sound"].values for name, states in by_strategy.items()}
            for mudflow, by_strategy in planned.specs.items()
        },
        planned.slopes,
    )


def _structures(region: Region, question: ChainQuestion, planned: ChainPlan) -> tuple[ShakenStructure, ...]:
    from geodata.dam_states import STANDING_KINDS

    met = {
        dam
        for by_strategy in planned.specs.values()
        for states in by_strategy.values()
        for dam in states["sound"].values["dams"]
    }
    found = []
    for name, site in region.dam_sites.items():
        place = planned.shaken.places[f"dam/{name}"]
        states = {each: state_in(region, None, each, name) for each in question.strategies if each != "then"}
        # The last strategy that has it standing: the most that is asked about.
        standing = [each for each, state in states.items() if state.kind in STANDING_KINDS]
        if name in met and standing:
            state = states[standing[-1]]
            harm = shaken_dam(site, state, Shaking(place.at_dam_g, planned.magnitude))
            found.append(ShakenStructure(name, place, standing[-1], state.kind, harm))
    return tuple(found)
