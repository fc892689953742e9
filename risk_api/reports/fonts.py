"""The typeface of reports: DejaVu Sans, which has every letter of Kazakh, Russian and English, embedded."""

from __future__ import annotations

import threading
from importlib import resources
from typing import Final

REGULAR: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"

_lock = threading.Lock()


def register() -> None:
    """Make the two faces known to the PDF writer, once; matplotlib carries their files."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _lock:
        known = pdfmetrics.getRegisteredFontNames()
        if BOLD in known:
            return
        folder = resources.files("matplotlib").joinpath("mpl-data", "fonts", "ttf")
        for name in (REGULAR, BOLD):
            with resources.as_file(folder.joinpath(f"{name}.ttf")) as path:
                pdfmetrics.registerFont(TTFont(name, str(path)))
        pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
