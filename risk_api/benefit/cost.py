"""What a dam costs against what it avoids, at three discount rates; lives are not priced.

The present value of a yearly benefit that stays the same is that benefit times the annuity factor
(1 - e^(-r t)) / r, as in OpenQuake's benefit-cost ratio. Costs stay in the prices of the year in which they
were published: nothing is indexed, so two dams are compared with that in mind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from risk_api.errors import BadParameter

if TYPE_CHECKING:
    from geodata import DamSite
    from geodata.dams import Cost

#: No Kazakh rate is chosen: three that span what is used elsewhere, shown side by side.
DISCOUNT_RATES: Final = (0.02, 0.05, 0.10)
HORIZON_YEARS: Final = 80.0
LONGEST_HORIZON_YEARS: Final = 1000.0

#: What each ratio is, and which way is better: other programs publish the inverse under the same name.
DIRECTIONS: Final[Mapping[str, str]] = {
    "benefit_cost_ratio": "benefit / cost: above 1 the benefit is worth more than the cost",
    "net_present_value": "benefit - cost: above 0 the benefit is worth more than the cost",
    "cost_per_avoided_person": "cost / avoided exposures of a person: lower is better",
    "avoided_people_per_billion": "avoided exposures of a person / 10^9 of cost: higher is better",
}


def latest_cost(site: DamSite) -> Cost | None:
    """Return the published cost of a dam in the latest prices; None where nothing is published."""
    return max(site.costs, key=lambda cost: cost.year, default=None)


@dataclass(frozen=True)
class Economics:
    """One dam, one discount rate.

    Attributes
    ----------
    discount_rate, horizon_years, annuity_factor : float
    cost : float
        Construction, and upkeep over the horizon discounted.
    avoided_people : float
        Exposures of a person avoided over the horizon, each year's discounted like money.
    cost_per_avoided_person : float or None
        None where nothing is avoided, or harm is done.
    avoided_people_per_billion : float
        Negative where harm is done.
    net_present_value, benefit_cost_ratio : float or None
        None unless the question says what an avoided exposure is worth: the service puts no price on people.
    """

    discount_rate: float
    horizon_years: float
    annuity_factor: float
    cost: float
    avoided_people: float
    cost_per_avoided_person: float | None
    avoided_people_per_billion: float
    net_present_value: float | None
    benefit_cost_ratio: float | None


def annuity_factor(discount_rate: float, horizon_years: float) -> float:
    """Return the present value of 1 a year over a horizon, (1 - e^(-r t)) / r; the horizon itself at r = 0.

    Parameters
    ----------
    discount_rate : float
        Continuous, per year, at least 0 and below 1: 5 % is 0.05.
    horizon_years : float
        Above 0.
    """
    if not 0.0 <= discount_rate < 1.0:
        raise BadParameter(
            "discount_rates",
            "a discount rate is a share at least 0 and below 1: 5 % is 0.05",
            reason_key="benefit.discount",
        )
    if not 0.0 < horizon_years <= LONGEST_HORIZON_YEARS:
        raise BadParameter(
            "horizon_years",
            f"a horizon is above 0 and at most {LONGEST_HORIZON_YEARS:g} years",
            reason_key="benefit.horizon",
            most=f"{LONGEST_HORIZON_YEARS:g}",
        )
    growth = discount_rate * horizon_years
    # -expm1 keeps the digits that 1 - exp would lose at small rates.
    return horizon_years if growth < 1e-12 else -math.expm1(-growth) / discount_rate


def economics(
    benefit_people_per_year: float,
    cost: float,
    *,
    discount_rates: Sequence[float] = DISCOUNT_RATES,
    horizon_years: float = HORIZON_YEARS,
    upkeep_share_per_year: float = 0.0,
    value_per_avoided_person: float | None = None,
) -> list[Economics]:
    """Return what a dam costs against what it avoids, for each discount rate.

    Parameters
    ----------
    benefit_people_per_year : float
        Exposures of a person avoided per year; negative where it does harm.
    cost : float
        Construction at the start, above 0.
    discount_rates : sequence of float
        Shares per year.
    horizon_years : float
    upkeep_share_per_year : float
        Yearly upkeep as a share of the construction, at least 0.
    value_per_avoided_person : float, optional
        What the asker says that one avoided exposure is worth (evacuation, cleaning, loss of work); there is
        no default.
    """
    if not (math.isfinite(cost) and cost > 0.0):
        raise BadParameter("cost", f"a cost is above 0, not {cost:g}")
    if not 0.0 <= upkeep_share_per_year < 1.0:
        raise BadParameter(
            "upkeep_share_per_year",
            "a share at least 0 and below 1 is needed",
            reason_key="benefit.share",
        )
    if value_per_avoided_person is not None and not (
        math.isfinite(value_per_avoided_person) and value_per_avoided_person > 0.0
    ):
        raise BadParameter("value_per_avoided_person", "a number above 0 is needed", reason_key="above_zero")
    if not discount_rates:
        raise BadParameter("discount_rates", "name at least one")
    found = []
    for rate in discount_rates:
        factor = annuity_factor(rate, horizon_years)
        whole = cost * (1.0 + upkeep_share_per_year * factor)
        avoided = benefit_people_per_year * factor
        worth = None if value_per_avoided_person is None else avoided * value_per_avoided_person
        found.append(
            Economics(
                discount_rate=rate,
                horizon_years=horizon_years,
                annuity_factor=factor,
                cost=whole,
                avoided_people=avoided,
                cost_per_avoided_person=whole / avoided if avoided > 0.0 else None,
                avoided_people_per_billion=avoided / (whole / 1e9),
                net_present_value=None if worth is None else worth - whole,
                benefit_cost_ratio=None if worth is None else worth / whole,
            )
        )
    return found
