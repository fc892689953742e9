"""What the cells made of the dams in a search: each height of its curve, and what the answer warns of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from risk_api.dam_on_grid import dam_on_grid
from risk_api.serialise.dam_states import dam_warnings

if TYPE_CHECKING:
    from geodata import Region
    from risk_api.benefit.dam_sizing import SizingAnswer
    from risk_api.i18n import Language

#: Heights nearer than this are one, m.
_SAME_HEIGHT_M = 0.005


def height_on_grid(answer: SizingAnswer, height_m: float, region: Region) -> dict[str, float | None] | None:
    """Return what a run's cells made of the dam at one height of the curve; None where no dam was.

    Parameters
    ----------
    answer : SizingAnswer
    height_m : float
        A height that was tried, m above the river bed.
    region : Region
    """
    if height_m <= 0.0:
        return None
    record = _records(answer, height_m)[answer.question.dam]
    return dam_on_grid(record, answer.inputs[height_m], region).as_json()


def sizing_warnings(answer: SizingAnswer, region: Region, language: Language) -> list[str]:
    """Return what contradicts itself about the dams of an answer, and what its cells made of them.

    Of the dam that is looked at: of the height that is the answer, of the tallest where none is, and of the
    dam as it is where that was tried, whose height and capacity are published. Of the others all that any of
    these runs says.
    """
    found, own = answer.found, answer.geometry.own_height_m
    told = found.height_m if found.height_m is not None else found.tallest.height_m
    heights = [
        height for height in answer.inputs if height in (0.0, told) or abs(height - own) < _SAME_HEIGHT_M
    ]
    return dam_warnings(
        region,
        {f"{height:g} m": list(_records(answer, height).values()) for height in heights},
        {f"{height:g} m": answer.inputs[height] for height in heights},
        language,
    )


def _records(answer: SizingAnswer, height_m: float) -> dict[str, Any]:
    trial = next(trial for trial in answer.found.trials if trial.height_m == height_m)
    return dict(trial.outcome.dams)
