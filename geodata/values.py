"""Figures that carry their band, their confidence and their source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("kk", "ru", "en")

Names = Mapping[str, str]
# A text in one language, or in Kazakh, Russian and English.
Text = str | Names


def text_of(value: Any, field: str) -> Text:
    """A text of a table: plain, or by language.

    Raises
    ------
    ValueError
        If it is by language and one of the three is missing or empty.
    """
    if not isinstance(value, Mapping):
        return str(value)
    for code in LANGUAGES:
        if not str(value.get(code, "")).strip():
            raise ValueError(f"{field} has no text in {code!r}; by language it needs {', '.join(LANGUAGES)}")
    return {code: str(value[code]) for code in LANGUAGES}


@dataclass(frozen=True)
class Ranged:
    """A figure and the band in which it is believed to lie.

    Parameters
    ----------
    value, low, high : float
        Best estimate and band, ``low <= value <= high``, in `unit`.
    unit : str
        For example ``"m3"``.
    confidence : str
        ``A`` two independent or official sources, ``B`` one, ``C`` press or in conflict, ``D`` derived, ``R``
        unconfirmed, ``assumption``.
    source : str
        Where it comes from.
    """

    value: float
    low: float
    high: float
    unit: str
    confidence: str
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} {self.unit} lies outside its band {self.low} to {self.high}")

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Ranged":
        """From a table of `region.toml` or a JSON object; a band left out is the value itself."""
        value = float(data["value"])
        return cls(
            value,
            float(data.get("low", value)),
            float(data.get("high", value)),
            str(data["unit"]),
            str(data.get("confidence", "assumption")),
            str(data.get("source", "")),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "confidence": self.confidence,
            "source": self.source,
        }


@dataclass(frozen=True)
class Assumption:
    """An unknown that needs a number: named, ranged, with a reason, shown in every answer."""

    id: str
    title: Names
    value: float
    low: float
    high: float
    unit: str
    why: Text
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"assumption {self.id}: {self.value} lies outside {self.low} to {self.high}")

    @classmethod
    def of(cls, id: str, data: Mapping[str, Any]) -> "Assumption":
        """From a table of an assumptions file."""
        return cls(
            id=id,
            title=dict(data["title"]),
            value=float(data["value"]),
            low=float(data["low"]),
            high=float(data["high"]),
            unit=str(data["unit"]),
            why=text_of(data["why"], "why"),
            source=str(data["source"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "id": self.id,
            "title": dict(self.title),
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "why": self.why if isinstance(self.why, str) else dict(self.why),
            "source": self.source,
        }
