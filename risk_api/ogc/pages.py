"""The same resources as pages for people: a table of what is there and links to go on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from risk_api import __version__
from risk_api.features.catalogue import Collection
from risk_api.features.pages import Page
from risk_api.features.table import FeatureTable
from risk_api.i18n import LANGUAGES, translate
from risk_api.ogc import items
from risk_api.ogc.call import Call
from risk_api.ogc.links import HTML, ITEM, Link, link, own_links
from risk_api.pages.render import render
from risk_api.serialise.exposure import localised
from risk_api.serialise.plain import to_plain
from risk_api.static_files import page_style_address

#: A row of a table: texts, or a text with where it leads.
Cell = str | tuple[str, str]


def document_page(call: Call, document: Mapping[str, Any]) -> bytes:
    """Return the page of any document but features: its links, its lists, its members."""
    tables = [
        [(collection["title"], collection["links"][0]["href"] + "?f=html"), collection["id"]]
        for name in ("collections", "processes")
        for collection in document.get(name, ())
    ]
    jobs = [
        [
            (job["jobID"], job["links"][0]["href"] + "?f=html"),
            job["processID"],
            job["message"],
            job["created"],
        ]
        for job in document.get("jobs", ())
    ]
    inputs = [
        [name, said["title"], said.get("description", ""), said["schema"].get("type", "")]
        for kind in ("inputs", "outputs")
        for name, said in document.get(kind, {}).items()
    ]
    status = [
        [name, str(document[name])]
        for name in ("status", "progress", "message", "processID", "created", "started", "finished")
        if "jobID" in document and name in document
    ]
    classes = [[uri] for uri in document.get("conformsTo", ())]
    properties = [
        [name, said.get("title", ""), said.get("type") or said.get("format", ""), said.get("x-ogc-unit", "")]
        for name, said in document.get("properties", {}).items()
    ]
    operations = [
        [path if method == "get" else f"{method.upper()} {path}", operation["summary"]]
        for path, methods in document.get("paths", {}).items()
        for method, operation in methods.items()
    ]
    info = document.get("info", document)
    return _page(
        call,
        heading=str(info.get("title") or translate(call.language, "ogc.conformance.title")),
        text=str(info.get("description", "")),
        links=document.get("links", ()),
        rows=[*tables, *jobs, *status, *inputs, *classes, *properties, *operations],
    )


def items_page(call: Call, found: Collection, shown: Page, around: Sequence[Link]) -> bytes:
    """Return a page of features as a table."""
    rows: list[Sequence[Cell]] = []
    names = [field for field in found.fields if field.dtype != "list"]
    for place in shown.places:
        feature = shown.table.rows[place]
        address = f"{items.feature_address(call, found, feature.id)}?f=html"
        values = (
            feature.names()[call.language] if field.name == "name" else feature.properties.get(field.name)
            for field in names
        )
        rows.append([(feature.id, address), *(_text(value) for value in values)])
    return _page(
        call,
        heading=found.titles[call.language],
        text=translate(call.language, "ogc.items.shown", shown=len(shown.places), matched=shown.matched),
        links=items.members(call, found, shown, "html", around)["links"],
        head=["id", *(field.title[call.language] for field in names)],
        rows=rows,
    )


def feature_page(call: Call, found: Collection, table: FeatureTable, feature_id: str) -> bytes:
    """Return one feature: a row per column."""
    feature = table.rows[table.place(feature_id)]
    rows: list[Sequence[Cell]] = [
        [field.title[call.language], _text(feature.properties[field.name]), field.unit]
        for field in found.fields
        if field.name in feature.properties
    ]
    above = f"{call.base}/collections/{found.id}?f=html"
    return _page(
        call,
        heading=feature.names()[call.language],
        text=found.titles[call.language],
        links=[*own_links(call, ITEM, "html"), link(above, "collection", HTML, found.titles[call.language])],
        rows=rows,
    )


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list, bool)) else str(value)


def _page(
    call: Call,
    *,
    heading: str,
    text: str,
    links: Sequence[Mapping[str, Any]],
    rows: Sequence[Sequence[Cell]],
    head: Sequence[str] = (),
) -> bytes:
    region = call.service.region
    query = [(name, value) for name, value in call.parameters.items() if name not in ("lang", "f")]
    context = {
        "root": call.root,
        "version": __version__,
        "page_style": page_style_address(call.root),
        "region_name": region.names[call.language],
        "language_links": {
            code: f"{call.address}?{urlencode([*query, ('f', 'html'), ('lang', code)])}" for code in LANGUAGES
        },
        "work": None,
        "credits": region.credits,
        "terrain": localised(to_plain(region.terrain_quality), call.language),
        "heading": heading,
        "text": text,
        "links": [
            {"rel": entry["rel"], "href": entry["href"], "title": entry.get("title") or entry["rel"]}
            for entry in links
        ],
        "head": head,
        "rows": [[cell if isinstance(cell, tuple) else (cell, "") for cell in row] for row in rows],
    }
    return render("ogc.html", call.language, context)
