"""The physics of mudflows and dams: arrays in, arrays out.

Knows nothing of files, of regions or of HTTP. `simulate` is loaded when it is first asked for: everything
else here is light, and a service that only reads finished runs should not pay for the compiler.
"""

from typing import TYPE_CHECKING, Any

from dam_models.boundaries import Boundaries, Side
from dam_models.breach import Breach, BreachRecord, Fill, StateChange
from dam_models.breach_relations import BreachEstimate, breach_estimate
from dam_models.bulking import Bulking
from dam_models.cell_faces import CellFaces
from dam_models.crest import Crest
from dam_models.dam import Dam, DamRecord
from dam_models.entrainment import EntrainmentRecord, ErodibleBed, Settling
from dam_models.errors import (
    FlowError,
    InvalidBed,
    InvalidDam,
    InvalidParameter,
    InvalidRelease,
    RunCancelled,
    RunTooLarge,
)
from dam_models.fill_soils import FILL_SOILS, FillSoil
from dam_models.hydrograph import Hydrograph
from dam_models.limits import RunEstimate, estimate_run
from dam_models.lines import cells_of_line, cells_of_point
from dam_models.opening import Clogging, Gate, Opening, Siphon
from dam_models.outburst import (
    PEAK_RELATIONS,
    PeakEstimates,
    PeakRelation,
    lake_volume_m3,
    outburst_hydrograph,
    peak_estimates,
)
from dam_models.outputs import Gauge, GaugeRecord, Outputs, Pressure, Snapshot
from dam_models.parameters import BySolids, MixtureDensity
from dam_models.passages import OpeningRecord
from dam_models.rain import curve_number_runoff, kirpich_time_of_concentration_s, rain_hydrograph
from dam_models.release import Release
from dam_models.result import FlowResult, Settings, State, VolumeBudget
from dam_models.rheology import Coulomb, Manning, Mixture, Rheology, Voellmy
from dam_models.routing import PoolRouting, route_level_pool
from dam_models.sections import Section, SectionRecord
from dam_models.shaking import ShakenDam, crest_settlement_percent, shake_dam, with_weir, worst_of
from dam_models.storage import StorageCurve
from dam_models.version import ENGINE_VERSION
from dam_models.viscoplastic import Bingham, HerschelBulkley, OBrienJulien

if TYPE_CHECKING:
    from dam_models.flow import simulate

__all__ = [
    "ENGINE_VERSION",
    "FILL_SOILS",
    "PEAK_RELATIONS",
    "Bingham",
    "Boundaries",
    "Breach",
    "BreachEstimate",
    "BreachRecord",
    "Bulking",
    "BySolids",
    "CellFaces",
    "Clogging",
    "Coulomb",
    "Crest",
    "Dam",
    "DamRecord",
    "EntrainmentRecord",
    "ErodibleBed",
    "Fill",
    "FillSoil",
    "FlowError",
    "FlowResult",
    "Gate",
    "Gauge",
    "GaugeRecord",
    "HerschelBulkley",
    "Hydrograph",
    "InvalidBed",
    "InvalidDam",
    "InvalidParameter",
    "InvalidRelease",
    "Manning",
    "Mixture",
    "MixtureDensity",
    "OBrienJulien",
    "Opening",
    "OpeningRecord",
    "Outputs",
    "PeakEstimates",
    "PeakRelation",
    "PoolRouting",
    "Pressure",
    "Release",
    "Rheology",
    "RunCancelled",
    "RunEstimate",
    "RunTooLarge",
    "Section",
    "SectionRecord",
    "Settings",
    "Settling",
    "ShakenDam",
    "Side",
    "Siphon",
    "Snapshot",
    "State",
    "StateChange",
    "StorageCurve",
    "Voellmy",
    "VolumeBudget",
    "breach_estimate",
    "cells_of_line",
    "cells_of_point",
    "crest_settlement_percent",
    "curve_number_runoff",
    "estimate_run",
    "kirpich_time_of_concentration_s",
    "lake_volume_m3",
    "outburst_hydrograph",
    "peak_estimates",
    "rain_hydrograph",
    "route_level_pool",
    "shake_dam",
    "simulate",
    "with_weir",
    "worst_of",
]


def __getattr__(name: str) -> Any:
    if name == "simulate":
        from dam_models.flow import simulate

        return simulate
    raise AttributeError(f"module 'dam_models' has no attribute {name!r}")
