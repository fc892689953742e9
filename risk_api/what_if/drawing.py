"""The storage curve as a drawing: volume against level, with the crest, the weir and the highest level."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from risk_api.i18n import Language, format_number, translate
from risk_api.what_if.dams import volume_at

MEDIA_TYPE: Final = "image/svg+xml"
WIDTH: Final = 760
HEIGHT: Final = 460
LEFT: Final = 86
RIGHT: Final = 24
TOP: Final = 64
BOTTOM: Final = 66
#: Told apart without colour as well: each line has its own dashes and its own words.
_LINES: Final = {
    "crest": ("#7a1f1f", ""),
    "weir": ("#8a5a00", "8 4"),
    "highest": ("#0b5d8f", "2 3"),
}
#: Where the words of the lines stand, px: the curve leaves the lower right corner free.
_LEGEND_X: Final = 430.0
_ROW_PX: Final = 20.0


def storage_svg(dam: Mapping[str, Any], language: Language) -> bytes:
    """Return the drawing of one dam of a simulation's answer, an SVG document.

    Parameters
    ----------
    dam : mapping
        What `dam_json` returns.
    language : {"kk", "ru", "en"}
        Language of all words.
    """
    storage = dam["storage"]
    levels = {"crest": dam["crest_elevation_m"], "highest": dam["highest_level_m"]}
    if dam["weir"] is not None:
        levels["weir"] = dam["spill_elevation_m"]
    shown = {name: level for name, level in levels.items() if level is not None}
    low = storage["level_m"][0]
    high = max([storage["level_m"][-1], *shown.values()])
    y_ticks = _ticks(low, high)
    x_ticks = _ticks(0.0, max(storage["volume_m3"][-1], 1.0) / 1e6)
    bottom_m, top_m = min(low, y_ticks[0]), max(high, y_ticks[-1])
    span = float(x_ticks[-1])

    def px(volume_m3: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * volume_m3 / 1e6 / span

    def py(level_m: float) -> float:
        share = (level_m - bottom_m) / (top_m - bottom_m)
        return float(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share)

    title = translate(language, "drawing.title", dam=dam["name"])
    described = "; ".join(
        translate(language, f"drawing.{name}", level=format_number(level, language, 1))
        for name, level in shown.items()
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title description" lang="{language}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<title id="title">{escape(title)}</title><desc id="description">{escape(described)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 26, title, size=16, weight="600"),
        _text(
            LEFT,
            46,
            translate(
                language,
                "drawing.capacity",
                volume=format_number((dam["capacity_m3"] or 0.0) / 1e6, language, 2),
            ),
        ),
    ]
    decimals_x, decimals_y = _decimals(x_ticks), _decimals(y_ticks)
    for tick in x_ticks:
        x = px(tick * 1e6)
        parts.append(_line(x, TOP, x, HEIGHT - BOTTOM, "#e3e3e3"))
        parts.append(
            _text(x, HEIGHT - BOTTOM + 20, format_number(tick, language, decimals_x), anchor="middle")
        )
    for tick in y_ticks:
        y = py(tick)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, "#e3e3e3"))
        parts.append(_text(LEFT - 8, y + 4, format_number(tick, language, decimals_y), anchor="end"))
    parts.append(_line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, "#333333"))
    parts.append(_line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#333333"))
    parts.append(
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 18, translate(language, "drawing.volume"), anchor="middle")
    )
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text x="22" y="{middle:.1f}" transform="rotate(-90 22 {middle:.1f})" text-anchor="middle" '
        f'fill="#222222">{escape(translate(language, "drawing.level"))}</text>'
    )
    points = " ".join(
        f"{px(volume):.1f},{py(level):.1f}"
        for level, volume in zip(storage["level_m"], storage["volume_m3"], strict=True)
    )
    parts.append(f'<polyline points="{points}" fill="none" stroke="#222222" stroke-width="2.5"/>')
    highest = shown.get("highest")
    if highest is not None:
        parts.append(_dot(px(volume_at(storage, highest)), py(highest)))
    parts += _marked(shown, py, language)
    parts.append("</svg>")
    return "\n".join(parts).encode()


def _marked(shown: Mapping[str, float], py: Callable[[float], float], language: Language) -> list[str]:
    """Lines across the drawing, and what they are in the corner below the curve, where nothing else is."""
    parts: list[str] = []
    ordered = sorted(shown.items(), key=lambda entry: -entry[1])
    for number, (name, level) in enumerate(ordered):
        colour, dashes = _LINES[name]
        y = py(level)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, colour, dashes))
        row = HEIGHT - BOTTOM - 14 - _ROW_PX * (len(ordered) - 1 - number)
        parts.append(_line(_LEGEND_X, row - 4, _LEGEND_X + 34, row - 4, colour, dashes))
        if name == "highest":
            parts.append(_dot(_LEGEND_X + 17, row - 4))
        text = translate(language, f"drawing.{name}", level=format_number(level, language, 1))
        parts.append(_text(_LEGEND_X + 42, row, text, fill=colour, halo=True))
    return parts


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{_LINES["highest"][0]}"/>'


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    width = 1 if colour.startswith("#e") or colour == "#333333" else 1.8
    return (
        f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}" '
        f'stroke-width="{width}"{dashed}/>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: int = 13,
    weight: str = "400",
    fill: str = "#222222",
    halo: bool = False,
) -> str:
    # A white rim keeps words readable where they lie over a line.
    rim = ' paint-order="stroke" stroke="#ffffff" stroke-width="4"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}"{rim}>{escape(text)}</text>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from at most `low` to at least `high`, some four to eight of them."""
    span = max(high - low, 1e-9)
    step = 10.0 ** math.floor(math.log10(span / 4.0))
    step *= next(factor for factor in (1.0, 2.0, 5.0, 10.0) if span / (step * factor) <= 6.0)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _decimals(ticks: list[float]) -> int:
    return max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
