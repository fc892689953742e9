"""What `POST /v1/simulations` takes: strict, each bound where a reader of /docs sees it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from risk_api.runs.changes import MOST_OPENINGS, MOST_OWN_DAMS, SHARP_EDGE
from risk_api.runs.failing import CLOGGED_AT_MOST, CLOGGING_SOLIDS_M3_PER_M2
from risk_api.runs.governed import LONGEST_GATE_S, MOST_GATE_POINTS
from risk_api.runs.heights import HIGHEST_DAM_M

#: Longitude, then latitude.
Position = Annotated[
    list[Annotated[float, Field(ge=-180.0, le=180.0)]],
    Field(min_length=2, max_length=2, examples=[[76.93, 43.1]]),
]


class _Strict(BaseModel):
    """No unknown fields, no numbers in quotes, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class CloggingBody(_Strict):
    """How solids that arrive block an opening; no law is published, 0.5 to 1 and 50 to 5000 are plausible."""

    largest_share: float = Field(
        CLOGGED_AT_MOST, gt=0, le=1, description="Share of the area that is blocked in the end."
    )
    solids_m3_per_m2: float = Field(
        CLOGGING_SOLIDS_M3_PER_M2,
        gt=0,
        le=1e6,
        description="Solids, without pores, that block half of that: m3 for each m2 of opening.",
    )


class BreachBody(_Strict):
    """A body of earth that can be carried away, and what starts it."""

    kind: Literal["overtopping", "piping"] = Field(
        "overtopping",
        description="overtopping: from 0.1 m over the crest for a minute; piping: once the pool reaches it.",
    )
    soil: Literal[
        "compacted clay", "compacted silty sand", "loose silty sand", "dumped gravel", "compacted gravel"
    ] = "dumped gravel"
    erodible: Literal["low", "mid", "high"] = Field(
        "mid", description="Which end of the soil's range: it decides more than all else."
    )
    crest_width_m: float = Field(6.0, ge=0.1, le=500, description="Thickness of the body at its crest, m.")
    upstream_slope: float = Field(2.5, gt=0, le=20, description="Horizontal over vertical.")
    downstream_slope: float = Field(2.0, gt=0, le=20, description="Horizontal over vertical.")
    pipe_above_bed_m: float | None = Field(
        None, gt=0, lt=HIGHEST_DAM_M, description="Axis of the pipe above the river bed, m; for piping only."
    )
    pipe_diameter_m: float = Field(0.3, ge=0.01, le=20, description="Of the pipe as it begins, m.")


class GateBody(_Strict):
    """How far an opening is open: linear between the times, steady outside, a jump where two agree."""

    time_s: list[Annotated[float, Field(ge=0, le=LONGEST_GATE_S)]] = Field(
        min_length=2,
        max_length=MOST_GATE_POINTS,
        description="From the moment the flow is released, s, none earlier than the one before it.",
        examples=[[0, 3600, 3600]],
    )
    open_share: list[Annotated[float, Field(ge=0, le=1)]] = Field(
        min_length=2,
        max_length=MOST_GATE_POINTS,
        description="Share of the area that is open at each of them; not all alike.",
        examples=[[0, 0, 1]],
    )


class SiphonBody(_Strict):
    """Levels of the pool, m above the river bed, between which a siphon that has begun runs full."""

    priming_above_bed_m: float = Field(gt=0, lt=HIGHEST_DAM_M, description="At which it begins.")
    breaking_above_bed_m: float = Field(
        gt=0, lt=HIGHEST_DAM_M, description="Below which air breaks it: its mouth in the pool."
    )


class OpeningBody(_Strict):
    """A passage through the dam: an orifice, with a gate perhaps, or a siphon."""

    area_m2: float = Field(gt=0, le=1000, description="Free area, m2.")
    discharge_coefficient: float = Field(
        SHARP_EDGE, gt=0, le=1, description="Of the orifice; 0.6 is a sharp edge."
    )
    passes: Literal["fluid", "water"] = Field(
        "fluid", description="fluid: water with its fines, boulders stay; water: clear water only."
    )
    sill_above_bed_m: float = Field(
        0.0,
        ge=0,
        lt=HIGHEST_DAM_M,
        description="Bottom of the passage above the river bed, m; of a siphon, of its outlet below the dam.",
    )
    clogging: CloggingBody | None = Field(None, description="Default: it stays clear.")
    gate: GateBody | None = Field(None, description="Default: it stays open.")
    siphon: SiphonBody | None = Field(None, description="Default: an orifice, no siphon.")


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
    state: Literal["in service", "unfinished", "clogged", "silted", "damaged", "breached"] = Field(
        "in service",
        description=(
            "unfinished: `built_share` of it stands; clogged: `blocked_share` of the openings is closed, all "
            "unless given; silted: `volume_m3` lies in the bowl; damaged: lower by `settlement_m`, or with "
            "`blocked_share`; breached: a notch down to `bottom_share` of the height, `bottom_width_m` wide."
        ),
    )
    built_share: float | None = Field(None, gt=0, le=1, description="Of an unfinished dam, and of no other.")
    blocked_share: float | None = Field(None, ge=0, le=1, description="Of a clogged or a damaged dam.")
    volume_m3: float | None = Field(None, gt=0, le=1e9, description="Of a silted dam.")
    settlement_m: float | None = Field(None, gt=0, le=HIGHEST_DAM_M, description="Of a damaged dam.")
    bottom_share: float | None = Field(None, ge=0, le=0.99, description="Of a breached dam.")
    bottom_width_m: float | None = Field(None, gt=0, le=2000, description="Of a breached dam.")
    breach: BreachBody | None = Field(
        None, description="How it may fail. Default: a wall on rock that neither erodes nor breaks."
    )


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
    breach: BreachBody | None = Field(None, description="How it may fail, in place of what the region says.")


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


#: 40 m across the gorge below the place of Ayusai.
MY_DAM = {
    "id": "my-dam",
    "axis": [[76.9314, 43.1043], [76.93, 43.1012]],
    "height_m": 40,
    "openings": [{"area_m2": 4}],
    "weir": {"width_m": 40, "below_crest_m": 3},
}
#: The first example of /docs, with neither dam of 2019.
EXAMPLE = {"scenario": "kumbelsu-1977", "strategy": "no-dams", "dams": [MY_DAM], "quality": "preview"}
HIGHER = {
    "scenario": "kumbelsu-1977",
    "strategy": "ayusai",
    "changes": {"ayusai": {"height_m": 55}},
    "quality": "preview",
}
FAILING = {
    "scenario": "kumbelsu-1977",
    "strategy": "no-dams",
    "dams": [
        {
            "id": "my-fill",
            "axis": [[76.9314, 43.1043], [76.93, 43.1012]],
            "height_m": 25,
            "openings": [{"area_m2": 4, "clogging": {"largest_share": 0.8}}],
            "breach": {"kind": "overtopping", "soil": "dumped gravel"},
        }
    ],
    "quality": "preview",
}
GOVERNED = {
    **EXAMPLE,
    "dams": [
        {
            **MY_DAM,
            "openings": [
                {"area_m2": 4, "gate": {"time_s": [0, 5400, 5400], "open_share": [0, 0, 1]}},
                {"area_m2": 2, "siphon": {"priming_above_bed_m": 34, "breaking_above_bed_m": 20}},
            ],
        }
    ],
}
EXAMPLES = {
    "own": {"summary": "A dam drawn on the map", "value": EXAMPLE},
    "failing": {"summary": "A fill that breaches when it is overtopped", "value": FAILING},
    "governed": {"summary": "A gate that opens after 90 minutes, and a siphon", "value": GOVERNED},
    "higher": {"summary": "What if Ayusai were 14 m higher", "value": HIGHER},
}
