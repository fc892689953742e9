"""Colours of hazard classes on paper: those of the map, which every eye tells apart, also without hue."""

from __future__ import annotations

from risk_api.exposure import SCHEMES
from risk_api.tiles.run_layers import hazard_legend


def class_colours(scheme_id: str) -> list[str]:
    """Return a colour per class of a scheme, strongest first, as ``#rrggbb``."""
    entries = hazard_legend(f"hazard-{scheme_id}", SCHEMES[scheme_id]).entries
    return ["#{:02x}{:02x}{:02x}".format(*entry.colour[:3]) for entry in entries]
