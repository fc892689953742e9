"""Lake outbursts: peak discharge from lake volume by published relations, and a hydrograph of that peak.

The relations are regressions over few and unlike events; each scatters by a factor of 2 to 5 or more either
way. They are therefore shown side by side, and none of them is the answer.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dam_models.errors import InvalidRelease
from dam_models.hydrograph import Hydrograph
from dam_models.kernels.fields import GRAVITY_M_S2

WATER_DENSITY_KG_M3 = 1000.0
HUGGEL_DRAINAGE_S = 1000.0
"""Duration of the outburst that Huggel et al. (2002) assume."""


@dataclass(frozen=True)
class PeakRelation:
    """A published relation between lake volume and peak discharge.

    Attributes
    ----------
    id : str
        Key in `PEAK_RELATIONS`.
    formula : str
        Peak in m3/s with V in m3, H in m, E in J.
    barrier : str
        Kind of barrier that it was derived from.
    source : str
        Publication.
    needs_height : bool
        Whether the height of the water above the breach's bottom is needed.
    """

    id: str
    formula: str
    barrier: str
    source: str
    needs_height: bool
    _peak: Callable[[float, float], float]

    def peak_m3_s(self, volume_m3: float, height_m: float | None = None) -> float:
        """Peak discharge, m3/s.

        Parameters
        ----------
        volume_m3 : float
            Volume of water that is released, above 0, up to 1e11 m3.
        height_m : float, optional
            Height of the water above the bottom of the breach, above 0, up to 500 m.

        Raises
        ------
        InvalidRelease
            If a number is out of range, or the height is missing where it is needed.
        """
        _check_volume(volume_m3)
        if not self.needs_height:
            return self._peak(volume_m3, math.nan)
        if height_m is None:
            raise InvalidRelease(f"relation {self.id} needs height_m", field="height_m")
        if not 0.0 < height_m <= 500.0:
            raise InvalidRelease(f"height_m is {height_m!r}; allowed: above 0, up to 500 m", field="height_m")
        return self._peak(volume_m3, height_m)


_RELATIONS = (
    PeakRelation(
        "evans",
        "0.72 V^0.53",
        "natural and man-made dams",
        "Evans 1986, Canadian Geotechnical Journal 23: 385",
        False,
        lambda volume, _: 0.72 * volume**0.53,
    ),
    PeakRelation(
        "popov",
        "0.0048 V^0.896",
        "glacial lakes of the northern Tien Shan",
        "Popov 1991, China-Japan-USSR symposium on mudflows, Shanghai",
        False,
        lambda volume, _: 0.0048 * volume**0.896,
    ),
    PeakRelation(
        "huggel",
        "2 V / 1000 s",
        "moraine and ice dams, upper bound",
        "Huggel et al. 2002, Canadian Geotechnical Journal 39: 316",
        False,
        lambda volume, _: 2.0 * volume / HUGGEL_DRAINAGE_S,
    ),
    PeakRelation(
        "walder-oconnor",
        "0.045 V^0.66",
        "moraine dams",
        "Walder & O'Connor 1997, Water Resources Research 33: 2337",
        False,
        lambda volume, _: 0.045 * volume**0.66,
    ),
    PeakRelation(
        "clague-mathews",
        "75 (V / 10^6)^0.67",
        "ice dams that drain through a tunnel",
        "Clague & Mathews 1973, Journal of Glaciology 12: 501",
        False,
        lambda volume, _: 75.0 * (volume / 1e6) ** 0.67,
    ),
    PeakRelation(
        "froehlich",
        "0.607 V^0.295 H^1.24",
        "breached embankments",
        "Froehlich 1995, Journal of Water Resources Planning and Management 121: 90",
        True,
        lambda volume, height: 0.607 * volume**0.295 * height**1.24,
    ),
    PeakRelation(
        "costa-schuster",
        "0.00013 E^0.60, E = 1000 kg/m3 g V H",
        "moraine dams, from the potential energy of the lake",
        "Costa & Schuster 1988, Geological Society of America Bulletin 100: 1054",
        True,
        lambda volume, height: 0.00013 * (WATER_DENSITY_KG_M3 * GRAVITY_M_S2 * volume * height) ** 0.60,
    ),
)

PEAK_RELATIONS: Mapping[str, PeakRelation] = MappingProxyType({one.id: one for one in _RELATIONS})
"""The relations by id."""


@dataclass(frozen=True)
class PeakEstimates:
    """What the relations say about one lake, side by side.

    Attributes
    ----------
    by_relation_m3_s : mapping of str to float
        Peak discharge by relation id; those that need a height are left out where none was given.
    lowest_m3_s, median_m3_s, highest_m3_s : float
        Their spread.
    """

    by_relation_m3_s: Mapping[str, float]
    lowest_m3_s: float
    median_m3_s: float
    highest_m3_s: float


def peak_estimates(volume_m3: float, height_m: float | None = None) -> PeakEstimates:
    """Peak discharge of a lake outburst by every relation that the inputs allow.

    Parameters
    ----------
    volume_m3 : float
        Volume of water that is released, above 0, up to 1e11 m3.
    height_m : float, optional
        Height of the water above the bottom of the breach, above 0, up to 500 m.

    Raises
    ------
    InvalidRelease
        `field` names the argument.
    """
    peaks = {
        relation.id: relation.peak_m3_s(volume_m3, height_m)
        for relation in _RELATIONS
        if height_m is not None or not relation.needs_height
    }
    ordered = sorted(peaks.values())
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])
    return PeakEstimates(MappingProxyType(peaks), ordered[0], median, ordered[-1])


def outburst_hydrograph(
    volume_m3: float, relation: str, height_m: float | None = None, *, rise_share: float = 0.2
) -> Hydrograph:
    """A triangular hydrograph of the lake's volume with the peak of one relation.

    The shape is an assumption: nothing is published for most lakes.

    Parameters
    ----------
    volume_m3 : float
        Volume of water that is released, above 0, up to 1e11 m3.
    relation : str
        Key of `PEAK_RELATIONS`.
    height_m : float, optional
        Height of the water above the bottom of the breach, above 0, up to 500 m.
    rise_share : float
        Share of the duration that the rise takes, 0 to 1 exclusive; usual are 0.1 to 0.4.

    Raises
    ------
    InvalidRelease
        `field` names the argument.
    """
    if relation not in PEAK_RELATIONS:
        known = ", ".join(PEAK_RELATIONS)
        raise InvalidRelease(f"relation is {relation!r}; known are {known}", field="relation")
    peak = PEAK_RELATIONS[relation].peak_m3_s(volume_m3, height_m)
    return Hydrograph.triangle(volume_m3, peak, rise_share=rise_share)


def lake_volume_m3(area_m2: float) -> float:
    """Volume of a mountain lake from its area: 0.104 A^1.42 (Huggel et al. 2002).

    Parameters
    ----------
    area_m2 : float
        Area of the lake, above 0, up to 1e8 m2.
    """
    if not 0.0 < area_m2 <= 1e8:
        raise InvalidRelease(f"area_m2 is {area_m2!r}; allowed: above 0, up to 1e8 m2", field="area_m2")
    return 0.104 * float(area_m2**1.42)


def _check_volume(volume_m3: float) -> None:
    if not 0.0 < volume_m3 <= 1e11:
        raise InvalidRelease(
            f"volume_m3 is {volume_m3!r}; allowed: above 0, up to 1e11 m3", field="volume_m3"
        )
