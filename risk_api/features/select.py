"""Which features of a collection a question is about, in the collection's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from risk_api.errors import BadParameter
from risk_api.features.crs import CRS84, Crs
from risk_api.features.table import FeatureTable
from risk_api.features.times import Interval
from risk_api.i18n import Language
from risk_api.parameters import finite

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.layers import Field
    from risk_api.features.cql2 import Filter

#: Column types that can be compared with a value in a query; columns with parts cannot.
SCALARS: Final = ("str", "float", "int", "bool", "date")


@dataclass(frozen=True)
class Selection:
    """What features have to meet, all of it at once.

    Attributes
    ----------
    ground : shapely geometry, optional
        In `ground_crs`, easting first; edges count.
    ground_crs : Crs
    when : Interval, optional
    equal : mapping
        Column to the value it has to have.
    filter : Filter, optional
    """

    ground: BaseGeometry | None = None
    ground_crs: Crs = CRS84
    when: Interval | None = None
    equal: Mapping[str, Any] = field(default_factory=dict)
    filter: Filter | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked for in particular."""
        return self.ground is None and self.when is None and not self.equal and self.filter is None


def select(table: FeatureTable, selection: Selection, language: Language) -> Sequence[int]:
    """Return the places of the features that meet a selection.

    A feature without a geometry meets every ground and one without a date every time: nothing is known that
    would leave it out (Features Part 1, fc-bbox-response and fc-time-response).
    """
    if selection.is_everything:
        return range(len(table))
    kept: Iterable[int] = range(len(table))
    if selection.ground is not None:
        met = {
            int(place)
            for place in table.tree(selection.ground_crs).query(selection.ground, predicate="intersects")
        }
        kept = sorted(met | table.placeless)
    if selection.when is not None:
        kept = [
            place
            for place in kept
            if (known := table.intervals[place]) is None or known.meets(selection.when)
        ]
    for name, value in selection.equal.items():
        column = table.column(name, language)
        kept = [place for place in kept if column[place] == value]
    if selection.filter is not None:
        holds = selection.filter.holds(table, language)
        kept = [place for place in kept if holds[place]]
    return list(kept)


def typed(column: Field, text: str) -> Any:
    """Return the value that a query writes for a column.

    Raises
    ------
    BadParameter
        If the column cannot have such a value.
    """
    if column.dtype in ("float", "int"):
        return finite(column.name, text)
    if column.dtype == "bool":
        if text not in ("true", "false"):
            raise BadParameter(
                column.name, "true or false is needed", ("true", "false"), reason_key="true_or_false"
            )
        return text == "true"
    return text
