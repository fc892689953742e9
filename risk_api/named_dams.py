"""What dams are called: by their names, drawn ones by the id that they were given, else by number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from risk_api.i18n import LANGUAGES, Language, translate

if TYPE_CHECKING:
    from geodata import Region

_FIRST: Final = "own-dam"
_UNNAMED: Final = re.compile(rf"{_FIRST}(?:-(\d+))?")


def own_dam_id(position: int) -> str:
    """Return the id of a drawn dam that was given none: own-dam, own-dam-2 and so on, from position 0."""
    return _FIRST if position == 0 else f"{_FIRST}-{position + 1}"


def drawn_name(dam_id: str, language: Language) -> str:
    """Return the name of a drawn dam: the id that somebody gave it, else words in `language`."""
    unnamed = _UNNAMED.fullmatch(dam_id)
    if unnamed is None:
        return dam_id
    if unnamed[1] is None:
        return translate(language, "what_if.own_dam")
    return translate(language, "what_if.own_dam_number", number=unnamed[1])


def drawn_names(dam_id: str) -> Mapping[str, str]:
    """Return the name of a drawn dam in each language."""
    return {code: drawn_name(dam_id, code) for code in LANGUAGES}


def dam_name(dam_id: str, region: Region, language: Language) -> str:
    """Return what a reader calls a dam, of the region or drawn."""
    site = region.dam_sites.get(dam_id)
    return site.names[language] if site is not None else drawn_name(dam_id, language)
