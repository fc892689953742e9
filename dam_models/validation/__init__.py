"""The engine against what is known: exact solutions, laws, invariants, and peers.

`CASES` is the registry; a case runs the engine and says by how much it is off, and how much is allowed.
Nothing is compiled until a case runs.
"""

from dam_models.validation import (
    basin_cases,
    common_case,
    dam_break_cases,
    invariant_cases,
    rest_cases,
    rheology_cases,
    slope_cases,
    steady_cases,
    structure_cases,
    weir_cases,
)
from dam_models.validation.case import Case, Measure, Outcome, Peer, Profile

CASES: tuple[Case, ...] = (
    *rest_cases.CASES,
    *dam_break_cases.CASES,
    *basin_cases.CASES,
    *steady_cases.CASES,
    *slope_cases.CASES,
    *rheology_cases.CASES,
    *structure_cases.CASES,
    *weir_cases.CASES,
    *invariant_cases.CASES,
    *common_case.CASES,
)

NOT_MEASURED: dict[str, str] = {}
"""What the canon asks for and the engine cannot do yet, each with the reason."""

__all__ = ["CASES", "NOT_MEASURED", "Case", "Measure", "Outcome", "Peer", "Profile"]
