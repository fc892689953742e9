"""The HTTP application: ``create_app(settings)`` is the only way to one, so that tests build many."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from anyio import CapacityLimiter
from fastapi import FastAPI

from risk_api import __version__, middleware
from risk_api.alerts.issued import IssuedAlerts
from risk_api.alerts.watch import FeedWatch
from risk_api.answers import Answers
from risk_api.benefit.answers import BenefitAnswers
from risk_api.features.catalogue import Catalogue
from risk_api.kept import Kept
from risk_api.layers import LayerStore
from risk_api.metrics import Metrics
from risk_api.ogc.app import Ogc
from risk_api.ogc.processes.part import take_up
from risk_api.openapi import add_documentation
from risk_api.precompute import Precompute
from risk_api.problems import add_problem_handlers
from risk_api.routes import (
    about,
    alerts,
    benefit,
    chain,
    dams,
    exposure,
    hazard,
    hazard_grid,
    jobs,
    layers,
    page,
    places,
    rdls,
    reports,
    runs,
    scenarios,
    seismic,
    shakemap,
    simulations,
    sizing,
    stac,
    tiles,
)
from risk_api.run_queue import RunQueue
from risk_api.service import Service, State
from risk_api.settings import Settings
from risk_api.static_files import PageFiles
from risk_api.tiles.store import TileStore
from risk_api.tiles.stored import StoredTiles
from risk_api.what_if import WhatIf

if TYPE_CHECKING:
    from geodata import Region

WEB: Final = Path(__file__).parent / "web"
#: Threads that open rasters for `/v1/locate`: more would only wait for the same disk.
POINT_THREADS: Final = 2
#: The background waits this long after the start, s.
BACKGROUND_AFTER_S: Final = 1.0


def open_service(
    settings: Settings,
    metrics: Metrics,
    region: Region | None = None,
    stopping: threading.Event | None = None,
) -> Service:
    """Open the region and the store, and make what the routes share.

    Parameters
    ----------
    settings : Settings
    metrics : Metrics
    region : Region, optional
        An open region; else the one that the settings name is opened.
    stopping : Event, optional
        Set by the server once it is to stop.

    Raises
    ------
    GeodataError
        If the region cannot be opened; the message names layer, file and field.
    OSError
        If the data folder cannot be written.
    """
    from geodata import open_region
    from risk_api.ogc.processes.executions import Executions
    from risk_api.ogc.processes.records import Records
    from risk_api.runs import JobManager, RunStore
    from risk_api.seismic.answers import QuakeAnswers
    from risk_api.seismic.chain_answers import ChainAnswers
    from risk_api.seismic.hazard_answers import HazardAnswers
    from risk_api.seismic.maps.hazard_grids import HazardGrids
    from risk_api.seismic.maps.shake_maps import ShakeMaps
    from risk_api.stac.index import RunIndex

    ground = region if region is not None else open_region(settings.region)
    store = RunStore(settings.runs_dir)
    manager = JobManager(settings.region, store, settings.workers, settings.max_run_memory_mb)
    answers = Answers(ground, store)
    layers = LayerStore(ground)
    quakes = QuakeAnswers(ground)
    catalogue = Catalogue(ground, layers, answers, store, quakes)
    queue = RunQueue(manager, store, settings.max_queued_runs)
    records = Records(settings.data_dir / "executions")
    default = answers.default_scenario
    scenarios_ = (default, *(key for key in ground.scenarios if key != default))
    return Service(
        settings=settings,
        region=ground,
        layers=layers,
        catalogue=catalogue,
        store=store,
        jobs=manager,
        queue=queue,
        answers=answers,
        what_if=WhatIf(ground, answers),
        benefits=BenefitAnswers(ground, store),
        alerts=IssuedAlerts(settings.alerts_dir),
        feed=FeedWatch(settings.cap_feed_url, ground, settings.cap_feed_interval_s),
        hazard=HazardAnswers(ground),
        hazard_grids=HazardGrids(ground, settings.region, settings.data_dir),
        run_index=RunIndex(store),
        executions=Executions(queue, manager, records, settings.max_queued_runs),
        chains=ChainAnswers(ground, store),
        quakes=quakes,
        shakemaps=ShakeMaps(ground, settings.data_dir),
        precompute=Precompute(answers, store, manager, scenarios_, settings.precompute),
        tiles=TileStore(settings.tiles_dir, ground, layers, store, catalogue),
        metrics=metrics,
        sampling=CapacityLimiter(POINT_THREADS),
        stopping=stopping or threading.Event(),
    )


def _warm_earthquakes(service: Service) -> None:
    """Work out named earthquakes and yearly losses, seconds of one processor, where the region allows it."""
    from risk_api.errors import RiskError

    try:
        if service.quakes.possible:
            for name in service.quakes.scenario_titles:
                if service.stopping.is_set():
                    return
                service.quakes.scenario(name)
            service.quakes.annual_tables()
    except RiskError as error:
        # A region too far from the sources, or without a ground: who asks is told the same.
        structlog.get_logger().info("no yearly earthquake losses", reason=str(error))


def _warm_answers(service: Service) -> None:
    """Make what the first reader would wait for, one after the other: one thread is enough."""
    service.tiles.cut_ground()
    _warm_earthquakes(service)
    if not service.stopping.is_set():
        service.hazard_grids.ensure()


async def _in_background(service: Service) -> None:
    """Warm the workers and make the first runs, once the first answers are out.

    The wait is for those who started the service to read something: on two cores, worker processes that load
    the compiler at the same moment would double the time to the first answer.
    """
    await asyncio.sleep(BACKGROUND_AFTER_S)
    if service.settings.warm:
        await asyncio.to_thread(service.jobs.start_warming)
    if service.settings.precompute:
        await asyncio.gather(asyncio.to_thread(_warm_answers, service), service.precompute.run())
    else:
        await service.precompute.run()


def create_app(
    settings: Settings, region: Region | None = None, stopping: threading.Event | None = None
) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings : Settings
    region : Region, optional
        An open region, where the caller has checked it already.
    stopping : Event, optional
        Set by the server once it is to stop, before it waits for the answers under way.
    """
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        service = open_service(settings, metrics, region, stopping)
        take_up(service)
        tasks = [asyncio.create_task(_in_background(service)), asyncio.create_task(service.feed.run())]
        try:
            yield {"service": service}
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await service.executions.close()
            await asyncio.to_thread(service.hazard_grids.close)
            await asyncio.to_thread(service.jobs.close)

    app = FastAPI(
        title="selrisk",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # /v1/districts and /v1/districts/ are not the same address; a redirect would hide the mistake.
        redirect_slashes=False,
        # The service has measurements of its own; asking for FastAPI's costs every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    add_problem_handlers(app)
    # Before the layers, whose /v1/districts/{feature_id} would otherwise take what follows it.
    app.include_router(places.router)
    app.include_router(layers.layer_router())
    app.include_router(dams.router)
    for router in (
        scenarios.router,
        exposure.router,
        seismic.router,
        simulations.router,
        benefit.router,
        sizing.router,
        alerts.router,
        tiles.router,
        hazard_grid.router,
        hazard.router,
        shakemap.router,
        reports.router,
        chain.router,
        rdls.router,
        runs.router,
        stac.router,
        jobs.router,
        about.words,
        about.operations,
        page.router,
    ):
        app.include_router(router)
    add_documentation(app)
    app.mount("/static", PageFiles(directory=WEB / "static"), name="static")
    # The last one added is the outermost. What is sent from memory needs nothing of what stands below it.
    app.add_middleware(Ogc)
    app.add_middleware(middleware.BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(middleware.Preflight)
    app.add_middleware(Kept, paths=("/v1/exposure", *layers.FIXED_PATHS), pattern=r"/v1/runs/[^/]+/footprint")
    # Outside what is kept: compressed under a tag of its own, a HEAD has to tell the same.
    app.add_middleware(middleware.HeadAsGet)
    app.add_middleware(StoredTiles)
    app.add_middleware(middleware.Envelope, observe=metrics.observe)
    return app
