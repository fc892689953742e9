"""What fills are made of: ranges of the erosion law by soil, for whoever has no jet test of the fill.

The ranges of the erodibility follow the table by clay and compaction of Hanson, Wahl, Temple, Hunt & Tejral
(2010, Erodibility characteristics of embankment materials), as cited, not re-read: 0.05 to 2 cm3/(N s) with
more than a quarter of clay, 5 to 200 with a tenth or less, ten times more where it was compacted dry than
wet, four times more where it was hardly compacted. Wu (2016, DLBreach) is cited with 2.5 to 30 for dams of
cohesive soil that breached. The critical shear of coarse fill is that of its grains by Shields, 0.03 to 0.06
times 16.2 kPa per metre of grain. A pavement of boulders or a facing is no fill and not covered.
"""

from dataclasses import dataclass
from typing import Any

from dam_models.breach import Fill


@dataclass(frozen=True, slots=True)
class FillSoil:
    """A low, a middle and a high value of what the erosion law needs.

    Attributes
    ----------
    erodibility_cm3_n_s : (low, middle, high)
        k_d, cm3/(N s); it spans more than all else that is uncertain in a breach.
    critical_shear_pa : (low, middle, high)
        tau_c, Pa.
    manning_n : float
        Roughness of the eroded channel, s/m^(1/3): Strickler's d^(1/6) / 21 of the grain.
    """

    erodibility_cm3_n_s: tuple[float, float, float]
    critical_shear_pa: tuple[float, float, float]
    manning_n: float

    def fill(self, how_erodible: int = 1, **body: Any) -> Fill:
        """A fill of this soil.

        Parameters
        ----------
        how_erodible : int
            0: the least erodible, with the highest critical shear; 1: the middle; 2: the most erodible.
        body : float
            The other arguments of `Fill`: its width and slopes at least.
        """
        return Fill(
            self.erodibility_cm3_n_s[how_erodible],
            self.critical_shear_pa[2 - how_erodible],
            manning_n=body.pop("manning_n", self.manning_n),
            **body,
        )


FILL_SOILS = {
    "compacted clay": FillSoil((0.05, 0.3, 2.0), (0.0, 1.0, 10.0), 0.016),
    "compacted silty sand": FillSoil((5.0, 15.0, 50.0), (0.0, 0.5, 2.0), 0.02),
    "loose silty sand": FillSoil((20.0, 60.0, 200.0), (0.0, 0.15, 0.5), 0.02),
    "dumped gravel": FillSoil((10.0, 40.0, 150.0), (5.0, 15.0, 60.0), 0.025),
    "compacted gravel": FillSoil((1.0, 10.0, 100.0), (5.0, 30.0, 100.0), 0.025),
}
"""By soil; `dumped gravel` is gravel of 10 to 60 mm with fines, tipped and not rolled, `compacted gravel` the
same with stones up to 140 mm, placed in layers: a quarter as erodible, and nobody has measured how well."""
