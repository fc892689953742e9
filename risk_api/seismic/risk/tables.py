"""The arrays that answers about yearly losses are made from, each worked out once."""

from __future__ import annotations

from typing import Final

from risk_api.seismic.damage.curves import Branch
from risk_api.seismic.risk.annual import Risk

PERIODS_YEARS: Final = (100.0, 250.0, 475.0, 1000.0, 2475.0)
BELIEF: Final = (10.0, 90.0)
"""Percentiles of the belief over all leaves, source branches by damage branches, that make a band."""


class RiskTables:
    """Averages, curves and losses by return period of one risk.

    Attributes
    ----------
    risk : Risk
    average, average_low, average_high : ndarray, (n_districts + 1, n_outcomes)
        Yearly averages: over all leaves, and the band of the belief.
    average_of : mapping
        By damage branch.
    exceeded, exceeded_of : ndarray, (n_districts + 1, n_outcomes, n_levels)
        Yearly rates of exceeding, and by damage branch.
    losses, losses_low, losses_high, losses_of : mapping
        By return period, and by damage branch and return period, (n_districts + 1, n_outcomes).
    """

    def __init__(self, risk: Risk) -> None:
        self.risk = risk
        self.average = risk.mean_average()
        self.average_of = {branch: risk.mean_average(branch) for branch in Branch}
        self.average_low, self.average_high = (risk.average_fractile(percent) for percent in BELIEF)
        self.exceeded = risk.mean_exceeded()
        self.exceeded_of = {branch: risk.mean_exceeded(branch) for branch in Branch}
        self.losses = {period: risk.loss(period) for period in PERIODS_YEARS}
        self.losses_of = {
            branch: {period: risk.loss(period, curve) for period in PERIODS_YEARS}
            for branch, curve in self.exceeded_of.items()
        }
        self.losses_low, self.losses_high = (
            {period: risk.loss_fractile(period, percent) for period in PERIODS_YEARS} for percent in BELIEF
        )
