"""From the question to two runs, with the dam and without it; or to the reason why there can be none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from risk_api.bounded import Bounded
from risk_api.errors import BadParameter, ImpossibleDam, RiskError
from risk_api.i18n import translate
from risk_api.named_dams import own_dam_id
from risk_api.runs.changes import DamChange, GivenOpening, GivenWeir, OwnDam
from risk_api.runs.failing import GivenBreach, GivenClogging
from risk_api.runs.governed import GivenGate, GivenSiphon
from risk_api.runs.own_states import FIGURES
from risk_api.runs.quality import quality_of
from risk_api.runs.sites import check_sites
from risk_api.runs.spec import RunSpec, plan

if TYPE_CHECKING:
    from geodata import Grid, Region
    from risk_api.answers import Answers
    from risk_api.what_if.body import BreachBody, DamChangeBody, OpeningBody, OwnDamBody, SimulationBody

#: The strategy of today where the region has it.
DEFAULT_STRATEGY: Final = "ayusai"
#: Terrains kept at cell sizes that were asked for, some 20 MB each.
KEPT_GRIDS: Final = 2

WITHOUT: Final = "without"
WITH: Final = "with"

_SIZES: Final = ("crest_elevation_m", "height_m", "capacity_m3")

T = TypeVar("T")


def default_strategy(region: Region) -> str:
    """The strategy of a question that names none: that of today where the region has it."""
    known = region.strategies
    return DEFAULT_STRATEGY if DEFAULT_STRATEGY in known else next(iter(known))


def is_simulation(inputs: Mapping[str, Any]) -> bool:
    """Whether a run has a dam that somebody drew or changed."""
    return bool(inputs.get("own_dams") or inputs.get("changes"))


def base_of(spec: RunSpec) -> RunSpec:
    """The same run without the dams that were drawn and the changes that were asked for."""
    values = spec.values
    own = values.pop("own_dams", {})
    values.pop("changes", None)
    values["dam_order"] = [dam_id for dam_id in values["dam_order"] if dam_id not in own]
    return RunSpec.of(values)


def can_be_made(inputs: Mapping[str, Any], region: Region) -> bool:
    """Whether a run of these inputs, made today, would be what its id says: same ground, same software."""
    from dam_models.version import ENGINE_VERSION
    from geodata.version import GROUND_VERSION
    from risk_api.runs.spec import COUNTING_VERSION, PLACING_VERSION

    versions = (ENGINE_VERSION, COUNTING_VERSION, PLACING_VERSION, GROUND_VERSION)
    return tuple(inputs[name] for name in ("engine", "counting", "placing", "ground")) == versions and inputs[
        "region"
    ] == {"id": region.id, "version": region.version}


class WhatIf:
    """Plans simulations and refuses those that cannot be, before anything is run.

    Parameters
    ----------
    region : Region
    answers : Answers
        Knows which cell sizes a stranger may ask for.
    """

    def __init__(self, region: Region, answers: Answers) -> None:
        self._region = region
        self._answers = answers
        self._grids: Bounded[float, Grid] = Bounded(KEPT_GRIDS)
        # Placing a dam takes some tenths of a second on the whole terrain: one at a time.
        self._placing = threading.Lock()

    @property
    def default_strategy(self) -> str:
        """Strategy of a question that names none."""
        return default_strategy(self._region)

    def specs(self, asked: SimulationBody, *, any_cell_size: bool = False) -> dict[str, RunSpec]:
        """Return the runs `without` and `with` what was asked for.

        Parameters
        ----------
        asked : SimulationBody
        any_cell_size : bool
            Whether to take cell sizes that are not among those offered over HTTP.

        Raises
        ------
        RiskError
            With the field: an unknown name, a figure out of its range, a dam that cannot be
            built there or that would change nothing.
        """
        strategy = asked.strategy if asked.strategy is not None else self.default_strategy
        with _in_a_body():
            cell = asked.cell_size_m
            if not any_cell_size:
                cell = self._answers.http_cell_size_m(cell, asked.quality)
            quality = quality_of(asked.quality)
            base = plan(self._region, asked.scenario, strategy, cell_size_m=cell, quality=quality)
            if not asked.dams and not asked.changes:
                raise _refused("dams", "nothing_asked")
            own = [_own_dam(dam, number) for number, dam in enumerate(asked.dams)]
            changes = {dam_id: _change(dam_id, change) for dam_id, change in asked.changes.items()}
            places = {dam.id: _Place(f"dams[{number}]", dam) for number, dam in enumerate(own)}
            places |= {dam_id: _Place(f"changes.{dam_id}", change) for dam_id, change in changes.items()}
            spec = _told(
                places,
                lambda: plan(
                    self._region,
                    asked.scenario,
                    strategy,
                    cell_size_m=cell,
                    quality=quality,
                    changes=changes,
                    own_dams=own,
                ),
            )
            if spec.id == base.id:
                raise _refused("changes", "changes_nothing")
            _told(places, lambda: self._check(spec))
        self._answers.remember(base.id, strategy)
        return {WITHOUT: base, WITH: spec}

    def _check(self, spec: RunSpec) -> None:
        values = spec.values
        cell_size_m = float(values["cell_size_m"])
        # On coarse cells a wall far too short still closes its valley: it has to on those of a final run too.
        for size in sorted({cell_size_m, min(cell_size_m, float(self._region.run_cell_size_m))}):
            with self._placing:
                check_sites(self._region, self._grid(size), values)

    def _grid(self, cell_size_m: float) -> Grid:
        return self._grids.get(cell_size_m, lambda: self._region.terrain(cell_size_m))


@dataclass(frozen=True)
class _Place:
    """Where a dam stands in the question, and what was asked of it."""

    path: str
    asked: OwnDam | DamChange

    def of(self, field: str) -> str:
        """Path of a field; what is wrong with the size belongs to the figure that was given for it."""
        if field == "axis" and isinstance(self.asked, DamChange):
            # A dam of the region has its axis: it is its size that lets it meet another.
            field = "height_m"
        if field in _SIZES:
            given = [name for name in _SIZES if getattr(self.asked, name, None) is not None]
            return f"{self.path}.{given[0]}" if given else self.path
        return f"{self.path}.{field}"


class _in_a_body:
    """Within it an error names its field as this body does."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, RiskError) and error.status == 400:
            if error.params.get("field") == "strategies":
                error.params = {**error.params, "field": "strategy"}
            # A query takes several strategies, this body one.
            error.fields = tuple(
                replace(field, field="strategy") if field.field == "strategies" else field
                for field in error.fields
            )


def _refused(field: str, reason: str, **params: str) -> ImpossibleDam:
    key = f"dam.{reason}"
    return ImpossibleDam(field, translate("en", f"error.reason.{key}", **params), reason_key=key, **params)


def _told(places: Mapping[str, _Place], make: Callable[[], T]) -> T:
    """Do it, and say of a dam that is refused where in the question it stands."""
    from geodata import DamDoesNotClose, DamOffCourse, DamRefused

    try:
        return make()
    except DamRefused as refused:
        place = places.get(refused.about)
        field = place.of(refused.field) if place is not None else "dams"
        raise _refused(field, refused.reason, **refused.params) from refused
    except (DamDoesNotClose, DamOffCourse) as error:
        # A dam of the region that cannot stand on cells of this size.
        raise _refused("cell_size_m", "too_coarse") from error


def _own_dam(given: OwnDamBody, number: int) -> OwnDam:
    name = given.id or own_dam_id(number)
    return _at(
        f"dams[{number}]",
        lambda: OwnDam(
            name,
            [(lon, lat) for lon, lat in given.axis],
            given.crest_elevation_m,
            given.height_m,
            _openings(given.openings),
            GivenWeir(given.weir.width_m, given.weir.below_crest_m) if given.weir else None,
            given.state,
            **{name: getattr(given, name) for name in FIGURES},
            breach=_breach(given.breach),
        ),
    )


def _change(dam_id: str, given: DamChangeBody) -> DamChange:
    return _at(
        f"changes.{dam_id}",
        lambda: DamChange(
            given.crest_elevation_m,
            given.height_m,
            given.capacity_m3,
            given.state,
            None if given.openings is None else _openings(given.openings),
            GivenWeir(given.weir.width_m, given.weir.below_crest_m) if given.weir else None,
            _breach(given.breach),
        ),
    )


def _openings(given: Sequence[OpeningBody]) -> list[GivenOpening]:
    return [_at(f"openings[{number}]", partial(_opening, opening)) for number, opening in enumerate(given)]


def _opening(given: OpeningBody) -> GivenOpening:
    law, gate, siphon = given.clogging, given.gate, given.siphon
    return GivenOpening(
        given.area_m2,
        given.discharge_coefficient,
        given.passes,
        given.sill_above_bed_m,
        GivenClogging(law.largest_share, law.solids_m3_per_m2) if law is not None else None,
        GivenGate(gate.time_s, gate.open_share) if gate is not None else None,
        GivenSiphon(siphon.priming_above_bed_m, siphon.breaking_above_bed_m) if siphon is not None else None,
    )


def _breach(given: BreachBody | None) -> GivenBreach | None:
    return GivenBreach(**given.model_dump()) if given is not None else None


def _at(place: str, make: Callable[[], T]) -> T:
    """Make a part of the question; a figure of it that is refused is named with its place."""
    try:
        return make()
    except BadParameter as error:
        placed = BadParameter(
            f"{place}.{error.field}",
            error.params["reason"],
            error.allowed,
            reason_key=error.reason_key,
            **error.reason_params,
        )
        placed.fields = tuple(replace(one, field=f"{place}.{one.field}") for one in error.fields)
        raise placed from error
