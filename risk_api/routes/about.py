"""The words used, the kinds of error, and what the service says about its own health."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from risk_api import __version__
from risk_api.errors import UnknownFeature
from risk_api.i18n import LANGUAGES, catalogue, translate
from risk_api.metrics import MEDIA_TYPE
from risk_api.negotiation import MEDIA_TYPES
from risk_api.parameters import Strict
from risk_api.problems import problem_classes, type_uri
from risk_api.responses import cacheable, to_json_bytes
from risk_api.service import LanguageDep, ServiceDep

words = APIRouter(prefix="/v1", tags=["words"], dependencies=[Strict])
operations = APIRouter(tags=["operations"])


def glossary_keys() -> list[str]:
    """Return the terms of the glossary in the order of the catalogue."""
    return [
        key.split(".")[1] for key in catalogue("en") if key.startswith("glossary.") and key.endswith(".term")
    ]


@words.get("/glossary", response_class=Response)
async def glossary(request: Request, language: LanguageDep) -> Response:
    """Return the words that have one fixed meaning here: exposed, affected, held and the rest."""
    terms = [
        {
            "id": key,
            "term": translate(language, f"glossary.{key}.term"),
            "meaning": translate(language, f"glossary.{key}.text"),
            **{f"term_{code}": translate(code, f"glossary.{key}.term") for code in LANGUAGES},
        }
        for key in glossary_keys()
    ]
    return cacheable(request, to_json_bytes({"terms": terms}), MEDIA_TYPES["json"], language=language)


@words.get("/problems", response_class=Response)
async def problems(request: Request, language: LanguageDep) -> Response:
    """Return the kinds of error that an answer can carry in ``type``."""
    document = {
        "problems": [
            {
                "type": kind.uri or type_uri(kind.code),
                "title": translate(language, f"error.{kind.code}.title"),
                "status": kind.status,
            }
            for kind in problem_classes()
        ]
    }
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)


@words.get("/problems/{code}", response_class=Response)
async def problem(request: Request, language: LanguageDep, code: str) -> Response:
    """Return what one kind of error means."""
    kinds = {kind.code: kind for kind in problem_classes()}
    if code not in kinds:
        raise UnknownFeature(code, kinds, in_path=True)
    kind = kinds[code]
    document = {
        "type": kind.uri or type_uri(code),
        "title": translate(language, f"error.{code}.title"),
        "status": kind.status,
        "description": (kind.__doc__ or "").strip(),
    }
    return cacheable(request, to_json_bytes(document), MEDIA_TYPES["json"], language=language)


def _plain(document: Any) -> Response:
    return Response(
        to_json_bytes(document), media_type=MEDIA_TYPES["json"], headers={"Cache-Control": "no-store"}
    )


@operations.get("/health/live", response_class=Response)
async def live() -> Response:
    """Answer as long as the process can answer at all."""
    return _plain({"status": "alive"})


@operations.get("/health/ready", response_class=Response)
def ready(service: ServiceDep) -> Response:
    """Answer once the region is open; say how far the comparisons are and whether kernels are warm."""
    return _plain(
        {
            "status": "ready",
            "version": __version__,
            "region": {"id": service.region.id, "version": service.region.version},
            "default_comparison": service.precompute.default_state(),
            "all_scenarios": service.precompute.all_state(),
            # Why it failed may hold paths: that is for the log.
            "kernels": service.jobs.warmth.status,
        }
    )


@operations.get("/metrics", response_class=Response)
def metrics(service: ServiceDep) -> Response:
    """Return counters for Prometheus."""
    jobs = Counter(job.status for job in service.jobs.jobs())
    body = service.metrics.render(len(service.store.ids()), dict(jobs))
    return Response(body, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
