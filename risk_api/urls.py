"""The address of the service as a client sees it: what links start with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter

if TYPE_CHECKING:
    from starlette.requests import Request

    from risk_api.settings import Settings

_HOST: Final = re.compile(r"[A-Za-z0-9._~\[\]:-]{1,255}")


def address_of(settings: Settings, scheme: str, host: str, root: str) -> str:
    """Return the address without a slash at its end: the one that the operator has set, else the host's.

    Raises
    ------
    BadParameter
        If the host that links would point to is none.
    """
    if settings.public_url is not None:
        return settings.public_url
    if not _HOST.fullmatch(host):
        raise BadParameter("Host", "no host name", reason_key="host")
    return f"{scheme}://{host}{root}"


def service_address(request: Request, settings: Settings) -> str:
    """Return the address for the links in the answer to a request."""
    scope = request.scope
    host = request.headers.get("host", "") or ":".join(map(str, scope.get("server") or ()))
    return address_of(settings, scope["scheme"], host, str(scope.get("root_path", "")))
