"""A request as the OGC resources see it: read once, strictly, with no object made that is not needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.types import Receive, Scope

from risk_api.encodings import Encoding, chosen_encoding
from risk_api.errors import BadParameter, NotAcceptable, UnknownParameter
from risk_api.headers import by_preference
from risk_api.i18n import LANGUAGES, Language, negotiate
from risk_api.urls import address_of

if TYPE_CHECKING:
    from risk_api.service import Service

#: What a query may hold as it is; a reader recognises a system's URI that way.
_SAFE: Final = ":/,()*"
#: More parameters than any collection has columns are an attack, not a question.
_MOST_PARAMETERS: Final = 200
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
#: Characters of a query that is remembered with its parameters.
_LONGEST_KEPT: Final = 500
_READ: Final = {
    b"host": "host",
    b"accept": "accept",
    b"accept-language": "accept_language",
    b"accept-encoding": "accept_encoding",
    b"if-none-match": "if_none_match",
}

#: Short name in ``f=`` and media type, the default first.
Formats = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes
    ----------
    service : Service
    path : str
        Below ``/ogc``, without a slash at either end.
    query : str
        As it was sent.
    base : str
        Address of ``/ogc`` as the client sees it.
    root : str
        What a proxy puts before the service's paths.
    headers : mapping
        Those of `_READ` that were sent.
    values : mapping
        What the path has where its template has a name in braces.
    scope, receive : ASGI
        For what reads a body; see `request`.
    """

    service: Service
    path: str
    query: str
    base: str
    root: str
    headers: Mapping[str, str]
    values: Mapping[str, str]
    scope: Scope = field(repr=False)
    receive: Receive = field(repr=False)

    @classmethod
    def of(cls, scope: Scope, receive: Receive, path: str, values: Mapping[str, str]) -> Call:
        """Read a connection scope.

        Raises
        ------
        BadParameter
            If the host that links would point to is none.
        """
        headers = {_READ[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _READ}
        service = cast("Service", scope["state"]["service"])
        root = str(scope.get("root_path", ""))
        host = headers.get("host", "") or ":".join(map(str, scope.get("server") or ()))
        public = address_of(service.settings, scope["scheme"], host, root)
        query = scope["query_string"].decode("latin-1")
        return cls(service, path, query, f"{public}/ogc", root, headers, values, scope, receive)

    @property
    def service_base(self) -> str:
        """Return the address of the whole service as the client sees it."""
        return self.base.removesuffix("/ogc")

    @cached_property
    def request(self) -> Request:
        """Return the request as Starlette has it: its body, and headers that are rarely asked for."""
        return Request(self.scope, self.receive)

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Return the query; of a parameter that is repeated the last counts.

        Raises
        ------
        BadParameter
            If there are more than any collection has columns.
        """
        if not self.query:
            return _NOTHING
        try:
            # What is asked again and again is short; what is long must not fill the memory.
            return (_kept if len(self.query) <= _LONGEST_KEPT else _parsed)(self.query)
        except ValueError:
            raise BadParameter("query", "too many parameters", reason_key="too_many") from None

    @cached_property
    def language(self) -> Language:
        """Return the language of the answer.

        Raises
        ------
        BadParameter
            If ``lang`` is none of the three.
        """
        asked = self.parameters.get("lang")
        if asked is None:
            return _negotiated(self.headers.get("accept_language"))
        if asked not in LANGUAGES:
            listed = ", ".join(LANGUAGES)
            raise BadParameter(
                "lang", f"allowed are {listed}", LANGUAGES, reason_key="allowed", allowed_names=listed
            )
        return asked

    @property
    def encoding(self) -> Encoding | None:
        """Return how the body may be compressed."""
        return chosen_encoding(self.headers.get("accept_encoding"))

    def format(self, formats: Formats) -> str:
        """Return the short name of the format: ``f`` decides, then ``Accept``.

        Raises
        ------
        BadParameter
            If ``f`` names none of `formats`.
        NotAcceptable
            If ``Accept`` leaves none of them.
        """
        asked = self.parameters.get("f")
        names = [name for name, _ in formats]
        if asked is not None:
            if asked not in names:
                listed = ", ".join(names)
                raise BadParameter(
                    "f", f"allowed are {listed}", names, reason_key="allowed", allowed_names=listed
                )
            return asked
        header = self.headers.get("accept")
        found = _accepted(header, formats)
        if found is None:
            raise NotAcceptable((header or "")[:80], [media for _, media in formats])
        return found

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Refuse a parameter that is not known here.

        Raises
        ------
        UnknownParameter
            Naming those that are.
        """
        if not self.parameters:
            return
        allowed = {"f", "lang", *known}
        for name in self.parameters:
            if name not in allowed:
                raise UnknownParameter(name[:80], sorted(allowed))

    @cached_property
    def address(self) -> str:
        """Return the address of the resource without its query."""
        return f"{self.base}/{quote(self.path)}" if self.path else self.base

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        """Return each parameter's name and how it is written in an address."""
        return [
            (name, f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}")
            for name, value in self.parameters.items()
        ]

    def query_without(self, *names: str) -> str:
        """Return the query without some parameters, ready for another to be put behind it."""
        kept = "&".join([pair for name, pair in self._pairs if name not in names])
        return f"?{kept}&" if kept else "?"


def _parsed(query: str) -> Mapping[str, str]:
    return MappingProxyType(dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)))


_kept = lru_cache(1024)(_parsed)
_negotiated = lru_cache(256)(negotiate)


@lru_cache(256)
def _accepted(header: str | None, formats: Formats) -> str | None:
    """Return the format that ``Accept`` wants most; JSON of any kind is JSON to who asks for just that."""
    if not header:
        return formats[0][0]
    for wanted in by_preference(header):
        major, _, minor = wanted.partition("/")
        if major == "*":
            return formats[0][0]
        for name, media in formats:
            offered = media.split(";")[0]
            if (
                wanted == offered
                or (minor == "*" and offered.startswith(f"{major}/"))
                or (name == "json" and wanted in ("application/json", "application/openapi+json"))
            ):
                return name
    return None
