"""``items``: from the query to a selection, from the selection to a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from risk_api.errors import BadParameter
from risk_api.features.boxes import parse_box
from risk_api.features.catalogue import Collection
from risk_api.features.cql2 import LANGUAGES, parse_filter
from risk_api.features.crs import Crs, asked_crs, offered
from risk_api.features.pages import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of
from risk_api.features.select import SCALARS, Selection, select, typed
from risk_api.features.table import FeatureTable
from risk_api.features.times import parse_datetime
from risk_api.i18n import translate
from risk_api.ogc.call import Call
from risk_api.ogc.links import GEOJSON, ITEM, ITEMS, JSON, Link, link, own_links
from risk_api.responses import to_json_bytes

#: Parameters of every collection; its scalar columns join them.
PARAMETERS: Final = (
    "limit",
    "offset",
    "bbox",
    "bbox-crs",
    "datetime",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
)
_MOST_DIGITS: Final = 18
_MEDIA_TYPES: Final = dict(ITEMS)


def asked_columns(found: Collection) -> dict[str, Any]:
    """Return the columns that a query can name as parameters, by name."""
    return {field.name: field for field in found.fields if field.dtype in SCALARS}


def answer_crs(call: Call) -> Crs:
    """Return the system of the coordinates in the answer."""
    return asked_crs("crs", call.parameters.get("crs"), offered(call.service.region.crs))


def selection(call: Call, found: Collection) -> Selection:
    """Return what the query asks of a collection.

    Raises
    ------
    BadParameter, BadFilter
        Naming what is not understood.
    """
    asked = call.parameters
    columns = asked_columns(found)
    systems = offered(call.service.region.crs)
    if not asked:
        return Selection()
    box_crs = asked_crs("bbox-crs", asked.get("bbox-crs"), systems)
    filter_crs = asked_crs("filter-crs", asked.get("filter-crs"), systems)
    language = _filter_language(asked.get("filter-lang"))
    return Selection(
        ground=parse_box(asked["bbox"], box_crs) if "bbox" in asked else None,
        ground_crs=box_crs,
        when=parse_datetime(asked["datetime"]) if "datetime" in asked else None,
        equal={name: typed(columns[name], value) for name, value in asked.items() if name in columns},
        filter=parse_filter(asked["filter"], language, found.fields, filter_crs)
        if "filter" in asked
        else None,
    )


def _filter_language(asked: str | None) -> str:
    if asked is None:
        return LANGUAGES[0]
    if asked not in LANGUAGES:
        listed = ", ".join(LANGUAGES)
        raise BadParameter(
            "filter-lang", f"allowed are {listed}", LANGUAGES, reason_key="allowed", allowed_names=listed
        )
    return asked


def page(call: Call, found: Collection, table: FeatureTable) -> Page:
    """Return the page that the query asks for.

    Raises
    ------
    BadParameter, BadFilter
        Naming what is not understood.
    """
    # A limit above the largest is no error (Features Part 1, fc-limit-response-1); it is cut.
    limit = min(whole_number(call, "limit", 1, DEFAULT_LIMIT), LARGEST_LIMIT)
    offset = whole_number(call, "offset", 0, 0)
    return page_of(table, select(table, selection(call, found), call.language), limit, offset)


def whole_number(call: Call, name: str, least: int, default: int) -> int:
    """Return a whole number of the query."""
    text = call.parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) >= least):
        raise BadParameter(
            name, f"a whole number of at least {least} is needed", reason_key="whole", least=str(least)
        )
    return int(text)


def geojson(call: Call, found: Collection, shown: Page, around: Sequence[Link]) -> bytes:
    """Return the page as a FeatureCollection with its links; `around` are those of `paging`."""
    return shown.geojson(answer_crs(call), call.language, members(call, found, shown, "json", around))


def members(
    call: Call, found: Collection, shown: Page, format: str, around: Sequence[Link]
) -> dict[str, Any]:
    """Return what stands beside the features."""
    return {
        "numberMatched": shown.matched,
        "numberReturned": len(shown.places),
        "links": [
            *own_links(call, ITEMS, format),
            *around,
            link(f"{call.base}/collections/{found.id}", "collection", JSON, found.titles[call.language]),
        ],
    }


def paging(call: Call, shown: Page, format: str) -> Iterator[Link]:
    """Yield the links to the pages after and before."""
    for rel, offset in (("next", shown.next_offset), ("prev", shown.previous_offset)):
        if offset is not None:
            href = f"{call.address}{call.query_without('f', 'offset')}f={format}&offset={offset}"
            yield link(href, rel, _MEDIA_TYPES[format], translate(call.language, f"ogc.link.{rel}"))


def headers(
    call: Call, shown: Page | None, format: str, around: Sequence[Link]
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of features: their system of coordinates, and the pages around."""
    sent = [(b"content-crs", f"<{answer_crs(call).uri}>".encode())]
    if shown is not None:
        sent += [
            (b"link", f'<{entry["href"]}>; rel="{entry["rel"]}"; type="{entry["type"]}"'.encode())
            for entry in around
        ]
        if format not in ("json", "html"):
            sent.append(
                (b"content-disposition", f'attachment; filename="{shown.table.id}.{format}"'.encode())
            )
    return tuple(sent)


def feature(call: Call, found: Collection, table: FeatureTable, feature_id: str) -> bytes:
    """Return one feature with its links.

    Raises
    ------
    UnknownFeature
        Naming the ids there are.
    """
    place = table.place(feature_id)
    here = f"{call.base}/collections/{found.id}"
    links = [
        *own_links(call, ITEM, "json"),
        link(here, "collection", JSON, found.titles[call.language]),
        link(f"{here}/items", "items", GEOJSON, found.titles[call.language]),
    ]
    encoded = table.encoded(answer_crs(call), call.language)[place]
    return b"".join((encoded[:-1], b',"links":', to_json_bytes(links), b"}"))


def feature_address(call: Call, found: Collection, feature_id: str) -> str:
    """Return the address of a feature."""
    return f"{call.base}/collections/{found.id}/items/{quote(feature_id, safe='')}"
