"""A tree of plain values to a predicate, every name and kind checked before any feature is looked at."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import BadFilter
from risk_api.features.cql2 import scalars, spatial
from risk_api.features.cql2.patterns import like
from risk_api.features.cql2.reading import position_of, read_json, read_text
from risk_api.features.cql2.scalars import Columns, Scalar
from risk_api.features.cql2.truth import Truth, always, compared
from risk_api.features.crs import Crs
from risk_api.features.times import instant_or_day
from risk_api.i18n import Language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geodata.layers import Field
    from risk_api.features.table import FeatureTable

#: Values of ``filter-lang``.
LANGUAGES: Final = ("cql2-text", "cql2-json")
Predicate = Callable[[Columns], Truth]

_RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
#: The reader of the text gives a chain of AND as a chain of pairs.
_DEEPEST: Final = 150


@dataclass(frozen=True)
class Filter:
    """A filter that has been read and fits the columns of a collection."""

    predicate: Predicate

    def holds(self, table: FeatureTable, language: Language) -> NDArray[np.bool_]:
        """Return where it is true; false and unknown both leave a feature out.

        Raises
        ------
        BadFilter
            If a place in it is so malformed that it can be compared with nothing.
        """
        from shapely.errors import ShapelyError

        try:
            return self.predicate(Columns(table, language)).yes
        except ShapelyError:
            raise BadFilter("a geometry in it is not valid", "cql2_geometry") from None


def parse_filter(text: str, language: str, fields: Sequence[Field], crs: Crs) -> Filter:
    """Read a filter and fit it to a collection.

    Parameters
    ----------
    text : str
    language : {"cql2-text", "cql2-json"}
    fields : sequence of Field
        The columns of the collection; ``id`` and ``geometry`` are there beside them.
    crs : Crs
        The system of the places in the filter.

    Raises
    ------
    BadFilter
        Naming what cannot be read or does not fit, and where it stands.
    """
    node = read_json(text) if language == "cql2-json" else read_text(text)
    dtypes = {"id": "str", **{field.name: field.dtype for field in fields}}
    return Filter(_Reader(text, dtypes, crs).predicate(node))


class _Reader:
    """Turns nodes into closures; knows the text that they came from, to say where."""

    def __init__(self, text: str, dtypes: Mapping[str, str], crs: Crs) -> None:
        self._text = text
        self._dtypes = dtypes
        self._crs = crs

    def predicate(self, node: Any, depth: int = 0) -> Predicate:
        if depth > _DEEPEST:
            raise BadFilter("nested too deeply", "cql2_deep")
        if isinstance(node, bool):
            return lambda columns: always(node, len(columns.table))
        if not isinstance(node, Mapping):
            raise self._wrong("a condition is needed", "cql2_condition", str(node))
        if "op" not in node:
            return self._truth_column(node)
        name, arguments = self._call(node)
        if name in ("and", "or"):
            parts = [self.predicate(argument, depth + 1) for argument in arguments]
            self._count(name, arguments, 2, None)
            return self._joined(name, parts)
        if name == "not":
            self._count(name, arguments, 1)
            negated = self.predicate(arguments[0], depth + 1)
            return lambda columns: ~negated(columns)
        if name == "isnull":
            self._count(name, arguments, 1)
            return self._is_null(arguments[0])
        if name in spatial.PREDICATES:
            self._count(name, arguments, 2)
            return self._spatial(name, arguments)
        return self._comparison(name, arguments)

    def _joined(self, name: str, parts: Sequence[Predicate]) -> Predicate:
        def joined(columns: Columns) -> Truth:
            result = parts[0](columns)
            for part in parts[1:]:
                result = result & part(columns) if name == "and" else result | part(columns)
            return result

        return joined

    def _comparison(self, name: str, arguments: Sequence[Any]) -> Predicate:
        if name in _RELATIONS:
            self._count(name, arguments, 2)
            left, right = self._alike(arguments)
            if left.kind == "truth" and name not in ("=", "<>"):
                raise self._wrong("truth has no order", "cql2_kinds", name)
            relation = _RELATIONS[name]
            return lambda columns: compared(relation, left.values(columns), right.values(columns))
        if name == "between":
            self._count(name, arguments, 3)
            value, low, high = self._alike(arguments)
            return lambda columns: (
                compared(operator.ge, value.values(columns), low.values(columns))
                & compared(operator.le, value.values(columns), high.values(columns))
            )
        if name == "in":
            self._count(name, arguments, 2)
            if not isinstance(arguments[1], list) or not arguments[1]:
                raise self._wrong("IN needs a list", "cql2_arguments", name)
            value, *members = self._alike([arguments[0], *arguments[1]])
            equal = [
                lambda columns, member=member: compared(
                    operator.eq, value.values(columns), member.values(columns)
                )
                for member in members
            ]
            return self._joined("or", equal)
        if name == "like":
            self._count(name, arguments, 2)
            value, pattern = self._scalar(arguments[0]), self._scalar(arguments[1])
            if (value.kind, pattern.kind) != ("text", "text"):
                raise self._wrong("LIKE compares texts", "cql2_kinds", name)
            return lambda columns: compared(
                lambda text, written: like(written)(text), value.values(columns), pattern.values(columns)
            )
        raise self._wrong(f"{name!r} is not offered", "cql2_operator", name)

    def _spatial(self, name: str, arguments: Sequence[Any]) -> Predicate:
        from shapely.errors import ShapelyError

        names = [self._property(argument) for argument in arguments]
        if names.count("geometry") != 1:
            raise self._wrong("it needs the property geometry and a place", "cql2_arguments", name)
        written = arguments[1 - names.index("geometry")]
        try:
            if not isinstance(written, Mapping):
                raise TypeError(written)
            other = spatial.place(written, self._crs)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, ShapelyError):
            raise BadFilter("a geometry in it is not valid", "cql2_geometry") from None
        first = names[1] == "geometry"
        return lambda columns: spatial.related(name, other, columns, place_first=first)

    def _is_null(self, node: Any) -> Predicate:
        import numpy as np

        def missing(columns: Columns, values: Callable[[Columns], Sequence[Any]]) -> Truth:
            none = np.fromiter((value is None for value in values(columns)), bool, len(columns.table))
            return Truth(none, ~none)

        if self._property(node) == "geometry":
            return lambda columns: missing(columns, lambda held: list(held.table.shapes))
        values = self._scalar(node).values
        return lambda columns: missing(columns, values)

    def _truth_column(self, node: Mapping[str, Any]) -> Predicate:
        value = self._scalar(node)
        if value.kind != "truth":
            raise self._wrong("a condition is needed", "cql2_condition", str(self._property(node) or "-"))
        return lambda columns: compared(operator.is_, value.values(columns), [True] * len(columns.table))

    def _alike(self, nodes: Sequence[Any]) -> list[Scalar]:
        """Return scalars of one kind; a text beside a time is read as a time."""
        values = [self._scalar(node) for node in nodes]
        kinds = {value.kind for value in values}
        if kinds == {"time", "text"}:
            values = [
                self._time(node) if isinstance(node, str) else value
                for node, value in zip(nodes, values, strict=True)
            ]
            kinds = {value.kind for value in values}
        if len(kinds) != 1 or "parts" in kinds:
            names = [name for node in nodes if (name := self._property(node))]
            raise self._wrong("values of different kinds are compared", "cql2_kinds", *names)
        return values

    def _scalar(self, node: Any) -> Scalar:
        if isinstance(node, bool):
            return scalars.literal("truth", node)
        if isinstance(node, (int, float)):
            return scalars.literal("number", float(node))
        if isinstance(node, str):
            return scalars.literal("text", node)
        name = self._property(node)
        if name is not None:
            if name == "geometry":
                raise self._wrong("a geometry is related to places only", "cql2_kinds", name)
            if name not in self._dtypes:
                raise self._unknown(name)
            return scalars.column(name, self._dtypes[name])
        if isinstance(node, Mapping):
            for key in ("date", "timestamp"):
                if key in node:
                    return self._time(node[key])
            if "op" in node:
                return self._computed(*self._call(node))
        raise self._wrong("a value is needed", "cql2_value", str(node)[:40])

    def _computed(self, name: str, arguments: Sequence[Any]) -> Scalar:
        if name not in scalars.ARITHMETIC and name not in ("casei", "accenti"):
            raise self._wrong(f"{name!r} is not offered", "cql2_operator", name)
        values = [self._scalar(argument) for argument in arguments]
        kinds = {value.kind for value in values}
        if name in ("casei", "accenti"):
            self._count(name, arguments, 1)
            if kinds != {"text"}:
                raise self._wrong("it needs a text", "cql2_kinds", name)
            fold = scalars.folded_case if name == "casei" else scalars.folded_accents
            return scalars.computed(fold, "text", *values)
        if name == "-" and len(values) == 1:
            values.insert(0, scalars.literal("number", 0.0))
        self._count(name, values, 2)
        if kinds != {"number"}:
            raise self._wrong("it needs numbers", "cql2_kinds", name)
        return scalars.computed(scalars.ARITHMETIC[name], "number", *values)

    def _time(self, text: Any) -> Scalar:
        try:
            return scalars.literal("time", instant_or_day(str(text)).start)
        except ValueError:
            raise self._wrong("neither a date nor a date-time", "cql2_time", str(text)) from None

    def _call(self, node: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        name, arguments = node["op"], node.get("args")
        if not isinstance(name, str) or not isinstance(arguments, list):
            raise self._wrong("an operator needs its arguments", "cql2_arguments", str(name)[:40])
        return name.lower(), arguments

    @staticmethod
    def _property(node: Any) -> str | None:
        name = node.get("property") if isinstance(node, Mapping) else None
        return name if isinstance(name, str) else None

    def _count(self, name: str, arguments: Sequence[Any], least: int, most: int | None = -1) -> None:
        most = least if most == -1 else most
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise self._wrong(f"{name} has the wrong number of arguments", "cql2_arguments", name)

    def _unknown(self, name: str) -> BadFilter:
        allowed = ["geometry", *(key for key, dtype in self._dtypes.items() if dtype in scalars.KINDS)]
        return BadFilter(
            f"there is no queryable {name!r}; allowed are {', '.join(allowed)}",
            "cql2_property",
            allowed=allowed,
            position=position_of(self._text, name),
            name=name[:80],
            names=", ".join(allowed),
        )

    def _wrong(self, reason: str, key: str, *names: str) -> BadFilter:
        position = next((at for name in names if (at := position_of(self._text, name))), None)
        shown = ", ".join(names) or "-"
        return BadFilter(f"{reason} ({shown})", key, position=position, what=shown[:80])
