"""What is assumed of how dams fail and clog: of fills that were asked for, and of the law of every breach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from risk_api.i18n import LANGUAGES, Language, translate
from risk_api.runs.failing import CLOGGED_AT_MOST_RANGE, CLOGGING_SOLIDS_RANGE, PIPED_SIDE_SLOPE

HANSON: Final = (
    "Hanson, Wahl, Temple, Hunt & Tejral 2010, erodibility by clay and compaction, as cited, not re-read; "
    "coarse fill by Shields, 0.03 to 0.06"
)
FROEHLICH: Final = "Froehlich 2008, means of 1.0 by overtopping and 0.7 else, as cited, not re-read"
HUNT: Final = "Hunt, Hanson, Cook & Kadavy 2005, as cited, not re-read"
STRICKLER: Final = "Strickler, roughness of the grain"
OWN: Final = "assumption of this project"
CLOGGED: Final = "assumption after one account, of 21 July 2023 at Ayusai: 5region.kz"

#: Range of a soil's roughness about its value, as of the region's own fills.
_ROUGHNESS: Final = (0.8, 1.4)


@dataclass(frozen=True)
class Assumed:
    """One figure: its name, the key of its title, value, range, unit, key of its reason, and source."""

    name: str
    title: str
    value: float
    low: float
    high: float
    unit: str
    why: str
    source: str

    def titles(self, dam: Mapping[str, str]) -> dict[Language, str]:
        """Return its name in each language."""
        return {code: translate(code, self.title, dam=dam[code]) for code in LANGUAGES}

    def reasons(self) -> dict[str, str]:
        """Return why, in each language."""
        return {code: translate(code, self.why) for code in LANGUAGES}


#: Of an asked-for fill beside its soil: low, high, unit, key of the reason, source.
_BODY: Final[Mapping[str, tuple[float, float, str, str, str]]] = {
    "solids_fraction": (0.6, 0.8, "1", "body", OWN),
    "saturation": (0.2, 1.0, "1", "body", OWN),
    "start_head_m": (0.05, 0.5, "m", "start", OWN),
    "start_after_s": (0.0, 600.0, "s", "start", OWN),
}
#: Of the law of every breach, by the engine's own names.
_LAW: Final[Mapping[str, tuple[float, float, str, str, str]]] = {
    "side_slope": (0.5, 1.5, "1", "side_slope", FROEHLICH),
    "widening": (1.0, 2.0, "1", "widening", HUNT),
    "notch_width_m": (0.5, 3.0, "m", "notch", OWN),
    "notch_depth_m": (0.05, 0.3, "m", "notch", OWN),
}
_PIPE_LAW: Final[Mapping[str, tuple[float, float, str, str, str]]] = {
    "roof_share": (0.25, 1.0, "1", "roof", OWN),
}


def fill_figures(breach: Mapping[str, Any]) -> Iterator[Assumed]:
    """Yield what is assumed of a fill that somebody asked for, by its soil and beside it."""
    from dam_models import FILL_SOILS

    soil = FILL_SOILS[breach["soil"]]
    for name, unit in (("erodibility_cm3_n_s", "cm3/(N s)"), ("critical_shear_pa", "Pa")):
        low, _, high = getattr(soil, name)
        yield _fill(name, breach[name], (low, high), unit, "fill", HANSON)
    rough = breach["manning_n"]
    band = (_ROUGHNESS[0] * rough, _ROUGHNESS[1] * rough)
    yield _fill("manning_n", rough, band, "s/m^(1/3)", "fill", STRICKLER)
    for name, (low, high, unit, why, source) in _BODY.items():
        if name in breach:
            yield _fill(name, breach[name], (low, high), unit, why, source)


def law_figures(breach: Mapping[str, Any]) -> Iterator[Assumed]:
    """Yield what the law of any breach assumes: notch, widening, and the roof of a pipe."""
    from dam_models import Breach

    piped = breach.get("kind") == "piping"
    values: dict[str, Any] = {one.name: one.default for one in fields(Breach)}
    if piped:
        values["side_slope"] = PIPED_SIDE_SLOPE
    for name, (low, high, unit, why, source) in {**_LAW, **(_PIPE_LAW if piped else {})}.items():
        if piped and name.startswith("notch"):
            # What a pipe leaves is a notch of its own width.
            continue
        title, reason = f"what_if.figure.breach_{name}", f"what_if.why.{why}"
        value = float(values[name])
        yield Assumed(f"breach_{name}", title, value, low, high, unit, reason, source)


def clogging_figures(state: Mapping[str, Any]) -> Iterator[Assumed]:
    """Yield what is assumed of how the openings of a state clog by a law that somebody asked for."""
    laws = [one["clogging"] for one in state.get("openings", ()) if "clogging" in one]
    if not laws:
        return
    for name, value, (low, high), unit in (
        ("largest_share", max(law["largest_share"] for law in laws), CLOGGED_AT_MOST_RANGE, "1"),
        ("solids_m3_per_m2", min(law["solids_m3_per_m2"] for law in laws), CLOGGING_SOLIDS_RANGE, "m3/m2"),
    ):
        key = f"clogging_{name}"
        low, high = min(low, value), max(high, value)
        yield Assumed(key, f"what_if.figure.{key}", value, low, high, unit, "what_if.why.clogging", CLOGGED)


def _fill(name: str, value: float, band: tuple[float, float], unit: str, why: str, source: str) -> Assumed:
    low, high = min(band[0], value), max(band[1], value)
    return Assumed(
        f"fill_{name}", f"figure.dam.fill_{name}", value, low, high, unit, f"what_if.why.{why}", source
    )
