"""The two storage curves of a dam as a drawing: what the terrain holds, and what is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from risk_api.i18n import Language, format_number, translate

WIDTH: Final = 640
HEIGHT: Final = 320
LEFT: Final = 70
RIGHT: Final = 20
TOP: Final = 20
BOTTOM: Final = 56
#: Told apart without colour as well.
_LINES: Final = {"terrain": ("#1b5e20", ""), "published": ("#7a1f1f", "7 4")}


def storage_curve_svg(name: str, storage: Mapping[str, Any], language: Language) -> str:
    """Return the drawing as SVG to stand in a page: height above the river bed over volume.

    Parameters
    ----------
    name : str
        The dam, for readers who hear the page.
    storage : mapping
        From `storage_json`.
    language : {"kk", "ru", "en"}
    """
    curve = storage["curve"]
    tallest = max(row["height_m"] for row in curve)
    most = max(max(row["terrain_m3"], row["published_m3"]) for row in curve) or 1.0

    def place(volume_m3: float, height_m: float) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * volume_m3 / most
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * max(height_m, 0.0) / tallest
        return f"{x:.1f},{y:.1f}"

    title = translate(language, "page.dam.drawing", dam=name)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-size="13">'
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        volume, height = share * most, share * tallest
        (x, _), (_, y) = (point.split(",") for point in (place(volume, 0.0), place(0.0, height)))
        parts += [
            f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>',
            f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#ddd"/>',
            f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
            f"{format_number(volume / 1e6, language, 2)}</text>",
            f'<text x="{LEFT - 8}" y="{float(y) + 4:.1f}" text-anchor="end">'
            f"{format_number(height, language, 0)}</text>",
        ]
    for number, (kind, (colour, dashes)) in enumerate(_LINES.items()):
        points = " ".join(place(row[f"{kind}_m3"], row["height_m"]) for row in curve)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        row_y = TOP + 18 + 18 * number
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.2"{dashed}/>',
            f'<line x1="{LEFT + 10}" y1="{row_y - 4}" x2="{LEFT + 44}" y2="{row_y - 4}" stroke="{colour}" '
            f'stroke-width="2.2"{dashed}/>',
            f'<text x="{LEFT + 50}" y="{row_y}" fill="{colour}">'
            f"{escape(translate(language, f'page.dam.curve.{kind}'))}</text>",
        ]
    axis = translate(language, "page.dam.axes")
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">{escape(axis)}</text></svg>')
    return "".join(parts)
