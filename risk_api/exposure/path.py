"""The way that a flow takes if it stays in its rivers, and what stands or lies along it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geodata import Region, Scenario

Floats = NDArray[np.float64]

PATH_WIDTH_M = 1500.0
"""A district within this distance of a river that the flow follows lies on its way."""

BANK_WIDTH_M = 500.0
"""Ground within this distance of the river counts as lying by it."""


@dataclass(frozen=True, eq=False)
class FlowPath:
    """The line from the release to the last river's end, and where the dam sites lie on it.

    Attributes
    ----------
    line : shapely.LineString
        In the region's metric CRS.
    dams : dict of str to float
        Distance along the line of each dam site below the release, and of each own dam, m, in the order of
        the flow.
    """

    line: shapely.LineString
    dams: dict[str, float]

    @classmethod
    def of(
        cls, region: "Region", scenario: "Scenario", own_dams: Mapping[str, Mapping[str, Any]] | None = None
    ) -> "FlowPath":
        """The way of a scenario's flow; `own_dams` are those of a run's inputs."""
        x, y = region.to_metric(scenario.lon, scenario.lat)
        points: list[tuple[float, float]] = [(float(x), float(y))]
        for river_id, chainage_m in region.path_downstream(scenario.river, x, y):
            course = region.course(river_id)
            points += [(float(a), float(b)) for a, b in course.xy[course.chainage_m >= chainage_m]]
        line = shapely.LineString(points)
        dams = {}
        for dam_id in region.dams_downstream(scenario.river, x, y):
            site = region.dam_sites[dam_id]
            dams[dam_id] = float(line.project(shapely.Point(region.to_metric(site.lon, site.lat))))
        for dam_id, own in (own_dams or {}).items():
            axis = shapely.LineString([region.to_metric(lon, lat) for lon, lat in own["axis_lonlat"]])
            dams[dam_id] = float(line.project(shapely.intersection(line, axis).centroid))
        return cls(line, dict(sorted(dams.items(), key=lambda dam: dam[1])) if own_dams else dams)

    def along_m(self, x: Floats, y: Floats) -> Floats:
        """Distance along the line of the point of it that is nearest to each given point, m."""
        return np.asarray(shapely.line_locate_point(self.line, shapely.points(x, y)))

    def districts(self, region: "Region") -> frozenset[str]:
        """Districts that the flow's rivers run through, or close by."""
        return frozenset(
            district_id
            for district_id, polygon in region.district_polygons().items()
            if shapely.dwithin(self.line, polygon, PATH_WIDTH_M)
        )

    def dams_above(self, region: "Region") -> dict[str, frozenset[str]]:
        """Dams that stand above some ground of each district by the river.

        A district with no ground by the river can still be reached where the flow leaves its channel on the
        fan: every dam on the way stands above it.
        """
        above = {}
        for district_id, polygon in region.district_polygons().items():
            near = self.line.intersection(polygon.buffer(BANK_WIDTH_M))
            lowest = max(
                (self.line.project(shapely.Point(point)) for point in shapely.get_coordinates(near)),
                default=float("inf"),
            )
            above[district_id] = frozenset(dam_id for dam_id, at in self.dams.items() if at < lowest)
        return above
