"""Runs: what one is, where it is kept, who makes it.

Importing this package loads neither the engine nor GDAL; `risk_api.runs.make` does.
"""

from risk_api.runs.changes import DamChange, GivenOpening, GivenWeir, OwnDam
from risk_api.runs.jobs import Job, JobManager
from risk_api.runs.quality import FINAL, PREVIEW, QUALITIES, Quality, quality_of
from risk_api.runs.spec import RunSpec, plan, strategy_ids
from risk_api.runs.states import THEN
from risk_api.runs.store import RASTERS, Run, RunStore

__all__ = [
    "FINAL",
    "PREVIEW",
    "QUALITIES",
    "RASTERS",
    "THEN",
    "DamChange",
    "GivenOpening",
    "GivenWeir",
    "Job",
    "JobManager",
    "OwnDam",
    "Quality",
    "Run",
    "RunSpec",
    "RunStore",
    "plan",
    "quality_of",
    "strategy_ids",
]
