"""What the pages show of the dams: the states of a day, and everything that is known of one dam."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import Language, format_number, translate
from risk_api.pages.curve import storage_curve_svg
from risk_api.serialise.dam_states import capacity_warnings, state_json
from risk_api.serialise.units import shown_unit
from risk_api.service import Service

if TYPE_CHECKING:
    from geodata import DamSite, DamState, Ranged

#: Rows of the storage curve that a reader is shown.
CURVE_ROWS: Final = 9


def dam_states_view(service: Service, day: date, language: Language) -> dict[str, Any]:
    """Return the dams in the states of a day, for the first page."""
    sites = service.region.dam_sites
    return {
        "day": day.isoformat(),
        "rows": [
            {"id": key, "name": site.names[language], **_state_row(site.state_on(day), language)}
            for key, site in sites.items()
        ],
    }


def dam_view(service: Service, dam_id: str, day: date, language: Language) -> dict[str, Any]:
    """Return the page of one dam.

    Parameters
    ----------
    service : Service
    dam_id : str
    day : date
        Whose state is marked.
    language : {"kk", "ru", "en"}
    """
    site = service.region.dam_sites[dam_id]
    storage = service.layers.dam_storage.of(dam_id)
    today = site.state_on(day)
    rows = [_state_row(state, language) | {"current": state == today} for state in site.states]
    terrain_m3 = storage.get("capacity_terrain_m3")
    return {
        "id": dam_id,
        "name": site.names[language],
        "day": day.isoformat(),
        "states": rows,
        "geometry": list(_geometry(site, storage, language)),
        "sections": site.sections,
        "openings": [_opening_row(number, site, language) for number in range(len(site.openings))],
        "weir": site.weir,
        "fill": site.fill.figures() if site.fill is not None else {},
        "costs": site.costs,
        "figures": site.figures,
        "sources": site.sources,
        "storage": storage,
        "curve": _few(storage.get("curve", ())),
        "drawing": storage_curve_svg(site.names[language], storage, language) if terrain_m3 else None,
        "warnings": capacity_warnings(service.region, site, terrain_m3, language) if terrain_m3 else [],
    }


def _few(curve: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Return some rows of a curve, evenly spaced, its ends among them."""
    if len(curve) <= CURVE_ROWS:
        return list(curve)
    return [curve[round(i * (len(curve) - 1) / (CURVE_ROWS - 1))] for i in range(CURVE_ROWS)]


def _state_row(state: DamState, language: Language) -> dict[str, Any]:
    """Return a state as a row; its figures in words."""
    return {
        **state_json(state, language),
        "told": [
            f"{translate(language, f'page.dam.figure.{name}')}: {_banded(value, language)}"
            for name, value in _figures(state)
        ],
    }


def _figures(state: DamState) -> Iterator[tuple[str, Ranged | float | bool]]:
    """Yield what is told of a state, but for what is not known or does not hold."""
    named = {name: getattr(state, name) for name in state.figures()}
    for name, value in {**named, "capacity_m3": state.capacity_m3, "can_breach": state.can_breach}.items():
        if value is not None and value is not False:
            yield name, value


def _banded(value: Ranged | float | bool, language: Language) -> str:
    if value is True:
        return translate(language, "page.dam.yes")
    if isinstance(value, (int, float)):
        return _number(value, language)
    unit = f" {shown_unit(value.unit, language)}".rstrip()
    middle = _number(value.value, language)
    if value.low == value.high:
        return f"{middle}{unit}"
    return f"{middle} ({_number(value.low, language)}\u2013{_number(value.high, language)}){unit}"


def _number(value: float, language: Language) -> str:
    """Return a number with as many decimals as its size is worth."""
    return format_number(value, language, 0 if abs(value) >= 100 or value == int(value) else 2)


def _geometry(
    site: DamSite, storage: Mapping[str, Any], language: Language
) -> Iterator[tuple[str, str, str]]:
    """Yield title, value and source of what is known of a dam's size."""

    def title(key: str) -> str:
        return translate(language, f"page.dam.{key}")

    metre = shown_unit("m", language)
    yield title("height"), _banded(site.height_m, language), site.height_m.source
    yield title("capacity"), _banded(site.capacity_m3, language), site.capacity_m3.source
    if site.crest_length_m is not None:
        yield title("crest_length"), f"{_number(site.crest_length_m, language)} {metre}", ""
    if "error" not in storage:
        terrain = title("of_terrain")
        yield title("crest"), f"{format_number(storage['crest_elevation_m'], language, 1)} {metre}", terrain
        yield title("bed"), f"{format_number(storage['bed_elevation_m'], language, 1)} {metre}", terrain
        capacity = format_number(storage["capacity_terrain_m3"], language)
        yield title("capacity"), f"{capacity} {shown_unit('m3', language)}", terrain


def _opening_row(number: int, site: DamSite, language: Language) -> dict[str, Any]:
    opening = site.openings[number]
    return {
        "name": opening.names[language],
        "sill": _banded(opening.sill_above_bed_m, language),
        "area": _banded(opening.area_m2, language),
        "coefficient": _banded(opening.discharge_coefficient, language),
        "passes": translate(language, f"page.dam.passes.{opening.passes}"),
        "clogs": translate(language, "page.dam.yes" if opening.clogs else "page.dam.no"),
        "why": opening.why,
    }
