"""Ground-motion models: what shaking an earthquake brings to a site, and how uncertain that is.

Four models of the NGA-West2 project, each in a file of its own, all called alike::

    motion = ASK14(sources, paths, sites, measures)
    motion.mean_ln, motion.tau, motion.phi      # (n_measures, ...)

They are what Amey et al. (2021) used for Almaty, with BSSA14 beside them; none was made from Kazakh records.
"""

from typing import Final

from risk_api.seismic.gmm.ask14 import ASK14
from risk_api.seismic.gmm.bssa14 import BSSA14
from risk_api.seismic.gmm.cb14 import CB14
from risk_api.seismic.gmm.cy14 import CY14
from risk_api.seismic.gmm.inputs import Paths, Sites, Sources
from risk_api.seismic.gmm.model import Model, Motion
from risk_api.seismic.gmm.validity import OutsideRange, Range, Validity

MODELS: Final = {model.name: model for model in (ASK14, BSSA14, CB14, CY14)}
"""Every model by its name."""

__all__ = [
    "ASK14",
    "BSSA14",
    "CB14",
    "CY14",
    "MODELS",
    "Model",
    "Motion",
    "OutsideRange",
    "Paths",
    "Range",
    "Sites",
    "Sources",
    "Validity",
]
