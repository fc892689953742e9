"""How a dam of a question fails or clogs: its fill and what starts its breach; what blocks an opening."""

from dataclasses import dataclass
from typing import Any, Final

from risk_api.errors import BadParameter
from risk_api.runs.heights import HIGHEST_DAM_M

BREACH_KINDS: Final = ("overtopping", "piping")
SOILS: Final = (
    "compacted clay",
    "compacted silty sand",
    "loose silty sand",
    "dumped gravel",
    "compacted gravel",
)
"""Of the engine (`FILL_SOILS`), named here so that a question is checked without it; a test compares them."""

ERODIBLE: Final = ("low", "mid", "high")
START_HEAD_M: Final = 0.1
START_AFTER_S: Final = 60.0
"""Bare fill gives way once overtopped by a hand's breadth for a minute, as the region's own fills do."""

PIPED_SIDE_SLOPE: Final = 0.7
"""Of the notch that a pipe leaves: the mean of failures not by overtopping (Froehlich 2008, as cited)."""

CLOGGED_AT_MOST: Final = 0.8
CLOGGING_SOLIDS_M3_PER_M2: Final = 500.0
CLOGGED_AT_MOST_RANGE: Final = (0.5, 1.0)
CLOGGING_SOLIDS_RANGE: Final = (50.0, 5000.0)
"""As the region's own openings: no law is published, one account is (docs/dams.md)."""


@dataclass(frozen=True)
class GivenClogging:
    """How solids that arrive block an opening: the same share of what is still free for every m3 of them.

    Attributes
    ----------
    largest_share : float
        Share of the area that is blocked in the end, above 0 up to 1.
    solids_m3_per_m2 : float
        Solids, without pores, that block half of that, m3 for each m2 of opening, above 0 up to 1e6.
    """

    largest_share: float = CLOGGED_AT_MOST
    solids_m3_per_m2: float = CLOGGING_SOLIDS_M3_PER_M2

    def __post_init__(self) -> None:
        _between("clogging.largest_share", self.largest_share, 0.0, 1.0)
        _between("clogging.solids_m3_per_m2", self.solids_m3_per_m2, 0.0, 1e6)

    def plain(self) -> dict[str, float]:
        """As a spec holds it."""
        return {"largest_share": self.largest_share, "solids_m3_per_m2": self.solids_m3_per_m2}


@dataclass(frozen=True)
class GivenBreach:
    """A fill that can be carried away, and what starts it; without its start a run is as without it.

    Attributes
    ----------
    kind : {"overtopping", "piping"}
        Overtopping begins 0.1 m over the crest for a minute, piping as soon as the pool stands over the pipe.
    soil : str
        One of `SOILS`.
    erodible : {"low", "mid", "high"}
        Which end of the soil's range.
    crest_width_m : float
        Thickness of the body at its crest, 0.1 to 500 m.
    upstream_slope, downstream_slope : float
        Its faces, horizontal over vertical, above 0 up to 20.
    pipe_above_bed_m : float or None
        Axis of the pipe above the river bed, m; for piping and for nothing else.
    pipe_diameter_m : float
        As it begins, 0.01 to 20 m.
    """

    kind: str = "overtopping"
    soil: str = "dumped gravel"
    erodible: str = "mid"
    crest_width_m: float = 6.0
    upstream_slope: float = 2.5
    downstream_slope: float = 2.0
    pipe_above_bed_m: float | None = None
    pipe_diameter_m: float = 0.3

    def __post_init__(self) -> None:
        for field, value, allowed in (
            ("breach.kind", self.kind, BREACH_KINDS),
            ("breach.soil", self.soil, SOILS),
            ("breach.erodible", self.erodible, ERODIBLE),
        ):
            if value not in allowed:
                listed = ", ".join(allowed)
                raise BadParameter(
                    field, f"allowed: {listed}", allowed, reason_key="allowed", allowed_names=listed
                )
        _between("breach.crest_width_m", self.crest_width_m, 0.1, 500.0, closed=True)
        _between("breach.upstream_slope", self.upstream_slope, 0.0, 20.0)
        _between("breach.downstream_slope", self.downstream_slope, 0.0, 20.0)
        _between("breach.pipe_diameter_m", self.pipe_diameter_m, 0.01, 20.0, closed=True)
        if (self.pipe_above_bed_m is not None) != (self.kind == "piping"):
            raise BadParameter(
                "breach.pipe_above_bed_m",
                "needed for a breach by piping and for no other",
                reason_key="what_if.pipe_only",
            )
        if self.pipe_above_bed_m is not None:
            _between("breach.pipe_above_bed_m", self.pipe_above_bed_m, 0.0, HIGHEST_DAM_M)

    def plain(self) -> dict[str, Any]:
        """As a spec holds it: the figures of the soil, so that a run is what its inputs say."""
        from dam_models import FILL_SOILS

        soil = FILL_SOILS[self.soil]
        body = {name: getattr(self, name) for name in ("crest_width_m", "upstream_slope", "downstream_slope")}
        fill = soil.fill(ERODIBLE.index(self.erodible), **body)
        told: dict[str, Any] = {
            "kind": self.kind,
            "soil": self.soil,
            "erodible": self.erodible,
            "erodibility_cm3_n_s": fill.erodibility_cm3_n_s,
            "critical_shear_pa": fill.critical_shear_pa,
            "manning_n": fill.manning_n,
            "solids_fraction": fill.solids_fraction,
            "saturation": fill.saturation,
            **body,
        }
        if self.kind == "piping":
            return told | {
                "pipe_above_bed_m": self.pipe_above_bed_m,
                "pipe_diameter_m": self.pipe_diameter_m,
            }
        return told | {"start_head_m": START_HEAD_M, "start_after_s": START_AFTER_S}


def _between(field: str, value: float, low: float, high: float, *, closed: bool = False) -> None:
    if not ((low <= value if closed else low < value) and value <= high):
        reason = f"{'from' if closed else 'more than'} {low:g} and at most {high:g} is needed"
        key = "what_if.from_to" if closed else "dam.between"
        raise BadParameter(field, reason, reason_key=key, low=f"{low:g}", high=f"{high:g}")
