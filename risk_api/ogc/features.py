"""OGC API Features as a part of ``/ogc``: items, one item, queryables, schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from anyio import to_thread

from risk_api.i18n import translate
from risk_api.ogc import items, schemas
from risk_api.ogc.answer import Answering, Made, holds_while
from risk_api.ogc.common import asked_collection, version_now
from risk_api.ogc.links import ITEM, ITEMS, JSON_SCHEMA, SCHEMA, Link, link
from risk_api.ogc.part import Described, Part, Route

if TYPE_CHECKING:
    from starlette.responses import Response

    from risk_api.features.catalogue import Collection
    from risk_api.features.table import FeatureTable
    from risk_api.ogc.call import Call

_SPEC: Final = "http://www.opengis.net/spec"
_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"

CLASSES: Final[tuple[str, ...]] = (
    f"{_SPEC}/ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/oas30",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/html",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/features-filter",
    f"{_SPEC}/ogcapi-features-5/1.0/conf/schemas",
    f"{_SPEC}/ogcapi-features-5/1.0/conf/core-roles-features",
    f"{_SPEC}/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    f"{_SPEC}/cql2/1.0/conf/cql2-text",
    f"{_SPEC}/cql2/1.0/conf/cql2-json",
    f"{_SPEC}/cql2/1.0/conf/basic-cql2",
    f"{_SPEC}/cql2/1.0/conf/advanced-comparison-operators",
    f"{_SPEC}/cql2/1.0/conf/case-insensitive-comparison",
    f"{_SPEC}/cql2/1.0/conf/accent-insensitive-comparison",
    f"{_SPEC}/cql2/1.0/conf/basic-spatial-functions",
    f"{_SPEC}/cql2/1.0/conf/basic-spatial-functions-plus",
    f"{_SPEC}/cql2/1.0/conf/spatial-functions",
    f"{_SPEC}/cql2/1.0/conf/property-property",
    f"{_SPEC}/cql2/1.0/conf/arithmetic",
)


async def _items(call: Call, answering: Answering) -> Response:
    found = await asked_collection(call)
    holds_while(call, found.version, version_now(call, found))
    format = call.format(ITEMS)
    tag = answering.tag(call, found.version, format)
    held = answering.not_modified(call, tag)
    if held is not None:
        return held
    call.refuse_unknown((*items.PARAMETERS, *items.asked_columns(found)))
    crs = items.answer_crs(call)
    table = await _table(call, found)
    shown = items.page(call, found, table)

    def body() -> Made:
        around = list(items.paging(call, shown, format))
        sent = items.headers(call, shown, format, around)
        kept = shown.is_whole
        if format == "json":
            return Made(items.geojson(call, found, shown, around), kept, sent)
        if format == "csv":
            return Made(shown.csv(crs, call.language), kept, sent)
        if format == "html":
            from risk_api.ogc.pages import items_page

            return Made(items_page(call, found, shown, around), kept, sent)
        return Made(shown.file(format, crs), kept, sent)

    return await answering.answer(
        call, tag, dict(ITEMS)[format], body, in_thread=format not in ("json", "csv")
    )


async def _feature(call: Call, answering: Answering) -> Response:
    found = await asked_collection(call)
    holds_while(call, found.version, version_now(call, found))
    format = call.format(ITEM)
    tag = answering.tag(call, found.version, format)
    held = answering.not_modified(call, tag)
    if held is not None:
        return held
    call.refuse_unknown(("crs",))
    items.answer_crs(call)
    table = await _table(call, found)
    feature_id = call.values["featureId"]
    table.place(feature_id)

    def body() -> Made:
        sent = items.headers(call, None, format, ())
        if format == "json":
            return Made(items.feature(call, found, table, feature_id), kept=False, headers=sent)
        from risk_api.ogc.pages import feature_page

        return Made(feature_page(call, found, table, feature_id), kept=False, headers=sent)

    return await answering.answer(call, tag, dict(ITEM)[format], body)


async def _queryables(call: Call, answering: Answering) -> Response:
    found = await asked_collection(call)
    return await answering.document(
        call, found.version, JSON_SCHEMA, lambda call, _: schemas.queryables(call, found)
    )


async def _schema(call: Call, answering: Answering) -> Response:
    found = await asked_collection(call)
    return await answering.document(
        call, found.version, JSON_SCHEMA, lambda call, _: schemas.schema(call, found)
    )


async def _table(call: Call, found: Collection) -> FeatureTable:
    """Return a collection's features; what has to be read from a run is read in a thread."""
    held = call.service.catalogue.held(found)
    if held is not None:
        return held
    return await to_thread.run_sync(call.service.catalogue.table, found, limiter=call.service.sampling)


def _collection_links(call: Call, found: Collection) -> Iterator[Link]:
    language, title = call.language, found.titles[call.language]
    here = f"{call.base}/collections/{found.id}"
    for name, media in ITEMS:
        yield link(f"{here}/items?f={name}", "items", media, f"{title} ({name})")
    yield link(
        f"{here}/queryables", f"{_REL}/queryables", SCHEMA, translate(language, "ogc.queryables.title")
    )
    yield link(f"{here}/schema", f"{_REL}/schema", SCHEMA, translate(language, "ogc.schema.title"))


def _described(call: Call, found: Sequence[Collection]) -> Described:
    from risk_api.ogc.features_described import described

    return described(call, found)


PART: Final = Part(
    name="features",
    classes=CLASSES,
    routes=(
        Route("collections/{collectionId}/items", {"GET": _items}),
        Route("collections/{collectionId}/items/{featureId}", {"GET": _feature}),
        Route("collections/{collectionId}/queryables", {"GET": _queryables}),
        Route("collections/{collectionId}/schema", {"GET": _schema}),
    ),
    collection_links=_collection_links,
    described=_described,
)
