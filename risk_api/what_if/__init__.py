"""What if there were a dam here: the question, its refusals, its answer and its drawing."""

from risk_api.what_if.body import SimulationBody
from risk_api.what_if.planner import WhatIf, base_of, can_be_made, is_simulation

__all__ = ["SimulationBody", "WhatIf", "base_of", "can_be_made", "is_simulation"]
