"""How a part of OGC API joins ``/ogc``: its classes, its paths, its links, its share of the OpenAPI document.

`risk_api.ogc.parts` lists the parts there are; `docs/ogc.md` shows how to add one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from starlette.responses import Response

    from risk_api.features.catalogue import Collection
    from risk_api.ogc.answer import Answering
    from risk_api.ogc.call import Call
    from risk_api.ogc.links import Link
    from risk_api.service import Service

#: Answers a call, or raises a `RiskError`; what braces name in the template is in ``call.values``.
Handler = Callable[["Call", "Answering"], Awaitable["Response"]]


@dataclass(frozen=True)
class Route:
    """A path below ``/ogc``.

    Attributes
    ----------
    template : str
        As ``collections/{collectionId}/items``: a segment is a word or a name in braces.
    methods : mapping
        A handler for each method. HEAD is answered wherever GET is.
    """

    template: str
    methods: Mapping[str, Handler]

    @property
    def allowed(self) -> str:
        """Return the methods as ``Allow`` names them."""
        head = ("HEAD",) if "GET" in self.methods else ()
        return ", ".join((*self.methods, *head, "OPTIONS"))


@dataclass(frozen=True)
class Described:
    """A part's share of the OpenAPI 3.0 document; `risk_api.ogc.openapi` has what makes operations short.

    Attributes
    ----------
    paths, schemas, parameters : mapping
        As they stand under ``paths``, ``components.schemas`` and ``components.parameters``.
    """

    paths: Mapping[str, Any] = field(default_factory=dict)
    schemas: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


def _no_links(_: Call) -> Iterable[Link]:
    return ()


def _no_collection_links(_: Call, __: Collection) -> Iterable[Link]:
    return ()


def _no_members(_: Call, __: Collection) -> Mapping[str, Any]:
    return {}


def _nothing_described(_: Call, __: Sequence[Collection]) -> Described:
    return Described()


def _constant(_: Service) -> str:
    return ""


@dataclass(frozen=True)
class Part:
    """What one standard brings.

    Attributes
    ----------
    name : str
    classes : tuple of str
        URIs of the conformance classes, in the order of the standard.
    routes : tuple of Route
    landing_links : callable
        Links of the landing page.
    collection_links, collection_members : callable
        Links and further members of one collection's description.
    described : callable
        Share of the OpenAPI document; it is given all collections.
    version : callable
        Changes whenever what the callables above return does (build and region apart, which always count):
        the documents' ETags are made of it, so it must be quick.
    """

    name: str
    classes: tuple[str, ...]
    routes: tuple[Route, ...]
    landing_links: Callable[[Call], Iterable[Link]] = _no_links
    collection_links: Callable[[Call, Collection], Iterable[Link]] = _no_collection_links
    collection_members: Callable[[Call, Collection], Mapping[str, Any]] = _no_members
    described: Callable[[Call, Sequence[Collection]], Described] = _nothing_described
    version: Callable[[Service], str] = _constant


_NAMED: Final = "{}"


class Paths:
    """Finds the route of a path: a step per segment; a word goes before a name in braces.

    Parameters
    ----------
    routes : iterable of Route

    Raises
    ------
    ValueError
        If two routes have the same path.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root: dict[Any, Any] = {}
        for route in routes:
            node, names = self._root, []
            for segment in route.template.split("/"):
                if segment.startswith("{"):
                    names.append(segment.strip("{}"))
                    segment = _NAMED
                node = node.setdefault(segment, {})
            if None in node:
                raise ValueError(f"two parts answer {route.template!r}")
            node[None] = (route, names)

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a path and the values of its names."""
        found = _end(self._root, path.split("/"), 0, ())
        if found is None:
            return None
        (route, names), values = found
        return route, dict(zip(names, values, strict=True))


def _end(
    node: dict[Any, Any], segments: Sequence[str], place: int, values: tuple[str, ...]
) -> tuple[Any, tuple[str, ...]] | None:
    """Return what stands at the end of the segments from `place` on; if a word leads nowhere, a name may."""
    if place == len(segments):
        return (node[None], values) if None in node else None
    segment = segments[place]
    below = node.get(segment) if segment != _NAMED else None
    found = _end(below, segments, place + 1, values) if below is not None else None
    if found is None and segment and _NAMED in node:
        found = _end(node[_NAMED], segments, place + 1, (*values, segment))
    return found
