"""The physics of mudflows and dams: arrays in, arrays out.

Knows nothing of files, of regions or of HTTP.
"""

from dam_models.boundaries import Boundaries, Side
from dam_models.dam import Dam, DamRecord, Opening
from dam_models.errors import (
    FlowError,
    InvalidBed,
    InvalidDam,
    InvalidParameter,
    InvalidRelease,
    RunCancelled,
)
from dam_models.flow import ENGINE_VERSION, simulate
from dam_models.release import Release
from dam_models.result import FlowResult, Settings, State, VolumeBudget
from dam_models.rheology import Manning, Mixture, Rheology, Voellmy
from dam_models.sections import Section, SectionRecord

__all__ = [
    "ENGINE_VERSION",
    "Boundaries",
    "Dam",
    "DamRecord",
    "FlowError",
    "FlowResult",
    "InvalidBed",
    "InvalidDam",
    "InvalidParameter",
    "InvalidRelease",
    "Manning",
    "Mixture",
    "Opening",
    "Release",
    "Rheology",
    "RunCancelled",
    "Section",
    "SectionRecord",
    "Settings",
    "Side",
    "State",
    "Voellmy",
    "VolumeBudget",
    "simulate",
]
