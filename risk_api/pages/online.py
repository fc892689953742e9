"""A map of the internet under the page's own: off unless the operator names one, for that page only."""

from __future__ import annotations

from risk_api.middleware import CONTENT_SECURITY_POLICY
from risk_api.settings import Settings

_PICTURES = "img-src 'self' data: blob:"


def online_base(settings: Settings) -> dict[str, str] | None:
    """Return the address of its tiles and whom to credit, None where the operator named none."""
    if settings.online_base_url is None:
        return None
    return {"tiles": settings.online_base_url, "credit": settings.online_base_credit}


def online_headers(settings: Settings) -> dict[str, str]:
    """Return what the page says of its own accord: of other hosts only this one may be asked."""
    origin = settings.online_base_origin
    if origin is None:
        return {}
    widened = f"{_PICTURES} {origin}; connect-src 'self' {origin}"
    return {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(_PICTURES, widened),
        # Public tile servers ask who uses them, which is the address of the service and nothing more.
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
