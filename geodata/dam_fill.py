"""The body of a dam that can be carried away: what it is made of, its form, and what starts its breach."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from geodata.values import Ranged, Text, text_of


@dataclass(frozen=True)
class Fill:
    """An erodible body and the overtopping that starts its breach; every figure a range.

    Parameters
    ----------
    erodibility_cm3_n_s, critical_shear_pa : Ranged
        Of the rate ``k_d (tau - tau_c)``: k_d [cm3/(N s)] and tau_c [Pa].
    crest_width_m : Ranged
        Thickness of the body at the crest that it has in the state that can breach [m].
    upstream_slope, downstream_slope : Ranged
        Its faces, horizontal over vertical.
    solids_fraction, saturation : Ranged
        Grains in a volume of fill; share of its pores that is full of water.
    start_head_m : Ranged
        Head over the crest from which it is carried away [m].
    start_after_s : Ranged
        For how long that head has to last [s].
    why : str or mapping
        The reasoning.
    manning_n : Ranged or None
        Roughness of the eroded channel [s/m^(1/3)]; None: that of the engine.
    soil : str
        Soil of the engine whose ranges these are; empty: none.
    """

    erodibility_cm3_n_s: Ranged
    critical_shear_pa: Ranged
    crest_width_m: Ranged
    upstream_slope: Ranged
    downstream_slope: Ranged
    solids_fraction: Ranged
    saturation: Ranged
    start_head_m: Ranged
    start_after_s: Ranged
    why: Text
    manning_n: Ranged | None = None
    soil: str = ""

    def __post_init__(self) -> None:
        for name, figure in self.figures().items():
            if figure.low < 0.0:
                raise ValueError(f"{name} of a fill is 0 or more, not {figure.low:g}")
        for name in ("solids_fraction", "saturation"):
            if getattr(self, name).high > 1.0:
                raise ValueError(f"{name} of a fill lies from 0 to 1, not {getattr(self, name).high:g}")

    def figures(self) -> dict[str, Ranged]:
        """Its ranged figures by name."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: figure for name, figure in told.items() if isinstance(figure, Ranged)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Fill":
        """From a dam's `fill`."""
        told = {one.name: Ranged.of(data[one.name]) for one in fields(cls) if one.type is Ranged}
        rough = Ranged.of(data["manning_n"]) if data.get("manning_n") else None
        return cls(**told, why=text_of(data["why"], "why"), manning_n=rough, soil=str(data.get("soil") or ""))
