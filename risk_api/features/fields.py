"""The field table of each collection: schemas, queryables, CSV headers and documents are made from it.

The region's own layers bring their table along (`geodata.layers.FIELDS`); here stand the columns that the
service adds to them, and the tables of what it makes itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from geodata.layers import FIELDS, Field
from risk_api.i18n import LANGUAGES, translate

if TYPE_CHECKING:
    from risk_api.exposure import Scheme

#: Columns of a dam's checked site that its layer's table does not have, and their unit.
_SITE_COLUMNS: Final[Mapping[str, str]] = {
    "lon_published": "degrees",
    "lat_published": "degrees",
    "chainage_m": "m",
    "weir": "",
    "figures": "",
    "sources": "",
    "axis_lonlat": "degrees",
    "basin_m": "m",
    "fit": "",
}


def made(
    name: str, dtype: str = "str", unit: str = "", key: str | None = None, of: Mapping[str, str] | None = None
) -> Field:
    """Return a field of the service; its title is the message ``field.<key>`` in all three languages.

    Parameters
    ----------
    key : str, optional
        Where it is not `name`.
    of : mapping, optional
        By language, what the message speaks of.
    """
    title: dict[str, str] = {
        code: translate(code, f"field.{key or name}", **({"name": of[code]} if of else {}))
        for code in LANGUAGES
    }
    return Field(name, dtype, unit, title, source="service")


def layer_fields(layer: str, rows: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the columns of a region's layer as served.

    Parameters
    ----------
    layer : str
        One of `geodata.layers.FIELDS`.
    rows : iterable of mappings
        The properties of the features: a column that no table describes is declared all the same, with its
        name as its title, so that a schema never says less than the data.
    """
    fields = {"name": made("name"), **{field.name: field for field in FIELDS[layer] if field.name != "id"}}
    if layer == "events":
        fields |= {name: made(name, "date") for name in ("date_start", "date_end")}
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            if name not in fields:
                values.setdefault(name, []).append(value)
    for name, column in values.items():
        dtype = _dtype(column)
        if name in _SITE_COLUMNS:
            fields[name] = made(name, dtype, _SITE_COLUMNS[name], f"dam.{name}")
        else:
            fields[name] = Field(
                name, dtype, "", dict.fromkeys(map(str, LANGUAGES), name), source="undeclared"
            )
    return tuple(fields.values())


def _dtype(column: Iterable[Any]) -> str:
    kinds = {
        "bool" if isinstance(value, bool)
        else "float" if isinstance(value, (int, float))
        else "str" if isinstance(value, str)
        else "list"
        for value in column
        if value is not None
    }  # fmt: skip
    return kinds.pop() if len(kinds) == 1 else "list"


def exposure_fields(scheme: Scheme) -> tuple[Field, ...]:
    """Return the columns of a district's exposure under one scenario and strategy."""
    classes = [
        made(f"people_{name}", "float", "people", "people_class", scheme.class_names[name])
        for name in scheme.classes
    ]
    district = {field.name: field for field in FIELDS["districts"]}
    return (
        made("name"),
        *(district[name] for name in ("name_kk", "name_ru", "name_en", "kato", "population")),
        made("population_precision"),
        made("people_exposed", "float", "people"),
        made("people_affected", "float", "people"),
        *classes,
        made("buildings_exposed", "float", "buildings"),
        made("facilities_exposed", "int"),
        made("area_m2", "float", "m2", "area_reached_m2"),
        made("first_arrival_s", "float", "s"),
        made("first_person_s", "float", "s"),
        made("half_of_exposed_s", "float", "s"),
        *(made(f"cause_{code}") for code in LANGUAGES),
        made("scenario"),
        made("strategy"),
        made("run_id"),
    )


def footprint_fields() -> tuple[Field, ...]:
    """Return the columns of the ground that a run reached, a feature per hazard class."""
    names = {field.name: field for field in FIELDS["districts"]}
    return (
        made("name", key="class_name"),
        *(names[name] for name in ("name_kk", "name_ru", "name_en")),
        made("class"),
        made("class_order", "int"),
        made("affected", "bool"),
        made("area_m2", "float", "m2", "area_reached_m2"),
        made("depth_max_m", "float", "m"),
        made("run_id"),
    )
