"""What went round a dam: more came by just below it than it let through."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dam_models import DamRecord, FlowResult


def section_name(dam_id: str) -> str:
    """Name of the cross-section just below a dam."""
    return f"below-{dam_id}"


def passed_round_m3(result: "FlowResult") -> dict[str, float]:
    """Volume that went round each dam that has a section below it, m3; 0 where no more came by than it let.

    What a flow takes from its bed, or from fills that are carried away, between the dam and the section is
    not told apart by place: all of it that did not enter in a bowl is taken off, so that the figure is
    rather too small.

    Parameters
    ----------
    result : FlowResult
        With sections named by `section_name`.
    """
    by_section = {section.name: section.volume_m3 for section in result.sections}
    added = result.budget.eroded_fill_m3 + _entrained_outside_m3(result.budget.entrained_m3, result.dams)
    return {
        dam.name: max(0.0, by_section[section_name(dam.name)] - dam.passed_m3 - dam.overflow_m3 - added)
        for dam in result.dams
        if section_name(dam.name) in by_section
    }


def _entrained_outside_m3(entrained_m3: float, dams: "Sequence[DamRecord]") -> float:
    return max(0.0, entrained_m3 - sum(dam.entrained_m3 for dam in dams))
