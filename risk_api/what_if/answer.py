"""The answer of a simulation: districts without and with the dam, and everything about the dam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from risk_api.exposure import compare_runs
from risk_api.i18n import Language, translate
from risk_api.named_dams import dam_name
from risk_api.runs.changes import changed_state
from risk_api.runs.quality import FINAL, PREVIEW
from risk_api.serialise.dam_states import states_json
from risk_api.serialise.exposure import exposure_features, exposure_members, strategy_name
from risk_api.serialise.features import Feature, collection_json
from risk_api.what_if.dams import asked_dams, dam_json
from risk_api.what_if.planner import WITH, base_of

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.answers import Answers
    from risk_api.runs import RunSpec, RunStore


def simulation_json(
    region: Region,
    store: RunStore,
    answers: Answers,
    specs: Mapping[str, RunSpec],
    districts: Mapping[str, Feature],
    scheme: str,
    language: Language,
    root_path: str = "",
) -> dict[str, Any]:
    """Return a simulation as GeoJSON: a feature per district, the dams and the rest beside them.

    Parameters
    ----------
    specs : mapping
        The runs `without` and `with` what was asked for, both made.
    districts : mapping
        The district features by id.

    Raises
    ------
    RunsMissing
        With the runs to make first.
    UnknownScheme
        Naming those there are.
    """
    quality = PREVIEW if specs[WITH].is_preview else FINAL
    comparison = compare_runs(region, store, specs, scheme, quality=quality)
    features = exposure_features(comparison, region, districts, language)
    inputs = {name: spec.values for name, spec in specs.items()}
    strategies = _strategies_of(specs, answers)
    states = {name: _states(region, values, strategies, language) for name, values in inputs.items()}
    members = exposure_members(comparison, region, features, inputs, language, states)
    run = store.open(specs[WITH].id)
    href = f"{root_path}/v1/simulations/{run.id}"
    dams = []
    for dam_id in asked_dams(run):
        dam = dam_json(run, dam_id, region, language)
        dams.append({**dam, "drawing": f"{href}/storage-curve.svg?dam={dam_id}&lang={language}"})
    simulation = {
        "id": run.id,
        "description": translate(language, "answer.simulation.about"),
        # A run knows its dams, not by which name somebody asked for them: strategies can share one.
        "strategy": [{"id": name, "name": strategy_name(region, name, language)} for name in strategies],
        "dams": dams,
        "notes": _notes(dams, language),
        "links": [
            {"rel": "self", "href": href},
            *({"rel": "drawing", "type": "image/svg+xml", "href": dam["drawing"]} for dam in dams),
            *(
                {"rel": f"run-{name}", "href": f"{root_path}/v1/runs/{spec.id}"}
                for name, spec in specs.items()
            ),
        ],
    }
    return collection_json(features, language, members | simulation)


def _notes(dams: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """What the answer does not say: of dams that may fail, and of drawn ones that cannot."""
    notes = [translate(language, "answer.simulation.not_for_siting")]
    if any(dam["own"] and dam["breach"] is None for dam in dams):
        notes.append(translate(language, "answer.simulation.no_failure"))
    if any(dam["breach"] is not None for dam in dams):
        notes.append(translate(language, "what_if.may_fail"))
    if any(dam["openings"] for dam in dams):
        notes.append(translate(language, "what_if.drainage"))
    return notes


def _states(
    region: Region, inputs: Mapping[str, Any], strategies: Sequence[str], language: Language
) -> list[dict[str, Any]]:
    """States of a run's dams: as a strategy has them, but for those that somebody asked for otherwise."""
    scenario = region.scenarios[inputs["scenario"]["id"]]
    known: dict[str, dict[str, Any]] = {}
    if strategies:
        listed = states_json(region, scenario, strategies[0], inputs["dams"], language)
        known = {state["dam"]: state for state in listed}
    found = []
    for dam_id in inputs["dam_order"]:
        change, own = inputs.get("changes", {}).get(dam_id), inputs.get("own_dams", {}).get(dam_id)
        if dam_id in known and change is None:
            found.append(known[dam_id])
            continue
        state = own["state"] if own else changed_state(inputs["dams"][dam_id], change or {})
        found.append(
            {
                "dam": dam_id,
                "name": dam_name(dam_id, region, language),
                "text": translate(language, f"dam_state.{state['kind']}"),
                "kind": state["kind"],
                "since": None,
                "source": _source(state, bool(own or change), language),
            }
        )
    return found


def _source(state: Mapping[str, Any], asked: bool, language: Language) -> str:
    """Who says so of a dam whose strategy nobody remembers."""
    if asked:
        return translate(language, "answer.simulation.asked")
    # Without its strategy only an earthquake leaves a dam of the region so.
    return translate(language, "what_if.source.damaged") if state["kind"] == "damaged" else ""


def _strategies_of(specs: Mapping[str, RunSpec], answers: Answers) -> list[str]:
    base = base_of(specs[WITH])
    values = base.values
    scenario, cell = base.scenario, float(values["cell_size_m"])
    quality = (PREVIEW if base.is_preview else FINAL).id
    found = [
        name
        for name in answers.known_strategies(scenario)
        if answers.spec(scenario, name, cell, quality).id == base.id
    ]
    asked = answers.asked_as(base.id)
    return [*found, *([asked] if asked is not None and asked not in found else [])]
