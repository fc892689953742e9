"""``/v1/jobs``: runs being made, their progress, and a way to stop them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from risk_api.errors import JobEnded
from risk_api.i18n import Language, translate
from risk_api.job_events import MEDIA_TYPE as EVENTS
from risk_api.job_events import job_events, told_before
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import LimitQuery, OffsetQuery, Strict
from risk_api.responses import to_json_bytes
from risk_api.run_queue import failure_key
from risk_api.serialise.plain import to_plain
from risk_api.service import LanguageDep, Service, ServiceDep

if TYPE_CHECKING:
    from risk_api.runs import Job, RunSpec

FINAL: Final = ("successful", "failed", "dismissed")
#: Asking more often tells nothing new: progress moves about once a second.
RETRY_AFTER_S: Final = 2

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[Strict])


def job_json(job: Job, language: Language, root_path: str) -> dict[str, Any]:
    """Return a job as answers carry it."""
    href = f"{root_path}/v1/jobs/{job.id}"
    links = [{"rel": "self", "href": href}, {"rel": "events", "href": f"{href}/events"}]
    if job.status == "successful" and job.simulation is not None:
        links.append({"rel": "results", "href": f"{root_path}/v1/simulations/{job.simulation}"})
    if job.status == "successful":
        links += [{"rel": "results", "href": f"{root_path}/v1/runs/{run_id}"} for run_id in job.run_ids]
    return {
        "id": job.id,
        "status": job.status,
        "status_text": translate(language, f"job.{job.status}"),
        "progress": job.progress,
        "runs_ahead": job.runs_ahead,
        "message": job.message,
        "run_ids": list(job.run_ids),
        "simulation": job.simulation,
        # What the worker raised can hold paths: it is for the log, the caller gets a sentence.
        "error": translate(language, f"error.reason.{failure_key(job.error)}") if job.error else None,
        "created": to_plain(job.created),
        "updated": to_plain(job.updated),
        "links": links,
    }


def accepted(
    request: Request,
    service: Service,
    specs: Sequence[RunSpec],
    language: Language,
    simulation: str | None = None,
    members: Mapping[str, Any] | None = None,
    location: str | None = None,
) -> Response:
    """Start, or find, the job that makes `specs` and answer 202 with where to follow it.

    `simulation` is the id of the simulation that they are made for. `members` are added to the document;
    `location` is asked again instead of the job, where more than this job is needed for the answer.

    Raises
    ------
    RunFailed, TooManyRuns
        From the queue.
    """
    job = service.queue.request(specs, simulation=simulation)
    root_path = request.scope.get("root_path", "")
    monitor = f"{root_path}/v1/jobs/{job.id}"
    links = [{"rel": "monitor", "href": monitor}, {"rel": "events", "href": f"{monitor}/events"}]
    if simulation is not None:
        links.append({"rel": "results", "href": f"{root_path}/v1/simulations/{simulation}"})
    document = {
        "job": job_json(job, language, root_path),
        "progress": job.progress,
        "detail": translate(language, "answer.job.created"),
        "links": links,
        **(members or {}),
    }
    headers = {
        "Location": location or monitor,
        "Retry-After": str(RETRY_AFTER_S),
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    return Response(to_json_bytes(document), status_code=202, media_type=MEDIA_TYPES["json"], headers=headers)


def _answer(document: Any, language: Language, headers: dict[str, str] | None = None) -> Response:
    sent = {"Cache-Control": "no-store", "Content-Language": language, **(headers or {})}
    return Response(to_json_bytes(document), media_type=MEDIA_TYPES["json"], headers=sent)


@router.get("", response_class=Response)
async def jobs(
    request: Request,
    service: ServiceDep,
    language: LanguageDep,
    limit: LimitQuery = 100,
    offset: OffsetQuery = 0,
) -> Response:
    """Return the jobs since the start of the service, newest first."""
    found = service.jobs.jobs(placed=True)
    root_path = request.scope.get("root_path", "")
    page = [job_json(job, language, root_path) for job in found[offset : offset + limit]]
    return _answer({"jobs": page, "numberMatched": len(found)}, language)


@router.get("/{job_id}", response_class=Response)
async def job(request: Request, service: ServiceDep, language: LanguageDep, job_id: str) -> Response:
    """Return a job's status, progress from 0 to 1 and, while it waits, how many runs are made before it."""
    found = service.jobs.get(job_id)
    headers = {} if found.status in FINAL else {"Retry-After": str(RETRY_AFTER_S)}
    return _answer(job_json(found, language, request.scope.get("root_path", "")), language, headers)


@router.get(
    "/{job_id}/events",
    response_class=Response,
    responses={
        200: {"description": "Server-sent events until the job has ended", "content": {EVENTS: {}}},
        204: {"description": "The end was told already: do not connect again"},
    },
)
async def events(request: Request, service: ServiceDep, language: LanguageDep, job_id: str) -> Response:
    """Return a job's progress as server-sent events: `progress` while it runs, then `end`, and nothing more.

    The data of each event are the job as `/v1/jobs/{job_id}` returns it.
    """
    found = service.jobs.get(job_id)
    if found.status in FINAL and request.headers.get("last-event-id", "").startswith("end"):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    root_path = request.scope.get("root_path", "")
    headers = {"Cache-Control": "no-store", "Content-Language": language, "X-Accel-Buffering": "no"}
    if getattr(request.state, "head_only", False):
        return Response(media_type=EVENTS, headers=headers)
    return StreamingResponse(
        job_events(
            lambda: service.jobs.get(job_id),
            lambda job: job_json(job, language, root_path),
            service.stopping.is_set,
            also=lambda job: job.runs_ahead,
            after=told_before(request.headers.get("last-event-id", "")),
        ),
        media_type=EVENTS,
        headers=headers,
    )


@router.delete("/{job_id}", response_class=Response)
def dismiss(request: Request, service: ServiceDep, language: LanguageDep, job_id: str) -> Response:
    """Stop a job; what it has not finished leaves nothing behind."""
    found = service.jobs.get(job_id)
    if found.status in FINAL:
        raise JobEnded(translate(language, f"job.{found.status}"))
    stopped = service.jobs.cancel(job_id)
    return _answer(job_json(stopped, language, request.scope.get("root_path", "")), language)
