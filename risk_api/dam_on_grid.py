"""What the cells of a run make of a dam: its bowl, its height, its lowest opening, and what goes round it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk_api.dam_records import published_capacity_m3
from risk_api.i18n import Language, format_number, translate
from risk_api.named_dams import dam_name
from risk_api.runs.changes import changed_state
from risk_api.runs.outcome import FILM_M3
from risk_api.runs.planned_changes import own_crest_m

if TYPE_CHECKING:
    from geodata import Region

#: Further off than this share, capacity and height are warned of.
OFF_SHARE: Final = 0.1
#: A larger share of what came to a dam than this, gone round it, is warned of.
ROUND_SHARE: Final = 0.02
#: An opening higher than this over where it belongs is warned of, m; a tenth of the height if that is more.
SILL_OFF_M: Final = 2.0


@dataclass(frozen=True)
class OnGrid:
    """A dam on the cells of a run beside what it is taken to be; None where that is not known.

    Attributes
    ----------
    capacity_m3, capacity_taken_m3 : float or None
        Volume up to where it spills: on the cells, and as it is published or assumed for that state.
    height_m, height_taken_m : float or None
        Crest over the river's cell under it, and over the river bed there.
    sill_m, sill_taken_m : float or None
        Lowest opening over the river bed at the dam: on the cells, and as it is told.
    round_m3, round_share : float or None
        What went round the dam, and its share of all that came.
    """

    capacity_m3: float | None
    capacity_taken_m3: float | None
    height_m: float | None
    height_taken_m: float | None
    sill_m: float | None
    sill_taken_m: float | None
    round_m3: float | None
    round_share: float | None

    @property
    def capacity_off(self) -> float | None:
        """Share by which the bowl on the cells is larger, below 0 smaller."""
        return _off(self.capacity_m3, self.capacity_taken_m3)

    @property
    def height_off(self) -> float | None:
        """Share by which it stands higher on the cells, below 0 lower."""
        return _off(self.height_m, self.height_taken_m)

    def as_json(self) -> dict[str, float | None]:
        """As an answer holds it."""
        return {
            "capacity_m3": self.capacity_m3,
            "capacity_taken_m3": self.capacity_taken_m3,
            "height_m": _rounded(self.height_m, 2),
            "height_taken_m": _rounded(self.height_taken_m, 2),
            "lowest_sill_above_bed_m": _rounded(self.sill_m, 2),
            "lowest_sill_taken_m": _rounded(self.sill_taken_m, 2),
            "round_m3": self.round_m3,
            "round_share": _rounded(self.round_share, 4),
        }


def dam_on_grid(record: Mapping[str, Any], inputs: Mapping[str, Any], region: Region) -> OnGrid:
    """What a run's cells made of a dam.

    Parameters
    ----------
    record : mapping
        The dam's record in ``run.json``.
    inputs : mapping
        The run's ``inputs``.
    region : Region
    """
    dam_id, crest = str(record["id"]), record.get("crest_elevation_m")
    came, beside = record.get("inflow_m3"), record.get("round_m3")
    share = beside / (came + beside) if beside and came is not None and came + beside > 0.0 else beside
    height = taken_height = sill = taken_sill = None
    bed = river_bed_m(dam_id, inputs, region)
    # Where the terrain holds the dam its cells end at the bowl, whose floor has risen.
    if crest is not None and bed is not None and not record.get("in_terrain"):
        height, taken_height = crest - record["bed_elevation_m"], crest - bed
        told = state_of(dam_id, inputs).get("openings", [{}])
        built = [one["sill_elevation_m"] for one in record.get("openings", ())]
        if built and told:
            sill = min(built) - bed
            # What lies in the bowl buries an opening, whatever the cells.
            sills = [one.get("sill_above_bed_m", 0.0) for one in told]
            taken_sill = None if "silted_m3" in record else min(sills)
    return OnGrid(
        record.get("capacity_on_grid_m3"),
        published_capacity_m3(record, inputs),
        height,
        taken_height,
        sill,
        taken_sill,
        beside,
        share,
    )


def river_bed_m(dam_id: str, inputs: Mapping[str, Any], region: Region) -> float | None:
    """River bed that a dam's height is given above, m."""
    own = inputs.get("own_dams", {}).get(dam_id)
    if own is not None:
        return float(own["bed_elevation_m"])
    site = region.dam_sites.get(dam_id)
    return None if site is None else round(own_crest_m(region, site) - site.height_m.value, 2)


def state_of(dam_id: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """State of a dam as a run was asked for it."""
    own = inputs.get("own_dams", {}).get(dam_id)
    if own is not None:
        state: Mapping[str, Any] = own["state"]
        return state
    return changed_state(inputs["dams"][dam_id], inputs.get("changes", {}).get(dam_id, {}))


def grid_warnings(
    record: Mapping[str, Any], inputs: Mapping[str, Any], region: Region, language: Language
) -> list[str]:
    """Return a sentence for each way in which a dam on the cells is far from what it is taken to be."""
    on_grid = dam_on_grid(record, inputs, region)
    named = {
        "dam": dam_name(str(record["id"]), region, language),
        "cell": format_number(inputs["cell_size_m"], language),
    }

    def number(value: float | None, decimals: int = 0) -> str:
        return format_number(value, language, decimals)

    found = []
    off = on_grid.capacity_off
    if off is not None and abs(off) > OFF_SHARE:
        key = "dam_on_grid.smaller" if off < 0.0 else "dam_on_grid.larger"
        found.append(
            translate(
                language,
                key,
                **named,
                grid=number(on_grid.capacity_m3),
                taken=number(on_grid.capacity_taken_m3),
                percent=number(100.0 * abs(off)),
            )
        )
    off = on_grid.height_off
    if off is not None and abs(off) > OFF_SHARE:
        grid, taken = number(on_grid.height_m, 1), number(on_grid.height_taken_m, 1)
        found.append(translate(language, "dam_on_grid.height", **named, grid=grid, taken=taken))
    if on_grid.sill_m is not None and on_grid.sill_taken_m is not None:
        limit = max(SILL_OFF_M, OFF_SHARE * (on_grid.height_taken_m or 0.0))
        if on_grid.sill_m - on_grid.sill_taken_m > limit:
            grid, taken = number(on_grid.sill_m, 1), number(on_grid.sill_taken_m, 1)
            found.append(translate(language, "dam_on_grid.sill", **named, grid=grid, taken=taken))
    buried = _siphons(state_of(str(record["id"]), inputs)) - _siphons(record)
    if record["state"] != "absent" and buried > 0:
        found.append(translate(language, "dam_on_grid.siphon", **named, count=str(buried)))
    if (on_grid.round_share or 0.0) > ROUND_SHARE and (on_grid.round_m3 or 0.0) > FILM_M3:
        percent = number(100.0 * (on_grid.round_share or 0.0))
        volume = number(on_grid.round_m3)
        found.append(translate(language, "dam_on_grid.round", **named, volume=volume, percent=percent))
    return found


def _siphons(dam: Mapping[str, Any]) -> int:
    return sum("siphon" in one for one in dam.get("openings", ()))


def _off(value: float | None, taken: float | None) -> float | None:
    return None if value is None or not taken else value / taken - 1.0


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
