"""A dam after an earthquake: settlement, damage, blocked openings and lost capacity, low, middle and high."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from risk_api.errors import BadParameter, UnknownStrategy
from risk_api.i18n import Language, format_number, translate
from risk_api.runs.shaken import ALLUVIUM_M, LEVELS, Shaking, shaken_dam, shaken_state, shaken_strategy
from risk_api.runs.states import day_of_strategy, state_in
from risk_api.serialise.dam_states import state_json

if TYPE_CHECKING:
    from dam_models import ShakenDam, StorageCurve
    from geodata import DamSite, DamState, Region


def shaken_document(
    region: Region,
    site: DamSite,
    shaking: Shaking,
    strategy: str,
    storage: Mapping[str, Any],
    language: Language,
) -> dict[str, Any]:
    """Return what an earthquake leaves of a dam that stands under a strategy.

    Parameters
    ----------
    region : Region
    site : DamSite
    shaking : Shaking
        Its level has no part in it: all three are shown.
    strategy : str
        Of the region, or ``on:`` a day.
    storage : mapping
        As `DamStorage.of` gives it.

    Raises
    ------
    UnknownStrategy
    BadParameter
        If nothing stands there under that strategy.
    """
    from geodata.dam_states import STANDING_KINDS

    before = _state_before(region, site, strategy)
    if before.kind not in STANDING_KINDS:
        raise BadParameter(
            "strategy",
            f"{site.id} does not stand under the strategy {strategy}: name one in which it does",
            reason_key="shaking.absent",
            dam=site.names[language],
            strategy=strategy,
        )
    shaken = shaken_dam(site, before, shaking)
    below = site.spill_below_crest_m
    drops = shaken.spill_drop_m(below)
    curves = _curves(site, before, storage)
    capacity = {name: _capacity(shaken, curve, below) for name, curve in curves.items()}
    levels = {}
    for number, level in enumerate(LEVELS):
        state = shaken_state(site, before, replace(shaking, level=level))
        levels[level] = {
            "text": translate(language, f"shaking.level.{level}"),
            "settlement_m": round(shaken.settlement_m[number], 2),
            "weir_settlement_m": None
            if shaken.weir_settlement_m is None
            else round(shaken.weir_settlement_m[number], 2),
            "spill_drop_m": round(drops[number], 2),
            "damage": shaken.damage[number],
            "damage_text": translate(language, f"shaking.damage.{shaken.damage[number]}"),
            "blocked_share": round(shaken.blocked_share[number], 2),
            **{name: values[number] for name, values in capacity.items()},
            "state": state_json(state, language),
            "strategy": shaken_strategy(strategy, replace(shaking, level=level)),
        }
    low, middle, high = (format_number(value, language) for value in ALLUVIUM_M)
    return {
        "dam": site.id,
        "name": site.names[language],
        "pga_g": shaking.pga_g,
        "magnitude": shaking.magnitude,
        "strategy": strategy,
        "before": state_json(before, language),
        "bodies": list(site.bodies),
        "levels": levels,
        "basis": shaken.basis,
        "notes": [
            *_basis(site, shaking, language),
            *([] if shaken.weir_settlement_m is None else [translate(language, "shaking.note.weir")]),
            translate(language, "shaking.alluvium", value=middle, low=low, high=high),
            translate(language, "shaking.note.empty"),
            translate(language, "shaking.note.not_people"),
            translate(language, "shaking.note.no_probability"),
        ],
    }


def _state_before(region: Region, site: DamSite, strategy: str) -> DamState:
    try:
        if strategy not in region.strategies and day_of_strategy(strategy) is None:
            raise UnknownStrategy(strategy, region.strategies)
        return state_in(region, None, strategy, site.id)
    except (UnknownStrategy, BadParameter) as error:
        # Elsewhere several are asked for at a time.
        error.fields = tuple(replace(field, field="strategy") for field in error.fields)
        raise


def _basis(site: DamSite, shaking: Shaking, language: Language) -> list[str]:
    """What the figures rest on, a sentence for each body."""
    from dam_models.shaking import BODIES, JUDGED_NOTHING_BELOW_G, JUDGED_SCATTER

    if shaking.pga_g < JUDGED_NOTHING_BELOW_G:
        return [
            translate(
                language, "shaking.basis.nothing", least=format_number(JUDGED_NOTHING_BELOW_G, language, 2)
            )
        ]
    scatter = format_number(JUDGED_SCATTER, language)
    told = [
        translate(language, f"shaking.basis.{body}", **({"scatter": scatter} if body == "embankment" else {}))
        for body in site.bodies or BODIES
    ]
    return told if site.bodies else [*told, translate(language, "shaking.basis.unknown")]


def _curves(
    site: DamSite, state: DamState, storage: Mapping[str, Any]
) -> dict[str, tuple[StorageCurve, float] | None]:
    """The bowl up to where the dam spilled in its state, with what lies in it, by terrain and published."""
    from dam_models import StorageCurve

    curve = storage.get("curve")
    if not curve:
        return {"terrain_m3": None, "published_m3": None}
    silted = state.volume_m3.value if state.volume_m3 is not None else 0.0
    drop = storage["crest_elevation_m"] - storage["spill_elevation_m"]
    bed = storage["bed_elevation_m"]
    found: dict[str, tuple[StorageCurve, float] | None] = {}
    for name in ("terrain_m3", "published_m3"):
        # The lowest cells hold less than the cubic metre to which the curve is rounded.
        rising = [curve[0]]
        for point in curve[1:]:
            if point[name] > rising[-1][name] and point["level_m"] > rising[-1]["level_m"]:
                rising.append(point)
        whole = StorageCurve([point["level_m"] for point in rising], [point[name] for point in rising])
        crest = storage["crest_elevation_m"]
        if state.built_share is not None:
            crest = bed + state.built_share.value * (crest - bed)
        elif state.capacity_m3 is not None and state.capacity_m3 < site.capacity_m3.value:
            crest = float(whole.level_at(state.capacity_m3)) + drop
        spill = crest - drop
        found[name] = (whole.up_to(spill), silted) if spill > whole.bottom_m else None
    return found


def _capacity(
    shaken: ShakenDam, curve: tuple[StorageCurve, float] | None, weir_below_crest_m: float
) -> list[dict[str, float] | None]:
    """What the bowl held, loses and keeps at each level, m3; what lies in it is not capacity."""
    if curve is None:
        return [None] * len(LEVELS)
    storage, silted = curve
    held = max(0.0, storage.capacity_m3 - silted)
    lost = [min(held, one) for one in shaken.capacity_lost_m3(storage, weir_below_crest_m)]
    return [{"before": round(held), "lost": round(one), "left": round(held - one)} for one in lost]
