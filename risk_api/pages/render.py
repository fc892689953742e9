"""Templates to bytes: strict, so that a missing value fails a test and never shows as an empty cell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from risk_api.i18n import LANGUAGE_NAMES, LANGUAGES, Language, format_number, translate
from risk_api.serialise.rounding import shown_count, shown_minutes
from risk_api.serialise.units import shown_unit


@cache
def environment() -> Environment:
    """Return the template environment of the package."""
    return Environment(
        loader=PackageLoader("risk_api", "web/templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, language: Language, context: Mapping[str, Any]) -> bytes:
    """Return a page in one language.

    Parameters
    ----------
    template : str
        File under ``web/templates``.
    context : mapping
        What the template shows. ``t(key, **params)`` translates, ``n(value, decimals)`` writes a number,
        ``c(value)`` a count of people or buildings with the two figures that it is worth,
        ``m(seconds)`` whole minutes, ``u(unit)`` a unit as readers write it.
    """

    def number(value: float | None, decimals: int = 0, *, signed: bool = False) -> str:
        return format_number(value, language, decimals, signed=signed)

    def count(value: float | None, *, signed: bool = False) -> str:
        return format_number(shown_count(value), language, signed=signed)

    def minutes(seconds: float | None, *, signed: bool = False) -> str:
        return format_number(shown_minutes(seconds), language, signed=signed)

    text = (
        environment()
        .get_template(template)
        .render(
            t=partial(translate, language),
            n=number,
            c=count,
            m=minutes,
            u=partial(shown_unit, language=language),
            language=language,
            languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
            **context,
        )
    )
    return text.encode()
