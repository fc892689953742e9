"""Pixels of one byte as PNG (W3C PNG, third edition): palette and its transparency, no metadata."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PALETTE, _BYTE, _NO_FILTER = 3, 8, 0
_LEVEL: Final = 6

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255 each."""


def palette_chunks(colours: Sequence[Colour]) -> bytes:
    """Return the chunks of a palette: PLTE, and tRNS where a colour is not opaque.

    Raises
    ------
    ValueError
        Unless there are 1 to 256 colours.
    """
    if not 1 <= len(colours) <= 256:
        raise ValueError(f"a palette holds 1 to 256 colours, not {len(colours)}")
    plte = _chunk(b"PLTE", bytes(part for colour in colours for part in colour[:3]))
    opacity = bytes(colour[3] for colour in colours).rstrip(b"\xff")
    return plte + _chunk(b"tRNS", opacity) if opacity else plte


def palette_png(indices: NDArray[np.uint8], palette: bytes) -> bytes:
    """Return an image whose pixels are indices into a palette.

    Parameters
    ----------
    indices : (ny, nx) uint8
        Below the number of colours.
    palette : bytes
        From `palette_chunks`.
    """
    import numpy as np

    rows, columns = indices.shape
    header = struct.pack(">IIBBBBB", columns, rows, _BYTE, _PALETTE, 0, 0, 0)
    # Each row begins with its filter; classes are compressed best as they are.
    lines = np.full((rows, columns + 1), _NO_FILTER, dtype=np.uint8)
    lines[:, 1:] = indices
    data = zlib.compress(lines.tobytes(), _LEVEL)
    return b"".join(
        (_SIGNATURE, _chunk(b"IHDR", header), palette, _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), name, data, struct.pack(">I", zlib.crc32(name + data))))
