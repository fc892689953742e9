"""How water became mudflow in a run, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_api.i18n import Language, format_number, translate


def bulking_text(bulking: Mapping[str, Any], language: Language) -> str:
    """Return the sentences about a run's bulking.

    Parameters
    ----------
    bulking : mapping
        ``bulking`` of ``run.json``: water released, what it grew to, and what the solids cap did.
    """

    def number(value: float, decimals: int = 0) -> str:
        return format_number(value, language, decimals)

    def volume(m3: float) -> str:
        return number(m3 / 1000.0, 0 if m3 >= 10_000.0 else 1)

    grown = translate(
        language,
        f"bulking.{bulking['kind']}",
        water=volume(bulking["water_m3"]),
        bulked=volume(bulking["bulked_m3"]),
        factor=number(bulking["factor"], 1),
    )
    if bulking["kind"] != "entrainment":
        return grown
    cap = number(bulking["solids_cap"], 2)
    if not bulking["cap_bound"]:
        reached = number(bulking["largest_solids_fraction"], 2)
        return f"{grown} {translate(language, 'bulking.cap_free', cap=cap, reached=reached)}"
    bound = translate(
        language,
        "bulking.cap_bound",
        cap=cap,
        minutes=number(bulking["cap_first_s"] / 60.0),
        cells=number(bulking["cap_bound_cells"]),
        eroded=number(bulking["eroded_cells"]),
        largest=volume(bulking["largest_possible_m3"]),
    )
    return f"{grown} {bound}"
