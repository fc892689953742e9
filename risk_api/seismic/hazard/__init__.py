"""Probabilistic hazard: how often which shaking is exceeded, from faults and areas, over a logic tree."""

from risk_api.seismic.hazard.branches import Branch, LogicTree, almaty_tree, read_tree
from risk_api.seismic.hazard.curves import Hazard, hazard
from risk_api.seismic.hazard.disaggregation import Disaggregation, disaggregate
from risk_api.seismic.hazard.ruptures import RuptureSet
from risk_api.seismic.hazard.source_model import SourceModel, almaty_sources

__all__ = [
    "Branch",
    "Disaggregation",
    "Hazard",
    "LogicTree",
    "RuptureSet",
    "SourceModel",
    "almaty_sources",
    "almaty_tree",
    "disaggregate",
    "hazard",
    "read_tree",
]
