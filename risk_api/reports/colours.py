"""Colours of hazard classes on paper: one ramp from dark to light, told apart without hue."""

from __future__ import annotations

from typing import Final

#: ColorBrewer "YlOrRd" without its lightest steps; strongest first.
_RAMP: Final = ("#800026", "#bd0026", "#e31a1c", "#fc4e2a", "#fd8d3c", "#feb24c", "#fed976")


def class_colours(count: int) -> list[str]:
    """Return a colour per class, strongest first, as far apart as the ramp allows.

    Parameters
    ----------
    count : int
        From 1 to 7.
    """
    if not 1 <= count <= len(_RAMP):
        raise ValueError(f"1 to {len(_RAMP)} classes have colours (got {count})")
    if count == 1:
        return [_RAMP[0]]
    return [_RAMP[round(index * (len(_RAMP) - 1) / (count - 1))] for index in range(count)]
