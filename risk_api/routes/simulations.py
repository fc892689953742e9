"""``/v1/simulations``: what if there were a dam here, or that one were higher."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import RunsMissing, UnknownFeature, UnknownRun, UnknownSimulation
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.responses import cacheable, to_json_bytes
from risk_api.routes.jobs import accepted
from risk_api.runs import Run, RunSpec
from risk_api.service import LanguageDep, Service, ServiceDep
from risk_api.what_if import SimulationBody, base_of, can_be_made, is_simulation
from risk_api.what_if.answer import simulation_json
from risk_api.what_if.body import EXAMPLES
from risk_api.what_if.dams import asked_dams, dam_json
from risk_api.what_if.drawing import MEDIA_TYPE, storage_svg
from risk_api.what_if.planner import WITH, WITHOUT

router = APIRouter(prefix="/v1/simulations", tags=["simulations"], dependencies=[Strict])


@router.post(
    "",
    status_code=202,
    response_class=Response,
    responses={202: {"description": "The runs are being made; follow the job in Location"}},
)
def simulate(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    asked: Annotated[SimulationBody, Body(openapi_examples=EXAMPLES)],
) -> Response:
    """Have a scenario computed with a dam that you draw, or with a dam that is other than it is.

    Two runs are made, without and with it; what is made already is not made again. The answer stands at
    /v1/simulations/{id} once the job has ended; a dam that cannot be built is refused here, with the reason.
    """
    specs = service.what_if.specs(asked)
    return accepted(request, service, list(specs.values()), language, specs[WITH].id)


@router.get(
    "/{simulation_id}",
    response_class=Response,
    responses={
        200: {
            "description": "One feature per district, and the dam",
            "content": {"application/geo+json": {}},
        },
        202: {"description": "Its runs are being made; follow the job in Location"},
    },
)
def simulation(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    simulation_id: str,
    scheme: Annotated[str, Query(description="Class scheme: buwal or arr.")] = "buwal",
) -> Response:
    """Return the districts without and with the dam, and the dam's storage curve and record."""
    specs = _specs(service, simulation_id)
    try:
        document = simulation_json(
            service.region,
            service.store,
            service.answers,
            specs,
            service.layers.layer("districts"),
            scheme,
            language,
            str(request.scope.get("root_path", "")),
        )
    except RunsMissing:
        if not can_be_made(specs[WITHOUT].values, service.region):
            # Made by other software or on other ground, and half of it is gone: today's would not fit to it.
            raise UnknownSimulation(simulation_id, in_path=True) from None
        return accepted(request, service, list(specs.values()), language, simulation_id)
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["geojson"], language=language)


@router.get(
    "/{simulation_id}/storage-curve.svg",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
)
def drawing(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    simulation_id: str,
    dam: Annotated[
        str | None, Query(description="Id of the dam; default: the first that was asked for.")
    ] = None,
) -> Response:
    """Return the storage curve as a drawing, with the crest, the weir and the highest level reached."""
    run = _run(service, simulation_id)
    names = asked_dams(run)
    chosen = dam if dam is not None else names[0]
    if chosen not in names:
        raise UnknownFeature(chosen, names)
    body = storage_svg(dam_json(run, chosen, service.region, language), language)
    return cacheable(request, body, MEDIA_TYPE, language=language)


def _run(service: Service, simulation_id: str) -> Run:
    """The finished run with the dam."""
    try:
        run = service.store.open(simulation_id)
    except UnknownRun:
        raise UnknownSimulation(simulation_id, in_path=True) from None
    if not is_simulation(run.summary["inputs"]):
        raise UnknownSimulation(simulation_id, in_path=True)
    return run


def _specs(service: Service, simulation_id: str) -> dict[str, RunSpec]:
    """Both runs of a simulation: from the store, or from the job that is making them."""
    spec = service.jobs.spec(simulation_id)
    if spec is None or service.store.has(simulation_id):
        spec = RunSpec.of(_run(service, simulation_id).summary["inputs"])
    elif not is_simulation(spec.values):
        raise UnknownSimulation(simulation_id, in_path=True)
    return {WITHOUT: base_of(spec), WITH: spec}
