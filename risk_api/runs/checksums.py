"""Checksums of a run's files as STAC's file extension writes them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

#: Multihash: the code of sha2-256 and its length in bytes go before the digest.
_SHA2_256: Final = "1220"
_BLOCK: Final = 1 << 20


def file_facts(path: Path) -> dict[str, Any]:
    """Return ``file:checksum`` and ``file:size`` of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return {"file:checksum": _SHA2_256 + digest.hexdigest(), "file:size": path.stat().st_size}
