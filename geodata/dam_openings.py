"""The ways through a dam and over it that stay open: sluices, tunnels, tiers of cells, a weir."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.values import Names, Ranged

PASSES = ("fluid", "water")
ON_THE_BED = Ranged(0.0, 0.0, 0.0, "m", "A", "on the river bed")
PLAIN_NAME = {"kk": "Саңылау", "ru": "Отверстие", "en": "Opening"}


@dataclass(frozen=True)
class Opening:
    """A tier of openings: sluice, tunnel or a row of open cells.

    Discharge is that of an orifice, ``Cd * area * sqrt(2 g head)``. Sizes are published for none of the dams,
    so area, place and coefficient are ranged assumptions.

    Parameters
    ----------
    area_m2, discharge_coefficient : Ranged
        Free area of the whole tier; the coefficient lies above 0, up to 1.
    passes : {"fluid", "water"}
        Fluid: water with its fines, boulders stay. Water: clear water only.
    why : str
        The reasoning behind the size.
    sill_above_bed_m : Ranged
        Bottom of the tier above the river bed at the dam [m].
    names : mapping
        Kazakh, Russian and English name of the tier.
    clogs : bool
        What arrives blocks it, by the region's assumptions about clogging.
    """

    area_m2: Ranged
    discharge_coefficient: Ranged
    passes: str
    why: str
    sill_above_bed_m: Ranged = ON_THE_BED
    names: Names = field(default_factory=lambda: dict(PLAIN_NAME))
    clogs: bool = False

    def __post_init__(self) -> None:
        if self.passes not in PASSES:
            raise ValueError(f"an opening passes {' or '.join(PASSES)}, not {self.passes!r}")
        if self.area_m2.low <= 0.0:
            raise ValueError(f"area_m2 of an opening lies above 0, not {self.area_m2.low:g}")
        if not 0.0 < self.discharge_coefficient.low <= self.discharge_coefficient.high <= 1.0:
            raise ValueError("discharge_coefficient of an opening lies above 0, up to 1")
        if self.sill_above_bed_m.low < 0.0:
            raise ValueError(
                f"sill_above_bed_m of an opening is 0 or more, not {self.sill_above_bed_m.low:g}"
            )

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Opening":
        """From one entry of a dam's `openings`."""
        more: dict[str, Any] = {}
        if data.get("sill_above_bed_m") is not None:
            more["sill_above_bed_m"] = Ranged.of(data["sill_above_bed_m"])
        if data.get("names") is not None:
            more["names"] = {code: str(data["names"][code]) for code in PLAIN_NAME}
        return cls(
            Ranged.of(data["area_m2"]),
            Ranged.of(data["discharge_coefficient"]),
            str(data["passes"]),
            str(data.get("why", "")),
            clogs=bool(data.get("clogs", False)),
            **more,
        )


@dataclass(frozen=True)
class Weir:
    """A low part of the crest that spills first: its width and how far it lies below the wings [m]."""

    width_m: float
    below_crest_m: float

    def __post_init__(self) -> None:
        for name in ("width_m", "below_crest_m"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name} of a weir lies above 0, not {getattr(self, name):g}")


def openings_of(data: Mapping[str, Any]) -> tuple[Opening, ...]:
    """A dam's openings from the lowest to the highest; `opening` is short for a single one on the river bed.

    Raises
    ------
    KeyError
        If neither `openings` nor `opening` is given; a dam without any says ``openings = []``.
    """
    entries: Sequence[Mapping[str, Any]] = (
        data["openings"] if data.get("openings") is not None else [data["opening"]]
    )
    return tuple(sorted((Opening.of(entry) for entry in entries), key=lambda one: one.sill_above_bed_m.value))
