"""What the routes share: one object per application, made at start, handed on by dependency injection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypedDict, cast

from fastapi import Depends, Query
from starlette.requests import Request

from risk_api.i18n import Language
from risk_api.negotiation import request_language

if TYPE_CHECKING:
    from threading import Event

    from anyio import CapacityLimiter

    from geodata import Region
    from risk_api.alerts.issued import IssuedAlerts
    from risk_api.alerts.watch import FeedWatch
    from risk_api.answers import Answers
    from risk_api.benefit.answers import BenefitAnswers
    from risk_api.features.catalogue import Catalogue
    from risk_api.layers import LayerStore
    from risk_api.metrics import Metrics
    from risk_api.ogc.processes.executions import Executions
    from risk_api.precompute import Precompute
    from risk_api.run_queue import RunQueue
    from risk_api.runs import JobManager, RunStore
    from risk_api.seismic.answers import QuakeAnswers
    from risk_api.seismic.chain_answers import ChainAnswers
    from risk_api.seismic.hazard_answers import HazardAnswers
    from risk_api.seismic.maps.hazard_grids import HazardGrids
    from risk_api.seismic.maps.shake_maps import ShakeMaps
    from risk_api.settings import Settings
    from risk_api.stac.index import RunIndex
    from risk_api.tiles.store import TileStore
    from risk_api.what_if import WhatIf


@dataclass(frozen=True)
class Service:
    """The parts of a running service.

    Attributes
    ----------
    settings : Settings
    region : Region
        The ground that is served.
    layers : LayerStore
        Its layers as ready GeoJSON features.
    catalogue : Catalogue
        What can be asked for as a collection of features.
    store : RunStore
        Finished runs.
    jobs : JobManager
        Runs being made.
    queue : RunQueue
        The way to have runs made for a question.
    answers : Answers
        Comparisons of finished runs, each worked out once.
    what_if : WhatIf
        Plans dams that do not exist, or says why they cannot.
    benefits : BenefitAnswers
        Sizings, benefits and rankings, each worked out once.
    alerts : IssuedAlerts
        Warnings that authenticated senders have issued.
    feed : FeedWatch
        Warnings of others, where a feed is set.
    hazard : HazardAnswers
        Hazard curves, each worked out once.
    hazard_grids : HazardGrids
        Hazard on cells of 1 km, made once in the background.
    run_index : RunIndex
        Which finished runs belong to which scenario.
    executions : Executions
        Executions of processes, and what they wait for.
    chains : ChainAnswers
        Chains from an earthquake to people, each worked out once.
    quakes : QuakeAnswers
        Damage and casualties of earthquakes, each worked out once.
    shakemaps : ShakeMaps
        Maps of earthquakes' shaking, each made once.
    precompute : Precompute
        What is made in the background since the start.
    tiles : TileStore
        Tile sets, each cut once.
    metrics : Metrics
    sampling : CapacityLimiter
        Lets few threads at a time open the rasters of runs for single points.
    stopping : Event
        Set once the server is to stop: answers that would go on for long come to their end.
    """

    settings: Settings
    region: Region
    layers: LayerStore
    catalogue: Catalogue
    store: RunStore
    jobs: JobManager
    queue: RunQueue
    answers: Answers
    what_if: WhatIf
    benefits: BenefitAnswers
    alerts: IssuedAlerts
    feed: FeedWatch
    hazard: HazardAnswers
    hazard_grids: HazardGrids
    run_index: RunIndex
    executions: Executions
    chains: ChainAnswers
    quakes: QuakeAnswers
    shakemaps: ShakeMaps
    precompute: Precompute
    tiles: TileStore
    metrics: Metrics
    sampling: CapacityLimiter
    stopping: Event


class State(TypedDict):
    """The lifespan state of the application."""

    service: Service


def get_service(request: Request) -> Service:
    """Return the service behind a request."""
    return cast("Service", request.state.service)


def asked_language(
    request: Request,
    lang: Annotated[
        str | None,
        Query(description="Language of names and sentences: kk, ru or en; else Accept-Language, else en."),
    ] = None,
) -> Language:
    """Return the language of the answer; on a route it makes ``lang`` a known parameter.

    Raises
    ------
    BadParameter
        If ``lang`` is none of the three.
    """
    return request_language(request)


ServiceDep = Annotated[Service, Depends(get_service)]
LanguageDep = Annotated[Language, Depends(asked_language)]
FormatQuery = Annotated[str | None, Query(alias="f", description="Format of the answer; else Accept.")]

Names = Mapping[str, str]
