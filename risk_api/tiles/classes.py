"""What the indices of a tile mean: limits, colours, names. Legend, palette and classifying are one table.

Ramps are ColorBrewer's (Brewer 2003), chosen among those that the three kinds of colour blindness tell apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from risk_api.i18n import LANGUAGES, format_number, translate
from risk_api.tiles.png import Colour, palette_chunks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOTHING: Final[Colour] = (0, 0, 0, 0)

Names = Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """One index of a palette.

    Attributes
    ----------
    index : int
    id : str
        The class as answers name it.
    colour : Colour
    names : mapping
        By language.
    low, high : float, optional
        Values of the class, `low` belonging to it; None where it has no end.
    """

    index: int
    id: str
    colour: Colour
    names: Names
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the entry of a legend."""
        red, green, blue, opacity = self.colour
        return {
            "index": self.index,
            "id": self.id,
            "colour": f"#{red:02x}{green:02x}{blue:02x}",
            "opacity": round(opacity / 255.0, 3),
            "low": self.low,
            "high": self.high,
            **{f"name_{code}": self.names[code] for code in LANGUAGES},
        }


@dataclass(frozen=True)
class Legend:
    """The indices of a raster tile set.

    Attributes
    ----------
    id : str
        Name of the layer in addresses.
    titles : mapping
        By language.
    unit : str
        Of the limits; empty where the classes have none.
    entries : tuple of Entry
        In the order in which a reader wants them.
    colours : tuple of Colour
        The whole palette.
    fill : int
        The index where there is nothing.
    more : mapping
        What else a client has to know: how a number is encoded, which tolerance was used.
    """

    id: str
    titles: Names
    unit: str
    entries: tuple[Entry, ...]
    colours: tuple[Colour, ...]
    fill: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def palette(self) -> bytes:
        """Return the chunks of the palette."""
        return palette_chunks(self.colours)

    def to_json(self) -> dict[str, Any]:
        """Return the legend as a document."""
        return {
            "layer": self.id,
            **{f"title_{code}": self.titles[code] for code in LANGUAGES},
            "unit": self.unit,
            "nothing": self.fill,
            **self.more,
            "classes": [entry.to_json() for entry in self.entries],
        }

    @property
    def signature(self) -> str:
        """Return a hash of everything that shapes a tile or its legend."""
        text = json.dumps([self.to_json(), self.colours], sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def from_hex(text: str, opacity: int = 255) -> Colour:
    """Return the colour that ``#rrggbb`` or ``rrggbb`` names."""
    value = text.removeprefix("#")
    return int(value[:2], 16), int(value[2:4], 16), int(value[4:6], 16), opacity


def stepped(layer: str, unit: str, limits: Sequence[float], ramp: Sequence[str]) -> Legend:
    """Return classes between limits: index 1 from the first limit on, no class below it.

    Parameters
    ----------
    layer : str
    unit : str
        ``m``, ``m_s`` or ``min``.
    limits : sequence of float
        Lower limits of the classes, rising.
    ramp : sequence of str
        A colour each.
    """
    uppers = [*limits[1:], None]
    entries = tuple(
        Entry(index, f"{low:g}", from_hex(colour), range_names(low, high, unit), low, high)
        for index, (low, high, colour) in enumerate(zip(limits, uppers, ramp, strict=True), start=1)
    )
    colours = (NOTHING, *(entry.colour for entry in entries))
    return Legend(layer, titles_of(layer), unit.replace("_", "/"), entries, colours)


def classify(values: NDArray[np.float64], limits: Sequence[float]) -> NDArray[np.uint8]:
    """Return the number of limits that each value reaches; 0 where there is no value."""
    import numpy as np

    found = np.searchsorted(np.asarray(limits), np.nan_to_num(values, nan=-np.inf), side="right")
    return found.astype(np.uint8)


def titles_of(layer: str) -> dict[str, str]:
    """Return the titles of a layer by language."""
    return {code: translate(code, f"tiles.layer.{layer}") for code in LANGUAGES}


def range_names(low: float | None, high: float | None, unit: str) -> dict[str, str]:
    """Return how a class is called: its limits with their unit, in each language."""
    key = "tiles.below" if low is None else "tiles.from" if high is None else "tiles.range"
    names: dict[str, str] = {}
    for code in LANGUAGES:
        shown = {
            name: format_number(value, code, _decimals(value))
            for name, value in (("low", low), ("high", high))
            if value is not None
        }
        names[code] = translate(code, key, **shown, unit=translate(code, f"tiles.unit.{unit}"))
    return names


def _decimals(value: float) -> int:
    return 0 if float(value).is_integer() else 1
