"""The parts of OGC API that ``/ogc`` has, in the order in which they are shown: a part joins by one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from risk_api.ogc import features, tiles
from risk_api.ogc.edr import part as edr
from risk_api.ogc.processes import part as processes

if TYPE_CHECKING:
    from risk_api.ogc.part import Part

PARTS: Final[tuple[Part, ...]] = (features.PART, tiles.PART, edr.PART, processes.PART)
