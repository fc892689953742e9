"""What is refused about a dam of the command line, said by the options that it was given with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter, FieldError, ImpossibleDam
from risk_api.i18n import Language, is_translated, translate

if TYPE_CHECKING:
    from pydantic import ValidationError

#: The option behind a field of a drawn dam; `dams[0].` stands before it in a question over HTTP.
OPTIONS: Final[Mapping[str, str]] = {
    "id": "--name",
    "axis": "--axis",
    "height_m": "--height",
    "crest_elevation_m": "--crest",
    "openings": "--opening",
    "clogging": "--clogs",
    "gate": "--gate",
    "siphon": "--siphon",
    "weir": "--weir",
    "state": "--state",
    "built_share": "--state",
    "blocked_share": "--state",
    "volume_m3": "--state",
    "settlement_m": "--state",
    "bottom_share": "--state",
    "bottom_width_m": "--state",
    "breach": "--breach",
    "soil": "--soil",
    "erodible": "--erodible",
    "crest_width_m": "--crest-width",
    "upstream_slope": "--slopes",
    "downstream_slope": "--slopes",
    "scenario": "--scenario",
    "strategy": "--strategy",
    "strategies": "--strategy",
    "cell_size_m": "--cell-size",
    "quality": "--quality",
}
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")
_NAMES: Final = re.compile(r"\b(" + "|".join(name for name in OPTIONS if "_" in name) + r")\b")


def option_of(path: str) -> str:
    """Return the option for a field of a question, ``dams[0].weir.width_m``; the field where there is none.

    The last part that has an option of its own counts: ``breach.soil`` is ``--soil``.
    """
    known = [OPTIONS[name] for name in _WORD.findall(path) if name in OPTIONS]
    return known[-1] if known else path


def in_options(error: BadParameter) -> BadParameter:
    """Return the same refusal with options in the place of fields, also inside its sentence."""
    if not isinstance(error, ImpossibleDam) and type(error) is not BadParameter:
        return error
    fields = tuple(FieldError(option_of(one.field), one.detail, one.allowed) for one in error.fields)

    def spoken(text: str) -> str:
        return _NAMES.sub(lambda found: OPTIONS[found[0]], text)

    told = type(error)(
        option_of(error.field),
        spoken(error.params["reason"]),
        error.allowed,
        reason_key=error.reason_key,
        **{name: spoken(text) for name, text in error.reason_params.items()},
    )
    told.fields = fields
    return told


def from_model(error: ValidationError, language: Language) -> BadParameter:
    """Return what the model of a question complains of first, in a language and by its option."""
    first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"])
    key = f"error.field.{first['type']}"
    context = {
        name: f"{value:g}" if isinstance(value, (int, float)) else str(value)
        for name, value in first.get("ctx", {}).items()
    }
    reason = (
        translate(language, key, **context)
        if is_translated(key)
        else translate(language, "error.field.other")
    )
    option = option_of(path)
    place = re.search(r"openings\.(\d+)", path)
    if place is not None and option == "--opening":
        option = f"{option} ({int(place[1]) + 1})"
    return BadParameter(option, reason)
