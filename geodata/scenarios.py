"""Where a flow starts, why, and with how much; real events are scenarios too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.values import Names, Ranged, Text, text_of

TRIGGERS = ("lake outburst", "rain")
MATERIALS = ("debris", "liquid")
BULKINGS = ("fixed", "entrainment")
RANGED_FIELDS = ("water_m3", "mudflow_m3", "peak_discharge_m3_s", "solids_fraction")


@dataclass(frozen=True)
class Scenario:
    """A release of one flow.

    Parameters
    ----------
    id, names
        Key and its names in Kazakh, Russian and English.
    river : str
        River that the flow starts in.
    lon, lat : float
        Where the release starts: on the course below the lake's outlet, never in its bowl [degrees, WGS 84].
    date : date or None
        When it happened; None for a hypothetical one.
    trigger : {"lake outburst", "rain"}
    water_m3, mudflow_m3, peak_discharge_m3_s, solids_fraction : Ranged
        Water released, mixture that it becomes, its peak, and solids by volume.
    material : {"debris", "liquid"}
        What carries it: debris (Voellmy friction) or liquid (Manning).
    bulking : {"fixed", "entrainment"}
        How water becomes mudflow: `fixed` releases `mudflow_m3` of it, `entrainment` releases `water_m3` of
        water that takes its solids from the bed; `peak_discharge_m3_s` is that of what is released,
        `mudflow_m3` then only what was observed.
    confidence, source : str
    published_outcome : str or mapping
        What is known to have happened, in one language or by language.
    rise_share : float
        Share of the duration after which the peak comes (assumption `hydrograph_rise_share`).
    annual_frequency : None
        None is published for any of the rivers.
    """

    id: str
    names: Names
    river: str
    lon: float
    lat: float
    date: date | None
    trigger: str
    water_m3: Ranged
    mudflow_m3: Ranged
    peak_discharge_m3_s: Ranged
    solids_fraction: Ranged
    material: str
    confidence: str
    published_outcome: Text
    source: str
    bulking: str = "fixed"
    rise_share: float = 0.2
    annual_frequency: Ranged | None = None

    @property
    def duration_s(self) -> float:
        """Base of the triangular hydrograph, twice the volume over the peak [s]."""
        return 2.0 * self.released_m3 / self.peak_discharge_m3_s.value

    @property
    def released_m3(self) -> float:
        """Volume that is released: the mudflow, or the water that takes its solids on the way [m3]."""
        return (self.water_m3 if self.bulking == "entrainment" else self.mudflow_m3).value

    @classmethod
    def of(cls, id: str, data: Mapping[str, Any], rise_share: float) -> "Scenario":
        """From an entry of a scenarios file.

        Raises
        ------
        KeyError, ValueError, TypeError
            If a field is missing or not allowed; the caller says which layer and file it came from.
        """
        when = data.get("date")
        trigger = str(data["trigger"])
        material = str(data.get("material", "debris" if trigger == "lake outburst" else "liquid"))
        if trigger not in TRIGGERS:
            raise ValueError(f"trigger {trigger!r} is not one of {', '.join(TRIGGERS)}")
        if material not in MATERIALS:
            raise ValueError(f"material {material!r} is not one of {', '.join(MATERIALS)}")
        bulking = str(data.get("bulking", "fixed"))
        if bulking not in BULKINGS:
            raise ValueError(f"bulking {bulking!r} is not one of {', '.join(BULKINGS)}")
        if bulking == "entrainment" and material != "debris":
            raise ValueError("a flow that takes its solids from the bed becomes debris, not liquid")
        ranged = {name: Ranged.of(data[name]) for name in RANGED_FIELDS}
        for name in ("water_m3", "mudflow_m3", "peak_discharge_m3_s"):
            if not ranged[name].low > 0:
                raise ValueError(f"{name} must be above 0, its low end is {ranged[name].low}")
        if not (ranged["solids_fraction"].low >= 0 and ranged["solids_fraction"].high < 1):
            raise ValueError("solids_fraction lies from 0 to below 1")
        return cls(
            id=id,
            names=dict(data["names"]),
            river=str(data["river"]),
            lon=float(data["lon"]),
            lat=float(data["lat"]),
            date=date.fromisoformat(str(when)) if when else None,
            trigger=trigger,
            material=material,
            confidence=str(data.get("confidence", "assumption")),
            published_outcome=text_of(data.get("published_outcome", ""), "published_outcome"),
            source=str(data.get("source", "")),
            bulking=bulking,
            rise_share=rise_share,
            **ranged,
        )
