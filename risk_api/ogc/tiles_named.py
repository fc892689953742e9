"""Words that paths of tiles are made of, and which collections have maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from risk_api.features.catalogue import Collection

MATRIX_SETS: Final = "tileMatrixSets"
QUAD: Final = "WebMercatorQuad"


def mapped_run(found: Collection) -> str | None:
    """Return the run whose rasters are maps of a collection: that of a footprint, none of any other."""
    return found.run_id if found.id.startswith("footprint-") else None
