"""How often which loss is exceeded, as a drawing: both axes by powers of ten, a line per branch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from risk_api.i18n import Language, format_number

WIDTH: Final = 640
HEIGHT: Final = 340
LEFT: Final = 90
RIGHT: Final = 20
TOP: Final = 16
BOTTOM: Final = 60
#: Rarer than this nothing is drawn: once in a hundred thousand years.
RAREST_PER_YEAR: Final = 1e-5
#: Told apart without colour as well: colour, dashes.
_LINES: Final = (("#16202a", ""), ("#0b4f7a", "8 4"), ("#9b1c1c", "2 4"))


def exceedance_svg(
    levels: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    title: str,
    axis: str,
    language: Language,
) -> str:
    """Return the drawing as SVG to stand in a page; empty where nothing is exceeded often enough.

    Parameters
    ----------
    levels : sequence of float
        Losses, above 0, ascending.
    curves : mapping
        Title of a line and its yearly rate of exceeding each level; the first is the strongest line.
    title : str
        For readers who hear the page.
    axis : str
        What the axes are.
    language : {"kk", "ru", "en"}
    """
    seen = [
        (level, rate)
        for rates in curves.values()
        for level, rate in zip(levels, rates, strict=True)
        if rate >= RAREST_PER_YEAR
    ]
    if not seen:
        return ""
    x_powers = range(
        math.floor(math.log10(min(level for level, _ in seen))),
        math.ceil(math.log10(max(level for level, _ in seen))) + 1,
    )
    y_powers = range(round(math.log10(RAREST_PER_YEAR)), math.ceil(math.log10(max(r for _, r in seen))) + 1)

    def place(level: float, rate: float) -> tuple[float, float]:
        across = (math.log10(level) - x_powers[0]) / max(len(x_powers) - 1, 1)
        up = (math.log10(rate) - y_powers[0]) / max(len(y_powers) - 1, 1)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" aria-label={quoteattr(title)} '
        'font-size="13">'
    ]
    for power in x_powers:
        x, _ = place(10.0**power, RAREST_PER_YEAR)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        text = format_number(10.0**power, language, max(0, -power))
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{text}</text>')
    for power in y_powers:
        _, y = place(10.0 ** x_powers[0], 10.0**power)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        text = format_number(10.0**power, language, max(0, -power))
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    for number, (name, rates) in enumerate(curves.items()):
        colour, dashes = _LINES[number % len(_LINES)]
        stroke = f'stroke="{colour}" stroke-width="2.2"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
        points = " ".join(
            "{:.1f},{:.1f}".format(*place(level, rate))
            for level, rate in zip(levels, rates, strict=True)
            if rate >= RAREST_PER_YEAR
        )
        y = HEIGHT - BOTTOM - 14 - 18 * (len(curves) - 1 - number)
        parts += [
            f'<polyline points="{points}" fill="none" {stroke}/>',
            f'<line x1="{LEFT + 10}" y1="{y}" x2="{LEFT + 44}" y2="{y}" {stroke}/>',
            f'<text x="{LEFT + 50}" y="{y + 4}" fill="{colour}">{escape(name)}</text>',
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">{escape(axis)}</text></svg>')
    return "".join(parts)
