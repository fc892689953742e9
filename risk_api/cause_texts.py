"""Why a number is what it is, in words: cause keys and dam ids become a sentence in a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_api.i18n import Language, translate
from risk_api.named_dams import drawn_name


def dam_names(dams: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return the dams' names by id in one language."""
    return {dam_id: site.names[language] for dam_id, site in dams.items()}


def cause_text(cause: Mapping[str, Any], language: Language, names: Mapping[str, str]) -> str:
    """Return the sentence of a cause.

    Parameters
    ----------
    cause : mapping
        ``key`` of the sentence and ``params``; dam ids stand under ``dams``.
    names : mapping
        Dam names by id in `language`.
    """
    params = dict(cause.get("params") or {})
    # Two states of one kind can differ in their figures only: then no single dam is named as changed.
    dams = params.get("dams") or ()
    named = ", ".join(names.get(dam) or drawn_name(dam, language) for dam in dams)
    params["dams"] = named or translate(language, "cause.dams_on_the_way")
    sentence = translate(language, f"cause.{cause['key']}", **params)
    if params.get("also_above"):
        sentence += ". " + translate(language, "cause.also_above", **params)
    return sentence


def cause_json(cause: Mapping[str, Any], language: Language, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a cause as an answer carries it: its key for machines, its words for people."""
    params = dict(cause.get("params") or {})
    return {"key": cause["key"], "text": cause_text(cause, language, names), **params}
