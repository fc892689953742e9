"""A rupture as a caller describes it: a named earthquake with other figures, a trace, or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from risk_api.seismic.errors import BadSeismicInput

if TYPE_CHECKING:
    from risk_api.seismic.rupture import Rupture
    from risk_api.seismic.scenarios import SeismicScenario

LonLat = tuple[float, float]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class TraceRupture(_Strict):
    """A rupture by its upper edge."""

    trace: Annotated[list[LonLat], Field(description="Upper edge, lon and lat in degrees.")]
    magnitude: float
    dip_deg: float
    rake_deg: float = 90.0
    top_depth_km: float = 0.0
    bottom_depth_km: float | None = None
    width_km: float | None = None
    dips_towards_deg: float | None = None
    hypocentre_depth_km: float | None = None


class PointRupture(_Strict):
    """A rupture around a hypocentre, sized by its magnitude."""

    lon: float
    lat: float
    depth_km: float
    magnitude: float
    strike_deg: float = 75.0
    dip_deg: float = 45.0
    rake_deg: float = 90.0


class QuakeRequest(_Strict):
    """Which earthquake a body means: a scenario, or a rupture by its trace or its hypocentre."""

    scenario: str | None = None
    figures: Annotated[
        dict[str, float], Field(description="Figures of the scenario in place of its own.")
    ] = {}
    rupture_of_trace: TraceRupture | None = None
    rupture_of_point: PointRupture | None = None

    @property
    def names_none(self) -> bool:
        """Whether nothing at all is said of the earthquake."""
        # An empty name is a name: nobody's, which is refused, and no way to ask for the default.
        ways = (self.scenario, self.rupture_of_trace, self.rupture_of_point)
        return not self.figures and all(way is None for way in ways)

    def rupture(self) -> tuple[Rupture, SeismicScenario | None]:
        """Build the rupture; the scenario where it is asked for as it stands.

        Raises
        ------
        UnknownScenario
        BadSeismicInput
            Naming the field that cannot be.
        """
        from risk_api.seismic.rupture import Rupture
        from risk_api.seismic.scenarios import seismic_scenario

        ways = ("scenario", "rupture_of_trace", "rupture_of_point")
        given = [name for name in ways if getattr(self, name) is not None]
        if len(given) != 1:
            listed = ", ".join(ways)
            raise BadSeismicInput(
                given[1] if given else "scenario",
                f"exactly one of {listed} is needed",
                ways,
                reason_key="one_of",
                names=listed,
            )
        if self.scenario is not None:
            named = seismic_scenario(self.scenario)
            changed = named.rupture(**self.figures)
            return changed, None if self.figures else named
        if self.figures:
            raise BadSeismicInput("figures", "figures belong to a scenario", reason_key="figures_of_scenario")
        if self.rupture_of_trace is not None:
            figures = self.rupture_of_trace.model_dump()
            return Rupture.from_trace(figures.pop("trace"), **figures), None
        assert self.rupture_of_point is not None
        point = self.rupture_of_point.model_dump()
        place = (point.pop("lon"), point.pop("lat"), point.pop("depth_km"))
        return Rupture.from_point(*place, **point, lower_km=max(20.0, place[2] + 5.0)), None
