"""The body of an execution: inputs by value or by reference, which output, in which form."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as BinasciiError
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from risk_api.errors import BadParameter, RiskError, UnsupportedMediaType
from risk_api.i18n import Language
from risk_api.ogc.processes.process import Process
from risk_api.problems import from_validation

JSON: Final = "application/json"
_MEMBERS: Final = ("inputs", "outputs", "response")
_QUALIFIED: Final = frozenset({"value", "mediaType", "encoding", "schema"})
_LINK: Final = frozenset({"href", "rel", "type", "hreflang", "title", "length"})
_RESPONSES: Final = ("raw", "document")
_TRANSMISSIONS: Final = ("value", "reference")


@dataclass(frozen=True)
class Asked:
    """What an execution is asked for, checked.

    Attributes
    ----------
    given : mapping
        The inputs as plain JSON, by value.
    format : str
        Short name of the output's format.
    response : {"raw", "document"}
    transmission : {"value", "reference"}
    """

    given: Mapping[str, Any]
    format: str
    response: str = "raw"
    transmission: str = "value"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; ``Asked(**...)`` reads them."""
        return {"given": dict(self.given), "format": self.format, "response": self.response,
                "transmission": self.transmission}  # fmt: skip


def read_asked(process: Process, body: bytes, content_type: str, language: Language) -> Asked:
    """Read the body of a ``POST``.

    Raises
    ------
    UnsupportedMediaType
        If it is not said to be JSON.
    BadParameter
        Naming the member or the input.
    """
    if content_type.partition(";")[0].strip().lower() not in ("", JSON):
        raise UnsupportedMediaType(content_type[:80], (JSON,))
    members = _object("body", _parsed(body, language))
    for name in members:
        if name not in _MEMBERS:
            _refuse(name[:80], _MEMBERS)
    format, transmission = _output(process, members.get("outputs", {}))
    response = members.get("response", "raw")
    if response not in _RESPONSES:
        _refuse("response", _RESPONSES)
    inputs = _object("inputs", members.get("inputs", {}))
    known = tuple(process.inputs.model_fields)
    for name in inputs:
        if name not in known:
            _refuse(name[:80], known)
    for name, value in inputs.items():
        if value is None:
            raise BadParameter(name, "leave it out instead of null", reason_key="process.null")
    given = {name: _value(process, name, value, language) for name, value in inputs.items()}
    return Asked(given, format, response, transmission)


def checked(process: Process, given: Mapping[str, Any], language: Language) -> BaseModel:
    """Return inputs as the process's model.

    Raises
    ------
    BadParameter
        Naming each input that does not fit, in the language of the answer.
    """
    try:
        # As JSON, and strictly: a number in quotes is none, a list of two is a pair.
        return process.inputs.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        problem = _as_problem(
            [{**entry, "loc": ("body", *entry["loc"])} for entry in error.errors()], language
        )
        raise problem from None


def _as_problem(entries: list[Any], language: Language) -> RiskError:
    return from_validation(RequestValidationError(entries), language)


def _parsed(body: bytes, language: Language) -> Any:
    def not_a_number(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON")

    try:
        return json.loads(body, parse_constant=not_a_number)
    except (ValueError, RecursionError):
        raise _as_problem([{"type": "json_invalid", "loc": ("body", 0), "msg": ""}], language) from None


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadParameter(name, "an object is needed", reason_key="process.object")
    return value


def _refuse(name: str, allowed: tuple[str, ...]) -> NoReturn:
    listed = ", ".join(allowed)
    raise BadParameter(name, f"allowed are {listed}", allowed, reason_key="allowed", allowed_names=listed)


def _output(process: Process, outputs: Any) -> tuple[str, str]:
    """Return format and transmission of the one output; an empty request means all outputs there are."""
    asked = _object("outputs", outputs)
    for name in asked:
        if name != process.output:
            _refuse(f"outputs.{name[:80]}", (process.output,))
    place = f"outputs.{process.output}"
    output = _object(place, asked.get(process.output, {}))
    for name in output:
        if name not in ("format", "transmissionMode"):
            _refuse(f"{place}.{name[:80]}", ("format", "transmissionMode"))
    transmission = output.get("transmissionMode", "value")
    if transmission not in _TRANSMISSIONS:
        _refuse(f"{place}.transmissionMode", _TRANSMISSIONS)
    wanted = _object(f"{place}.format", output.get("format", {})).get("mediaType", process.formats[0][1])
    for name, media_type in process.formats:
        if str(wanted).partition(";")[0].strip() == media_type.partition(";")[0]:
            return name, transmission
    _refuse(f"{place}.format.mediaType", tuple(media for _, media in process.formats))


def _value(process: Process, name: str, value: Any, language: Language) -> Any:
    """Return an input by value: of each entry where it may have several."""
    if name not in process.several:
        return _single(name, value, language)
    if not isinstance(value, list):
        raise BadParameter(name, "a list is needed", reason_key="process.list")
    return [_single(f"{name}[{place}]", entry, language) for place, entry in enumerate(value)]


def _single(place: str, value: Any, language: Language) -> Any:
    if not isinstance(value, dict):
        return value
    if "value" in value and value.keys() <= _QUALIFIED:
        if str(value.get("mediaType", JSON)).partition(";")[0].strip() != JSON:
            _refuse(f"{place}.mediaType", (JSON,))
        if "encoding" in value:
            raise BadParameter(
                place, "a value as it is is needed, not encoded", reason_key="process.encoding"
            )
        return value["value"]
    if "href" in value and value.keys() <= _LINK:
        return _fetched(place, value["href"], language)
    return value


def _fetched(place: str, href: Any, language: Language) -> Any:
    """Return what a reference leads to: what it holds itself (RFC 2397).

    Nothing is fetched from elsewhere for a stranger: the service would be the arm by which he reaches what
    stands behind its firewall.
    """
    head, comma, data = href.partition(",") if isinstance(href, str) else ("", "", "")
    scheme, _, described = head.partition(":")
    if scheme.lower() != "data" or not comma:
        raise BadParameter(place, "only data: addresses are read", reason_key="process.reference")
    media_type, *options = (part.strip().lower() for part in described.split(";"))
    if media_type != JSON:
        _refuse(f"{place}.href", (f"data:{JSON},",))
    body = unquote_to_bytes(data)
    try:
        return _parsed(b64decode(body, validate=True) if "base64" in options else body, language)
    except BinasciiError:
        raise _as_problem([{"type": "json_invalid", "loc": ("body", 0), "msg": ""}], language) from None
