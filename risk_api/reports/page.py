"""What all PDF pages share: paper, typography, head and foot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from risk_api import __version__
from risk_api.i18n import Language, translate
from risk_api.reports import fonts

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

#: Margins of the A4 page, points.
MARGIN: Final = 34.0


def style(name: str) -> ParagraphStyle:
    """Return a paragraph style: title, heading, text, small, foot, cell, head, warn."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    fonts.register()
    size, face, before, colour = {
        "title": (14.0, fonts.BOLD, 0.0, "#16202a"),
        "heading": (9.0, fonts.BOLD, 6.0, "#16202a"),
        "text": (8.4, fonts.REGULAR, 1.5, "#16202a"),
        "small": (7.0, fonts.REGULAR, 1.0, "#3a444c"),
        "foot": (5.6, fonts.REGULAR, 0.0, "#3a444c"),
        "cell": (8.0, fonts.REGULAR, 0.0, "#16202a"),
        "head": (7.4, fonts.BOLD, 0.0, "#16202a"),
        "warn": (8.4, fonts.BOLD, 2.0, "#7a3b00"),
    }[name]
    return ParagraphStyle(
        name,
        fontName=face,
        fontSize=size,
        leading=size * 1.24,
        spaceBefore=before,
        textColor=HexColor(colour),
    )


def paragraph(text: str, name: str) -> Flowable:
    """Return plain text as a paragraph; nothing in it is read as markup."""
    from reportlab.platypus import Paragraph

    return Paragraph(escape(text).replace("\n", "<br/>"), style(name))


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float], extra: Sequence[Any] = ()) -> Flowable:
    """Return a ruled table whose first row is its head."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    line = HexColor("#cbd3da")
    return Table(
        [list(row) for row in rows],
        colWidths=list(widths),
        style=[
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, line),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor("#16202a")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.0),
            *extra,
        ],
    )


def one_page(flowables: Sequence[Flowable], *, title: str, language: Language, foot: str) -> bytes:
    """Return one A4 page as PDF; what does not fit is made smaller, never cut off.

    The same content gives the same bytes: no clock and no random number goes into the file.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Frame, KeepInFrame

    fonts.register()
    stream = io.BytesIO()
    width, height = A4
    canvas = Canvas(
        stream, pagesize=A4, invariant=1, lang={"kk": "kk-KZ", "ru": "ru-KZ", "en": "en"}[language]
    )
    canvas.setTitle(title)
    canvas.setAuthor(f"selrisk {__version__}")
    canvas.setSubject(translate(language, "report.subject"))
    foot_height = 46.0
    inner = (width - 2 * MARGIN, height - 2 * MARGIN - foot_height + 14.0)
    body = KeepInFrame(*inner, list(flowables), mode="shrink", hAlign="LEFT")
    Frame(MARGIN, MARGIN + foot_height - 14.0, *inner, 0, 0, 0, 0).addFromList([body], canvas)
    foot_text = KeepInFrame(inner[0], foot_height, [paragraph(foot, "foot")], mode="shrink")
    Frame(MARGIN, MARGIN - 22.0, inner[0], foot_height, 0, 0, 0, 0).addFromList([foot_text], canvas)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()
