"""Two resolutions of one question: a preview while it is still being changed, and the final answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from risk_api.errors import BadParameter

if TYPE_CHECKING:
    from geodata import Region

CELL_SIZE_RANGE_M = (10.0, 200.0)


@dataclass(frozen=True)
class Quality:
    """How well a run resolves the flow.

    Attributes
    ----------
    id : str
        `preview` or `final`.
    order : int
        Order of the scheme: 1 or 2.
    coarsening : int
        Cell size over the region's own, where none is asked for.
    """

    id: str
    order: int
    coarsening: int

    def cell_size_m(self, region: "Region") -> float:
        """Cell size where none is asked for, m."""
        return min(CELL_SIZE_RANGE_M[1], float(region.run_cell_size_m) * self.coarsening)


FINAL = Quality("final", order=2, coarsening=1)
PREVIEW = Quality("preview", order=1, coarsening=2)
QUALITIES: Mapping[str, Quality] = MappingProxyType({one.id: one for one in (PREVIEW, FINAL)})


def quality_of(name: str | None) -> Quality:
    """The quality of that name; final where none is named.

    Raises
    ------
    BadParameter
        Naming those there are.
    """
    if name is None:
        return FINAL
    if name not in QUALITIES:
        listed = ", ".join(QUALITIES)
        raise BadParameter(
            "quality",
            f"allowed are {listed}",
            list(QUALITIES),
            reason_key="allowed",
            allowed_names=listed,
        )
    return QUALITIES[name]
