"""Two death counts beside the branches: PAGER's empirical one, and the rule that local plans use."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

#: Kazakhstan in PAGER's empirical fatality model (usgs/pager, fatality.xml, version 2.2; public domain): of a
#: group of countries with few deadly earthquakes. `ZETA` is the standard deviation of ln of the deaths.
THETA: Final = 20.476568
BETA: Final = 0.280662
ZETA: Final = 1.2566


def death_rate(mmi: ArrayLike) -> Floats:
    """Share of the people exposed to an intensity (MMI) who die, by PAGER's empirical model for Kazakhstan.

    Jaiswal and Wald (2010), Earthquake Spectra 26, 1017-1037, as cited, not re-read.
    """
    return np.asarray(ndtr(np.log(np.maximum(np.asarray(mmi, dtype=np.float64), 1.0) / THETA) / BETA))


#: The local rule: from which degree (MSK), shares of dead and of seriously injured. Institute of Seismology
#: (Suleev 2022), from the press.
OFFICIAL_RULE: Final = ((8.0, 0.005, 0.02), (9.0, 0.05, 0.20))
OFFICIAL_SOURCE: Final = "Institute of Seismology (Suleev 2022), from the press"


def official_rule(msk: ArrayLike) -> tuple[Floats, Floats]:
    """Shares dead and seriously injured by the rule of local plans, at an intensity in MSK as practised.

    The rule knows degrees VIII and IX; an intensity is rounded to its degree, less has no figure and more the
    figure of IX.
    """
    degree = np.floor(np.asarray(msk, dtype=np.float64) + 0.5)
    dead, hurt = np.zeros_like(degree), np.zeros_like(degree)
    for least, share_dead, share_hurt in OFFICIAL_RULE:
        dead = np.where(degree >= least, share_dead, dead)
        hurt = np.where(degree >= least, share_hurt, hurt)
    return dead, hurt
