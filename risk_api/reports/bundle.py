"""A folder that needs no network: pages, PDFs, tables and maps of one scenario, checksums, a last day."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from risk_api import __version__
from risk_api.i18n import LANGUAGES, Language
from risk_api.pages.render import render
from risk_api.reports.colours import class_colours
from risk_api.reports.files import limits, scenario_file
from risk_api.reports.rows import cell_text, city_row, dam_lines, district_rows
from risk_api.reports.scenario_page import confidence, credit_line, foot, map_strategies
from risk_api.reports.small_map import small_map

if TYPE_CHECKING:
    from risk_api.reports.material import Material

#: Days for which a bundle counts unless told otherwise, and at most: dams and lakes change within a season.
VALID_DAYS: Final = 30
MOST_DAYS: Final = 366
#: Width and height of a map on the page, points: as small as on paper, so that its names are as large.
_MAP_POINTS: Final = (250.0, 200.0)
#: A ZIP file cannot hold an earlier day; equal content gives equal bytes.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def bundle(
    found: Mapping[Language, Material],
    crs: str,
    made_on: date,
    valid_until: date,
    extra: Mapping[str, bytes],
) -> bytes:
    """Return a ZIP file.

    Parameters
    ----------
    found : mapping
        What is reported, in every language.
    crs : str
        Metric system of the maps.
    made_on, valid_until : date
        Printed on the pages and in the manifest.
    extra : mapping
        Further files by name, as they are: vector tiles of the region.
    """
    files: dict[str, bytes] = {}
    scenario = found["en"].scenario
    for language in LANGUAGES:
        for kind in ("pdf", "xlsx", "csv"):
            files[f"{scenario}-{language}.{kind}"] = scenario_file(found[language], crs, kind)
    files[f"{scenario}.gpkg"] = scenario_file(found["en"], crs, "gpkg")
    files.update(extra)
    for language in LANGUAGES:
        files.update(_maps(found[language], crs))
    for language in LANGUAGES:
        files[f"{language}.html"] = _page(found[language], valid_until, sorted(files))
    files["index.html"] = files["ru.html"]
    files["manifest.json"] = manifest(found["en"], made_on, valid_until, files)
    files["SHA256SUMS"] = "".join(
        f"{_sha256(data)}  {name}\n" for name, data in sorted(files.items())
    ).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"selrisk-{scenario}/{name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def manifest(found: Material, made_on: date, valid_until: date, files: Mapping[str, bytes]) -> bytes:
    """Return what the bundle holds: runs, days, and a checksum per file."""
    document: dict[str, Any] = {
        "software": f"selrisk {__version__}",
        "scenario": found.scenario,
        "runs": {strategy["id"]: strategy["run_id"] for strategy in found.strategies},
        "lineage": found.members["lineage"],
        "made_on": made_on.isoformat(),
        "valid_until": valid_until.isoformat(),
        "files": {
            name: {"bytes": len(data), "sha256": _sha256(data)} for name, data in sorted(files.items())
        },
        "credits": found.members["credits"],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _maps(found: Material, crs: str) -> dict[str, bytes]:
    """Return the maps of the page as SVG by name: the strategies that the paper shows, on the same ground."""
    from reportlab.graphics import renderSVG

    maps = {}
    for strategy in map_strategies(found):
        drawn: str = renderSVG.drawToString(small_map(found, strategy["id"], crs, *_MAP_POINTS))
        # The typeface of the paper is not on every machine; the reader's own takes its place there.
        maps[_map_name(found, strategy)] = re.sub(
            r"font-family: *DejaVuSans(-Bold)?", "font-family: DejaVu Sans, sans-serif", drawn
        ).encode()
    return maps


def _map_name(found: Material, strategy: Mapping[str, Any]) -> str:
    return f"map-{strategy['id'].replace(':', '-')}-{found.language}.svg"


def _page(found: Material, valid_until: date, files: list[str]) -> bytes:
    language = found.language
    classes = found.members["scheme"]["classes"]
    context = {
        "title": found.members["scenario"]["name"],
        "strategies": [strategy["name"] for strategy in found.strategies],
        "rows": [
            {"name": row.name, "cells": [cell_text(cell, language) for cell in row.cells]}
            for row in [*district_rows(found), city_row(found)]
        ],
        "dams": dam_lines(found),
        "maps": [(_map_name(found, one), one["name"]) for one in map_strategies(found)],
        "legend": list(
            zip(class_colours(found.members["scheme"]["id"]), (one["name"] for one in classes), strict=True)
        ),
        "confidence": confidence(found),
        "limits": limits(language),
        "foot": foot(found).partition(credit_line(found)),
        "valid_until": valid_until.isoformat(),
        "files": files,
    }
    return render("bundle.html", language, context)
