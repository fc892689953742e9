"""Exposure: hazard classes, counts per district, comparisons of strategies."""

from risk_api.exposure.compare import Comparison, DistrictExposure, compare, compare_runs, plan_all
from risk_api.exposure.schemes import FOOTPRINT_DEPTH_M, SCHEMES, Scheme

__all__ = [
    "FOOTPRINT_DEPTH_M",
    "SCHEMES",
    "Comparison",
    "DistrictExposure",
    "Scheme",
    "compare",
    "compare_runs",
    "plan_all",
]
