"""``/v1/jobs``: runs being made, their progress, and a way to stop them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api.errors import JobEnded
from risk_api.i18n import Language, translate
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
    links = [{"rel": "self", "href": f"{root_path}/v1/jobs/{job.id}"}]
    if job.status == "successful":
        links += [{"rel": "results", "href": f"{root_path}/v1/runs/{run_id}"} for run_id in job.run_ids]
    return {
        "id": job.id,
        "status": job.status,
        "status_text": translate(language, f"job.{job.status}"),
        "progress": job.progress,
        "message": job.message,
        "run_ids": list(job.run_ids),
        # What the worker raised can hold paths: it is for the log, the caller gets a sentence.
        "error": translate(language, f"error.reason.{failure_key(job.error)}") if job.error else None,
        "created": to_plain(job.created),
        "updated": to_plain(job.updated),
        "links": links,
    }


def accepted(request: Request, service: Service, specs: Sequence[RunSpec], language: Language) -> Response:
    """Start, or find, the job that makes `specs` and answer 202 with where to follow it.

    Raises
    ------
    RunFailed, TooManyRuns
        From the queue.
    """
    job = service.queue.request(specs)
    root_path = request.scope.get("root_path", "")
    location = f"{root_path}/v1/jobs/{job.id}"
    document = {
        "job": job_json(job, language, root_path),
        "progress": job.progress,
        "detail": translate(language, "answer.job.created"),
        "links": [{"rel": "monitor", "href": location}],
    }
    headers = {
        "Location": location,
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
    found = service.jobs.jobs()
    root_path = request.scope.get("root_path", "")
    page = [job_json(job, language, root_path) for job in found[offset : offset + limit]]
    return _answer({"jobs": page, "numberMatched": len(found)}, language)


@router.get("/{job_id}", response_class=Response)
async def job(request: Request, service: ServiceDep, language: LanguageDep, job_id: str) -> Response:
    """Return a job's status and progress from 0 to 1."""
    found = service.jobs.get(job_id)
    headers = {} if found.status in FINAL else {"Retry-After": str(RETRY_AFTER_S)}
    return _answer(job_json(found, language, request.scope.get("root_path", "")), language, headers)


@router.delete("/{job_id}", response_class=Response)
def dismiss(request: Request, service: ServiceDep, language: LanguageDep, job_id: str) -> Response:
    """Stop a job; what it has not finished leaves nothing behind."""
    found = service.jobs.get(job_id)
    if found.status in FINAL:
        raise JobEnded(translate(language, f"job.{found.status}"))
    stopped = service.jobs.cancel(job_id)
    return _answer(job_json(stopped, language, request.scope.get("root_path", "")), language)
