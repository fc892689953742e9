"""OGC API Common: the landing page, the conformance declaration, the API description, the collections."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread

from risk_api.errors import UnknownCollection
from risk_api.ogc import documents
from risk_api.ogc.links import API, DOCUMENT
from risk_api.ogc.part import Part, Route

if TYPE_CHECKING:
    from starlette.responses import Response

    from risk_api.features.catalogue import Collection
    from risk_api.ogc.answer import Answering
    from risk_api.ogc.call import Call
    from risk_api.service import Service

CLASSES: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
)


def common(others: Sequence[Part]) -> Part:
    """Return the part that shows what the `others` have."""

    def versions(service: Service) -> str:
        return "\n".join(part.version(service) for part in others)

    def everything(call: Call) -> str:
        """Return what changes with the set of collections."""
        ids = "\n".join((versions(call.service), *call.service.catalogue.ids()))
        return hashlib.blake2b(ids.encode(), digest_size=10).hexdigest()

    async def landing(call: Call, answering: Answering) -> Response:
        return await answering.document(
            call,
            versions(call.service),
            DOCUMENT,
            lambda call, form: documents.landing(call, form, others),
            now=partial(versions, call.service),
        )

    async def conformance(call: Call, answering: Answering) -> Response:
        classes = (*CLASSES, *(uri for part in others for uri in part.classes))
        return await answering.document(
            call, "", DOCUMENT, lambda call, form: documents.conformance(call, form, classes), now=str
        )

    async def api(call: Call, answering: Answering) -> Response:
        def make(call: Call, _: str) -> dict[str, Any]:
            from risk_api.ogc.openapi import document

            return document(call, others)

        return await answering.document(call, everything(call), API, make, in_thread=True)

    async def collections(call: Call, answering: Answering) -> Response:
        return await answering.document(
            call,
            everything(call),
            DOCUMENT,
            lambda call, form: documents.collections(call, form, others),
            in_thread=True,
        )

    async def collection(call: Call, answering: Answering) -> Response:
        found = await asked_collection(call)
        return await answering.document(
            call,
            found.version + versions(call.service),
            DOCUMENT,
            lambda call, form: documents.collection(call, form, found, others),
        )

    return Part(
        name="common",
        classes=CLASSES,
        routes=(
            Route("", {"GET": landing}),
            Route("conformance", {"GET": conformance}),
            Route("api", {"GET": api}),
            Route("collections", {"GET": collections}),
            Route("collections/{collectionId}", {"GET": collection}),
        ),
    )


async def asked_collection(call: Call) -> Collection:
    """Return the collection that the path names; a layer that nobody has read yet is read in a thread, once.

    Raises
    ------
    UnknownCollection
        If there is none of that id.
    """
    catalogue, name = call.service.catalogue, call.values["collectionId"]
    if catalogue.is_read(name):
        return catalogue.get(name)
    return await to_thread.run_sync(catalogue.get, name, limiter=call.service.sampling)


def version_now(call: Call, found: Collection) -> Callable[[], str]:
    """Return a function that tells the version of a collection when it is called, empty once it is gone."""
    catalogue, name = call.service.catalogue, found.id

    def now() -> str:
        try:
            return catalogue.get(name).version
        except UnknownCollection:
            return ""

    return now
