"""Units as readers write them: superscripts, and in Kazakh and Russian the letters of those languages."""

from __future__ import annotations

import re
from typing import Final

from risk_api.i18n import Language, catalogue

_PARTS: Final = re.compile(r"[A-Za-z]+")
#: Shares, and years of the calendar.
_SILENT: Final = ("", "1", "year")
_POWERS: Final = str.maketrans("23", "\u00b2\u00b3")


def shown_unit(unit: str, language: Language) -> str:
    """Return a unit of a figure for people, such as ``m³/s`` for ``m3/s``.

    Parameters
    ----------
    unit : str
        As the region's data spell it: letters, digits for powers, a stroke. A share and a year of
        the calendar have none to show.
    language : {"kk", "ru", "en"}
    """
    if unit in _SILENT:
        return ""
    texts = catalogue(language)
    plain = unit.replace("m^(1/3)", "\u221bm").translate(_POWERS)
    return _PARTS.sub(lambda part: texts.get(f"units.{part[0]}", part[0]), plain)
