"""People by district and class as bars, two strategies under each other: prints, and reads out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from risk_api.i18n import Language, format_number
from risk_api.serialise.rounding import shown_count

#: As wide as a phone shows without making the letters small.
WIDTH: Final = 420
NAME: Final = 22
LABEL: Final = 17
BAR: Final = 13
GAP: Final = 5
ROW: Final = NAME + 2 * (LABEL + BAR + GAP) + 6

#: Strokes of the patterns within a tile of 8 by 8, the same as on the map.
_STROKES: Final[Mapping[str, str]] = {
    "solid": "",
    "cross": '<path d="M0 0L8 8M8 0L0 8" stroke="#000" stroke-opacity=".6"/>',
    "lines": '<path d="M0 8L8 0" stroke="#000" stroke-opacity=".6"/>',
    "back": '<path d="M0 0L8 8" stroke="#000" stroke-opacity=".6"/>',
    "dots": '<circle cx="4" cy="4" r="1.2" fill="#000" fill-opacity=".6"/>',
    "open": "",
}


def district_bars_svg(
    rows: Sequence[Mapping[str, Any]],
    styles: Sequence[Mapping[str, str]],
    title: str,
    language: Language,
) -> str:
    """Return the drawing as SVG to stand in a page.

    Parameters
    ----------
    rows : sequence of mapping
        `name` of a district and `bars`: per strategy its `name` and `people_by_class`.
    styles : sequence of mapping
        `id`, `colour` and `pattern` of each class, strongest first, which is leftmost.
    title : str
        For readers who hear the page.
    language : {"kk", "ru", "en"}
    """
    most = max((sum(bar["people_by_class"].values()) for row in rows for bar in row["bars"]), default=0.0)
    scale = (WIDTH - 1) / most if most > 0.0 else 0.0
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {ROW * len(rows)}" width="{WIDTH}" role="img" '
        f'aria-label={quoteattr(title)} font-size="15"><defs>',
        *(_pattern(style) for style in styles),
        "</defs>",
    ]
    for position, row in enumerate(rows):
        top = ROW * position
        parts.append(f'<text x="0" y="{top + NAME - 5}" font-weight="700">{escape(row["name"])}</text>')
        for line, bar in enumerate(row["bars"]):
            parts += _bar(bar, top + NAME + line * (LABEL + BAR + GAP), styles, scale, language)
    return "".join([*parts, "</svg>"])


def _pattern(style: Mapping[str, str]) -> str:
    return (
        f'<pattern id="bar-{style["id"]}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{style["colour"]}"/>{_STROKES[style["pattern"]]}</pattern>'
    )


def _bar(
    bar: Mapping[str, Any],
    y: int,
    styles: Sequence[Mapping[str, str]],
    scale: float,
    language: Language,
) -> list[str]:
    """Return one bar, its classes side by side; its words stand over it, where there is always room."""
    people = format_number(shown_count(sum(bar["people_by_class"].values())), language)
    label = escape(f"{bar['name']}: {people}")
    parts = [f'<text x="0" y="{y + LABEL - 3}">{label}</text>']
    x = 0.5
    for style in styles:
        width = bar["people_by_class"].get(style["id"], 0.0) * scale
        if width > 0.0:
            parts.append(
                f'<rect x="{x:.1f}" y="{y + LABEL}" width="{width:.1f}" height="{BAR}" '
                f'fill="url(#bar-{style["id"]})" stroke="#16202a" stroke-width=".5"/>'
            )
        x += width
    return parts
