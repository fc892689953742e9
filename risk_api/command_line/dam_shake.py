"""``selrisk dam shake``: what an earthquake leaves of a dam, and under which strategy a flow meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from geodata import open_region
from risk_api.command_line.output import console, write_json
from risk_api.dam_storage import DamStorage
from risk_api.errors import UnknownDam
from risk_api.i18n import format_number, translate
from risk_api.parameters import parse_language
from risk_api.runs.shaken import Shaking
from risk_api.serialise.shaken import shaken_document
from risk_api.what_if.planner import default_strategy

if TYPE_CHECKING:
    from risk_api.settings import Settings


def shake_command(
    settings: Settings,
    dam: str,
    pga_g: float,
    magnitude: float,
    strategy: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Show settlement, damage, blocked openings and lost capacity: low, middle and high.

    Raises
    ------
    BadParameter, UnknownDam, UnknownStrategy
    """
    spoken = parse_language(language)
    shaking = Shaking(pga_g, magnitude)
    region = open_region(settings.region)
    if dam not in region.dam_sites:
        raise UnknownDam(dam, region.dam_sites)
    site = region.dam_sites[dam]
    before = strategy or default_strategy(region)
    document = shaken_document(region, site, shaking, before, DamStorage(region).of(dam), spoken)
    if as_json:
        write_json(document)
        return
    table = Table(
        *(
            translate(spoken, f"shaking.column.{name}")
            for name in ("level", "settlement", "spill", "damage", "blocked", "lost", "left")
        ),
        title=translate(
            spoken,
            "shaking.title",
            dam=document["name"],
            state=document["before"]["text"],
            pga=format_number(pga_g, spoken, 2),
            magnitude=format_number(magnitude, spoken, 1),
        ),
    )
    for level in document["levels"].values():
        held = level["published_m3"] or {"lost": None, "left": None}
        table.add_row(
            level["text"],
            format_number(level["settlement_m"], spoken, 2),
            format_number(level["spill_drop_m"], spoken, 2),
            level["damage_text"],
            format_number(100.0 * level["blocked_share"], spoken),
            format_number(held["lost"], spoken),
            format_number(held["left"], spoken),
        )
    screen = console()
    screen.print(table)
    for level in document["levels"].values():
        told = translate(spoken, "shaking.column.strategy")
        if level["state"]["kind"] == "damaged":
            screen.print(f"{told} ({level['text']}): {level['strategy']}", markup=False, soft_wrap=True)
        else:
            screen.print(f"{level['text']}: {translate(spoken, 'shaking.unchanged')}", markup=False)
    for note in document["notes"]:
        screen.print(note, markup=False)
    screen.print(translate(spoken, "page.model_banner"))
