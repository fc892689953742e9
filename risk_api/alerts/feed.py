"""Warnings of others as triggers: a CAP feed is read; what concerns the region names scenarios to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from risk_api.alerts.fetch import server_of
from risk_api.alerts.rules import NAMESPACE, faults_of, parse, ring_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from xml.etree.ElementTree import Element

    from geodata import Region

#: Documents of one feed that are read: the newest stand first in every feed.
MOST_DOCUMENTS: Final = 30
ALERT_TAG: Final = f"{{{NAMESPACE}}}alert"
#: Roots of what can be a feed: a page of a web site that is well-formed must not read as "no warnings".
_KINDS_OF_FEED: Final = {"alert", "feed", "rss", "RDF", "EDXLDistribution"}
#: What starts a scenario of each trigger: event terms (OASIS list 1.2) and words in the event or headline.
_EVENT_CODES: Final = {"OET-056", "OET-119", "OET-133", "OET-052", "OET-053", "OET-079"}
_WORDS: Final = {
    "mudflow": re.compile(
        r"\bсел(ь|я|и|ю|ей|ев|евая|евой|евые|евого|дік)?\b|mudflow|debris flow|mudslide", re.I
    ),
    "rain": re.compile(
        r"дожд|осадк|ливень|ливн|жаңбыр|жауын|нөсер|\brain|precipitation|thunderstorm|гроз", re.I
    ),
    "lake outburst": re.compile(r"прорыв|outburst|\bкөл|\bозер", re.I),
    "earthquake": re.compile(r"землетряс|жер сілкін|earthquake|OET-068", re.I),
}


@dataclass(frozen=True)
class Trigger:
    """A warning of somebody else that concerns the region.

    Attributes
    ----------
    identifier, sender, sent, event, headline, severity, expires : str
        As the document says; `expires` is "" where it says nothing.
    kinds : tuple of str
        Why it counts: mudflow, rain, lake outburst, earthquake.
    placed : str
        How it is known to concern the region: polygon, name, or unknown.
    """

    identifier: str
    sender: str
    sent: str
    event: str
    headline: str
    severity: str
    expires: str
    kinds: tuple[str, ...]
    placed: str


@dataclass(frozen=True)
class Reading:
    """What one reading of the feed gave: triggers, and how many documents were left aside and why.

    Attributes
    ----------
    triggers : tuple of Trigger
    documents, invalid : int
        Documents that were had, and those of them that are no CAP or break its rules.
    errors : tuple of str
        Why each document that the feed names was not had: not reached, of another server, or one too many.
    sources : tuple of str
        The address that each trigger was read from, in their order; inside a feed
        with ``#`` and its identifier.
    missed : frozenset of str
        Those on the feed's own server whose documents gave nothing valid this time.
    recalled : frozenset of (sender, identifier, sent)
        Earlier messages that a valid one of this reading updates or cancels.
    """

    triggers: tuple[Trigger, ...]
    documents: int
    invalid: int
    errors: tuple[str, ...]
    sources: tuple[str, ...] = ()
    missed: frozenset[str] = frozenset()
    recalled: frozenset[tuple[str, ...]] = frozenset()

    def with_earlier(self, earlier: Reading | None, moment: datetime) -> Reading:
        """Return this reading with triggers of an earlier one whose documents could not be read this time.

        Those that have expired, that a later message recalls, or that the feed names no more are over.
        """
        if earlier is None:
            return self
        over = self.recalled | {_triple(trigger) for trigger in self.triggers}
        kept = [
            (trigger, source)
            for trigger, source in zip(earlier.triggers, earlier.sources, strict=True)
            if source in self.missed
            and _triple(trigger) not in over
            and not _is_over(trigger.expires, moment)
        ]
        return replace(
            self,
            triggers=(*self.triggers, *(trigger for trigger, _ in kept)),
            sources=(*self.sources, *(source for _, source in kept)),
        )


def _triple(trigger: Trigger) -> tuple[str, ...]:
    return trigger.sender, trigger.identifier, trigger.sent


def _is_over(expires: str, moment: datetime) -> bool:
    return bool(expires) and datetime.fromisoformat(expires) < moment


def read_feed(address: str, fetch: Callable[[str], bytes], region: Region, moment: datetime) -> Reading:
    """Read a feed: one CAP document, or RSS or Atom whose entries hold or link some.

    Parameters
    ----------
    address : str
        Where the feed is.
    fetch : callable
        Bytes of an address; raises OSError where there are none. Links to other hosts are not followed.
    region : Region
        Only warnings whose polygons meet it, or that name it, count; without either they count as unplaced.
    moment : datetime
        Expired messages are left out.

    Raises
    ------
    OSError
        If the feed itself cannot be had.
    ValueError
        If it is no XML of a known kind.
    """
    try:
        root = parse(fetch(address))
    except ValueError as error:
        raise ValueError(f"the feed is not XML: {error}") from None
    if str(root.tag).rsplit("}", 1)[-1] not in _KINDS_OF_FEED:
        raise ValueError(f"the feed is neither CAP, Atom nor RSS but {str(root.tag)[:60]!r}")
    inside = [root] if root.tag == ALERT_TAG else list(root.iter(ALERT_TAG))
    links, errors = _links(root, address)
    room = max(0, MOST_DOCUMENTS - len(inside))
    errors += ["a document inside the feed: one too many"] * (len(inside) - MOST_DOCUMENTS)
    errors += [f"{link}: one too many" for link in links[room:]]
    named = [(document, _name_of(document, root, address)) for document in inside]
    missed = {*links[room:], *(name for _, name in named[MOST_DOCUMENTS:])}
    invalid = 0
    documents = named[:MOST_DOCUMENTS]
    for link in links[:room]:
        try:
            documents.append((parse(fetch(link)), link))
        except OSError as error:
            errors.append(f"{link}: {error}")
            missed.add(link)
        except ValueError:
            invalid += 1
            missed.add(link)
    read = len(documents) + invalid
    triggers: list[Trigger] = []
    sources: list[str] = []
    had: set[str] = set()
    recalled: set[tuple[str, ...]] = set()
    for document, source in documents:
        if faults_of(document):
            invalid += 1
            missed.add(source)
            continue
        had.add(source)
        references = (document.findtext(f"{{{NAMESPACE}}}references") or "").split()
        recalled |= {tuple(one.split(",")) for one in references}
        if (found := _trigger(document, region, moment)) is not None:
            triggers.append(found)
            sources.append(source)
    return Reading(
        triggers=tuple(triggers),
        documents=read,
        invalid=invalid,
        errors=tuple(errors),
        sources=tuple(sources),
        missed=frozenset(missed - had),
        recalled=frozenset(recalled),
    )


def _name_of(alert: Element, root: Element, address: str) -> str:
    """Return by what a document is known from one reading to the next, if the feed itself holds it."""
    identifier = (alert.findtext(f"{{{NAMESPACE}}}identifier") or "").strip()
    return address if alert is root else f"{address}#{identifier}"


def _links(root: Element, address: str) -> tuple[list[str], list[str]]:
    """Return the addresses of the entries on the feed's own server, and why others are not followed."""
    hrefs: list[str] = []
    for element in root.iter():
        name = str(element.tag).rsplit("}", 1)[-1]
        if name not in ("item", "entry"):
            continue
        links = (child for child in element if str(child.tag).rsplit("}", 1)[-1] == "link")
        first = next(links, None)
        href = "" if first is None else (first.get("href") or first.text or "").strip()
        if href or element.find(f".//{ALERT_TAG}") is None:
            hrefs.append(href)
    followed: list[str] = []
    errors: list[str] = []
    for href in hrefs:
        link = _on_the_same_server(address, href) if href else None
        if link is not None:
            followed.append(link)
        else:
            errors.append(f"{href[:200]}: on another server" if href else "an entry without a link")
    return followed, errors


def _on_the_same_server(address: str, href: str) -> str | None:
    """Return where a link leads, None where that is another server or no address at all."""
    try:
        link = urljoin(address, href)
    except ValueError:
        return None
    return link if server_of(link) == server_of(address) is not None else None


def _trigger(alert: Element, region: Region, moment: datetime) -> Trigger | None:
    def text(parent: Element, name: str) -> str:
        return (parent.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()

    if text(alert, "status") != "Actual" or text(alert, "msgType") not in ("Alert", "Update"):
        return None
    infos = alert.findall(f"{{{NAMESPACE}}}info")
    for info in infos:
        expires = text(info, "expires")
        if _is_over(expires, moment):
            continue
        kinds = _kinds(info, text)
        placed = _placed(info, region, text)
        if kinds and placed is not None:
            return Trigger(
                identifier=text(alert, "identifier"),
                sender=text(alert, "sender"),
                sent=text(alert, "sent"),
                event=text(info, "event"),
                headline=text(info, "headline"),
                severity=text(info, "severity"),
                expires=expires,
                kinds=kinds,
                placed=placed,
            )
    return None


def _kinds(info: Element, text: Callable[[Element, str], str]) -> tuple[str, ...]:
    codes = {text(code, "value") for code in info.findall(f"{{{NAMESPACE}}}eventCode")}
    words = " ".join((text(info, "event"), text(info, "headline"), *codes))
    kinds = [kind for kind, pattern in _WORDS.items() if pattern.search(words)]
    if codes & _EVENT_CODES and "mudflow" not in kinds:
        kinds.insert(0, "mudflow")
    return tuple(kinds)


def _placed(info: Element, region: Region, text: Callable[[Element, str], str]) -> str | None:
    """Return how a warning is known to concern the region, None where it speaks of another place."""
    import shapely

    areas = info.findall(f"{{{NAMESPACE}}}area")
    rings = [
        ring
        for area in areas
        for polygon in area.findall(f"{{{NAMESPACE}}}polygon")
        if (ring := ring_of((polygon.text or "").strip())) is not None
    ]
    if rings:
        home = shapely.box(*region.bounds_lonlat)
        met = any(
            shapely.make_valid(shapely.Polygon([(lon, lat) for lat, lon in ring])).intersects(home)
            for ring in rings
        )
        return "polygon" if met else None
    names = " ".join(text(area, "areaDesc") for area in areas).casefold()
    if any(name.casefold() in names for name in region.names.values()):
        return "name"
    return "unknown" if not names else None


def scenarios_of(triggers: Iterable[Trigger], scenarios: Any) -> list[str]:
    """Return the scenarios worth a look: all where a mudflow is warned of, else those that it can start."""
    kinds = {kind for trigger in triggers for kind in trigger.kinds}
    return [
        key for key, scenario in scenarios.items() if "mudflow" in kinds or str(scenario.trigger) in kinds
    ]
