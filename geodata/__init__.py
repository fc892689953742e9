"""The ground: what is where, from which source, under which licence."""

from geodata.build import build_region
from geodata.dam_changes import place_changed_dam
from geodata.dam_doubts import CapacityDoubt, capacity_doubts
from geodata.dam_fill import Fill
from geodata.dam_openings import Opening, Weir
from geodata.dam_placing import PlacedDam
from geodata.dam_states import STANDING_KINDS, STATE_KINDS, DamState
from geodata.dams import Cost, DamSite, Strategy
from geodata.drawn_dam import Crossing, DrawnDam, check_apart, crossing_of, place_drawn_dam
from geodata.errors import (
    DamDoesNotClose,
    DamOffCourse,
    DamRefused,
    GeodataError,
    GridError,
    LayerCorrupt,
    LayerInvalid,
    LayerMissing,
    OutsideRegion,
    RecipeError,
    RegionError,
    UnknownCellSize,
    UnknownDam,
    UnknownRegion,
    UnknownRiver,
)
from geodata.exposure_grid import ExposureGrid
from geodata.grid import Grid
from geodata.layers import FIELDS, Field
from geodata.region import Region, embedded_regions, open_region
from geodata.rivers import River
from geodata.scenarios import Scenario
from geodata.values import Assumption, Ranged
from geodata.version import GROUND_VERSION

__all__ = [
    "FIELDS",
    "GROUND_VERSION",
    "STANDING_KINDS",
    "STATE_KINDS",
    "Assumption",
    "CapacityDoubt",
    "Cost",
    "Crossing",
    "DamDoesNotClose",
    "DamOffCourse",
    "DamRefused",
    "DamSite",
    "DamState",
    "DrawnDam",
    "ExposureGrid",
    "Field",
    "Fill",
    "GeodataError",
    "Grid",
    "GridError",
    "LayerCorrupt",
    "LayerInvalid",
    "LayerMissing",
    "Opening",
    "OutsideRegion",
    "PlacedDam",
    "Ranged",
    "RecipeError",
    "Region",
    "RegionError",
    "River",
    "Scenario",
    "Strategy",
    "UnknownCellSize",
    "UnknownDam",
    "UnknownRegion",
    "UnknownRiver",
    "Weir",
    "build_region",
    "capacity_doubts",
    "check_apart",
    "crossing_of",
    "embedded_regions",
    "open_region",
    "place_changed_dam",
    "place_drawn_dam",
]
