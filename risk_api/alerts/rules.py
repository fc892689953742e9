"""The rules of CAP 1.2 (OASIS standard, 1 July 2010): what a document holds, in which order and form.

Written from the standard's data dictionary (section 3.2) and schema (section 3.4), so that a warning is
checked before it leaves and one that comes in is checked before it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}"

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
#: Neither spaces, commas nor what XML reserves (3.2.1, identifier and sender).
_NAME: Final = re.compile(r"[^\s,<&]+")
_LANGUAGE: Final = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")

Check = Callable[[str], bool]


@dataclass(frozen=True)
class Fault:
    """One broken rule: the element, as a path, and the rule in a sentence."""

    path: str
    rule: str


@dataclass(frozen=True)
class Part:
    """One kind of child: its name, how often it may stand, and what its text or its own children must be."""

    name: str
    least: int = 0
    most: int | None = 1
    check: Check | None = None
    rule: str = ""
    parts: tuple[Part, ...] = ()


def is_time(text: str) -> bool:
    """Whether a text is an instant as CAP writes it: with an offset, never ``Z`` (3.3.2)."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def ring_of(text: str) -> list[tuple[float, float]] | None:
    """Return a polygon's points as (lat, lon); None unless it is a closed ring on the globe (3.2.4)."""
    points: list[tuple[float, float]] = []
    for pair in text.split():
        numbers = pair.split(",")
        try:
            lat, lon = (float(number) for number in numbers)
        except ValueError:
            return None
        if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
            return None
        points.append((lat, lon))
    return points if len(points) >= 4 and points[0] == points[-1] else None


def _is_circle(text: str) -> bool:
    try:
        place, radius = text.split()
        lat, lon = (float(number) for number in place.split(","))
        return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0 and float(radius) >= 0.0
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)", text) is not None


def _are_references(text: str) -> bool:
    entries = [entry.split(",") for entry in text.split()]
    return bool(entries) and all(
        len(entry) == 3 and all(_NAME.fullmatch(part) for part in entry[:2]) and is_time(entry[2])
        for entry in entries
    )


def _enum(name: str, allowed: str, *, least: int = 1, most: int | None = 1) -> Part:
    values = frozenset(allowed.split())
    return Part(name, least, most, lambda text: text in values, f"one of {', '.join(allowed.split())}")


def _matching(pattern: re.Pattern[str]) -> Check:
    return lambda text: pattern.fullmatch(text) is not None


def _filled(text: str) -> bool:
    return bool(text.strip())


def _text(name: str, *, least: int = 0, most: int | None = 1) -> Part:
    return Part(name, least, most, _filled, "must not be empty")


def _time(name: str, *, least: int = 0) -> Part:
    return Part(name, least, 1, is_time, "a time such as 2026-07-23T02:15:00+05:00")


def _pair(name: str) -> Part:
    return Part(name, 0, None, parts=(_text("valueName", least=1), _text("value", least=1)))


_NAME_RULE: Final = "no spaces, commas, < or &"

_AREA: Final = Part(
    "area",
    0,
    None,
    parts=(
        _text("areaDesc", least=1),
        Part("polygon", 0, None, lambda text: ring_of(text) is not None, "a closed ring of lat,lon pairs"),
        Part("circle", 0, None, _is_circle, "lat,lon and a radius in km"),
        _pair("geocode"),
        Part("altitude", check=_is_number, rule="a number of feet"),
        Part("ceiling", check=_is_number, rule="a number of feet"),
    ),
)

_RESOURCE: Final = Part(
    "resource",
    0,
    None,
    parts=(
        _text("resourceDesc", least=1),
        _text("mimeType", least=1),
        Part("size", check=lambda text: text.isdecimal(), rule="a whole number of bytes"),
        _text("uri"),
        _text("derefUri"),
        _text("digest"),
    ),
)

_INFO: Final = Part(
    "info",
    0,
    None,
    parts=(
        Part("language", check=_matching(_LANGUAGE), rule="a language of RFC 3066"),
        _enum(
            "category",
            "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
            most=None,
        ),
        _text("event", least=1),
        _enum(
            "responseType",
            "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
            least=0,
            most=None,
        ),
        _enum("urgency", "Immediate Expected Future Past Unknown"),
        _enum("severity", "Extreme Severe Moderate Minor Unknown"),
        _enum("certainty", "Observed Likely Possible Unlikely Unknown"),
        _text("audience"),
        _pair("eventCode"),
        _time("effective"),
        _time("onset"),
        _time("expires"),
        _text("senderName"),
        _text("headline"),
        _text("description"),
        _text("instruction"),
        _text("web"),
        _text("contact"),
        _pair("parameter"),
        _RESOURCE,
        _AREA,
    ),
)

ALERT: Final = Part(
    "alert",
    1,
    1,
    parts=(
        Part("identifier", 1, 1, _matching(_NAME), _NAME_RULE),
        Part("sender", 1, 1, _matching(_NAME), _NAME_RULE),
        _time("sent", least=1),
        _enum("status", "Actual Exercise System Test Draft"),
        _enum("msgType", "Alert Update Cancel Ack Error"),
        _text("source"),
        _enum("scope", "Public Restricted Private"),
        _text("restriction"),
        _text("addresses"),
        _text("code", most=None),
        _text("note"),
        Part("references", check=_are_references, rule="sender,identifier,sent triples with spaces between"),
        _text("incidents"),
        _INFO,
    ),
)


def faults(document: bytes) -> list[Fault]:
    """Return every rule of CAP 1.2 that a document breaks; none means that it is valid.

    Parameters
    ----------
    document : bytes
        XML. A document type or an entity in it is refused as a whole (it could expand without end).
    """
    try:
        root = parse(document)
    except ValueError as error:
        return [Fault("/", str(error))]
    return faults_of(root)


def parse(document: bytes) -> Element:
    """Return the root of an XML document.

    Raises
    ------
    ValueError
        If it is not well-formed, has a document type or an entity, or an encoding that nobody knows.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except DefusedXmlException:
        raise ValueError("a document type or an entity is not allowed") from None
    except (ParseError, LookupError, ValueError) as error:
        # Expat hands on an unknown encoding as LookupError, one of several bytes as ValueError.
        raise ValueError(f"not well-formed XML: {error}") from None
    return root


def faults_of(root: Element) -> list[Fault]:
    """Return every rule that a document breaks, as `faults`, of one that is read already."""
    if root.tag != f"{{{NAMESPACE}}}alert":
        return [Fault("/", f"the root must be alert of {NAMESPACE}")]
    return [*_faults(root, ALERT, "/alert"), *_between(root)]


def _faults(element: Element, part: Part, path: str) -> Iterator[Fault]:
    if not part.parts:
        if len(element):
            yield Fault(path, "text is expected, not elements")
        elif part.check is not None and not part.check((element.text or "").strip()):
            yield Fault(path, part.rule)
        return
    order = {child.name: number for number, child in enumerate(part.parts)}
    found: dict[str, int] = dict.fromkeys(order, 0)
    last = 0
    for child in element:
        if path == "/alert" and str(child.tag).startswith(SIGNATURE):
            continue
        name = str(child.tag).removeprefix(f"{{{NAMESPACE}}}")
        if name not in order:
            yield Fault(f"{path}/{name[:60]}", "no such element here")
            continue
        found[name] += 1
        if order[name] < last:
            yield Fault(f"{path}/{name}", f"stands after {part.parts[last].name}, it has to come before it")
        last = max(last, order[name])
        yield from _faults(child, part.parts[order[name]], f"{path}/{name}")
    for child_part in part.parts:
        count = found[child_part.name]
        if count < child_part.least:
            yield Fault(f"{path}/{child_part.name}", "is required")
        if child_part.most is not None and count > child_part.most:
            yield Fault(f"{path}/{child_part.name}", f"stands {count} times, once is allowed")


def _between(alert: Element) -> Iterator[Fault]:
    """Yield the rules that the schema cannot say: what one element makes of another (3.2.1)."""

    def text(name: str) -> str:
        return (alert.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()

    needs: Mapping[str, tuple[bool, str]] = {
        "restriction": (text("scope") == "Restricted", "is required where scope is Restricted"),
        "addresses": (text("scope") == "Private", "is required where scope is Private"),
        "note": (text("msgType") == "Error", "is required where msgType is Error"),
        "references": (
            text("msgType") in ("Update", "Cancel", "Ack", "Error"),
            f"is required where msgType is {text('msgType')}",
        ),
    }
    for name, (needed, rule) in needs.items():
        if needed and not text(name):
            yield Fault(f"/alert/{name}", rule)
