"""What `POST /v1/simulations` takes: strict, each bound where a reader of /docs sees it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from risk_api.runs.changes import HIGHEST_DAM_M, MOST_OPENINGS, MOST_OWN_DAMS, SHARP_EDGE

#: Longitude, then latitude.
Position = Annotated[
    list[Annotated[float, Field(ge=-180.0, le=180.0)]],
    Field(min_length=2, max_length=2, examples=[[76.93, 43.1]]),
]


class _Strict(BaseModel):
    """No unknown fields, no numbers in quotes, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class OpeningBody(_Strict):
    """A passage through the dam, an orifice."""

    area_m2: float = Field(gt=0, le=1000, description="Free area, m2.")
    discharge_coefficient: float = Field(
        SHARP_EDGE, gt=0, le=1, description="Of the orifice; 0.6 is a sharp edge."
    )
    passes: Literal["fluid", "water"] = Field(
        "fluid", description="fluid: water with its fines, boulders stay; water: clear water only."
    )
    sill_above_bed_m: float = Field(
        0.0, ge=0, lt=HIGHEST_DAM_M, description="Bottom of the passage above the river bed, m."
    )


class WeirBody(_Strict):
    """A low part of the crest, nearest to the river, that spills first."""

    width_m: float = Field(gt=0, le=2000)
    below_crest_m: float = Field(gt=0, lt=HIGHEST_DAM_M, description="Drop below the rest of the crest, m.")


class OwnDamBody(_Strict):
    """A dam drawn on a map: one of `crest_elevation_m` and `height_m` is needed."""

    id: str | None = Field(
        None,
        pattern="^[a-z0-9][a-z0-9-]{0,31}$",
        description="Small letters, digits, hyphens; default own-dam, own-dam-2 and so on.",
    )
    axis: list[Position] = Field(
        min_length=2,
        max_length=50,
        description=(
            "The wall from one valley side to the other, lon and lat of each point (CRS84), "
            "as the coordinates of a GeoJSON LineString. It stands where it is drawn."
        ),
    )
    crest_elevation_m: float | None = Field(None, gt=-500, le=9000, description="Elevation of the crest, m.")
    height_m: float | None = Field(
        None, gt=0, le=HIGHEST_DAM_M, description="Height above the river bed where the axis crosses it, m."
    )
    openings: list[OpeningBody] = Field(
        default_factory=list, max_length=MOST_OPENINGS, description="Default: none, a closed wall."
    )
    weir: WeirBody | None = Field(None, description="Default: none, the crest is level.")
    state: Literal["in service", "unfinished", "clogged"] = Field(
        "in service",
        description="clogged: the openings let nothing through; unfinished: `built_share` of it stands.",
    )
    built_share: float | None = Field(None, gt=0, le=1, description="Of an unfinished dam, and of no other.")


class DamChangeBody(_Strict):
    """What is other about a dam of the region; at most one of crest, height and capacity."""

    crest_elevation_m: float | None = Field(None, gt=-500, le=9000)
    height_m: float | None = Field(None, gt=0, le=HIGHEST_DAM_M)
    capacity_m3: float | None = Field(
        None,
        gt=0,
        le=1e9,
        description="Volume up to where it spills, m3; the crest follows from the terrain.",
    )
    state: str | None = Field(None, max_length=40, description="Kind of a state that is known of the dam.")
    openings: list[OpeningBody] | None = Field(
        None, max_length=MOST_OPENINGS, description="All openings, in place of its own; [] closes them."
    )
    weir: WeirBody | None = None


class SimulationBody(_Strict):
    """A scenario with a dam that does not exist, or with one that is other than it is."""

    scenario: str = Field(max_length=80, description="Id of a scenario of /v1/scenarios.")
    strategy: str | None = Field(
        None,
        max_length=80,
        description="The other dams, by a strategy of /v1/strategies. Default: ayusai, as they stand today.",
    )
    dams: list[OwnDamBody] = Field(
        default_factory=list, max_length=MOST_OWN_DAMS, description="Dams drawn on the map."
    )
    changes: dict[str, DamChangeBody] = Field(
        default_factory=dict, max_length=20, description="Dams of the region that are other, by their id."
    )
    cell_size_m: float | None = Field(
        None, description="30, 60, 90, 120, 150 or the default of the quality, as for /v1/exposure."
    )
    quality: Literal["preview", "final"] = Field("final", description="As for /v1/exposure.")


#: The first example of /docs: 40 m across the gorge below the place of Ayusai, with neither dam of 2019.
EXAMPLE = {
    "scenario": "kumbelsu-1977",
    "strategy": "no-dams",
    "dams": [
        {
            "id": "my-dam",
            "axis": [[76.9314, 43.1043], [76.93, 43.1012]],
            "height_m": 40,
            "openings": [{"area_m2": 4}],
            "weir": {"width_m": 40, "below_crest_m": 3},
        }
    ],
    "quality": "preview",
}
HIGHER = {
    "scenario": "kumbelsu-1977",
    "strategy": "ayusai",
    "changes": {"ayusai": {"height_m": 55}},
    "quality": "preview",
}
EXAMPLES = {
    "own": {"summary": "A dam drawn on the map", "value": EXAMPLE},
    "higher": {"summary": "What if Ayusai were 14 m higher", "value": HIGHER},
}
