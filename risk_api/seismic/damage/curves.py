"""What a district suffers at each level of shaking, in both branches: realisations are read from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.damage import fragility, hazus, macroseismic
from risk_api.seismic.damage.assumptions import Assumptions, damage_assumptions
from risk_api.seismic.damage.stock import Stock
from risk_api.seismic.damage.types import VARIANTS, BuildingTypes, building_types

Floats = NDArray[np.float64]


class Branch(StrEnum):
    """The two ways from shaking to damage."""

    MACROSEISMIC = "macroseismic"
    FRAGILITY = "fragility"


@dataclass(frozen=True)
class Nodes:
    """Levels of shaking at equal steps: intensity (MMI), or ln of PGA in g."""

    low: float
    step: float
    count: int

    @property
    def values(self) -> Floats:
        """The levels."""
        return np.asarray(self.low + self.step * np.arange(self.count), dtype=np.float64)


NODES: Final = {
    # I to XII: the conversion from shaking ends at X, its scatter does not.
    Branch.MACROSEISMIC: Nodes(1.0, 0.05, 221),
    # 0.2 % g to 8 g, 4 % a step.
    Branch.FRAGILITY: Nodes(float(np.log(0.002)), 0.04, 208),
}

OF_BUILDINGS: Final = (*(f"grade_{grade}" for grade in range(macroseismic.GRADES)), "unusable")
OF_PEOPLE: Final = ("severity_1", "severity_2", "severity_3", "severity_4", "displaced")


@dataclass(frozen=True)
class Curves:
    """Outcomes of every district at every level of shaking, for one branch.

    Attributes
    ----------
    branch : Branch
    nodes : Nodes
    buildings : ndarray, (n_variants, n_districts, n_nodes, 7)
        Buildings in grades 0 to 5, and those that cannot be used.
    people : ndarray, (n_variants, n_districts, n_nodes, 5)
        Hurt with severity 1 to 4 if everybody is at home, and those who lose their home for some time.
    """

    branch: Branch
    nodes: Nodes
    buildings: Floats
    people: Floats


def curves_of(stock: Stock, branch: Branch, assumptions: Assumptions | None = None) -> Curves:
    """Curves of a stock in one branch, for each of `VARIANTS`."""
    assumed = damage_assumptions() if assumptions is None else assumptions
    types = building_types()
    unusable = _unusable(branch, assumed)
    rates = casualty_rates(types, branch, assumed)
    buildings, people = [], []
    for variant in VARIANTS:
        shares = _grade_shares(branch, variant)
        counts = np.einsum("dt,tng->dng", stock.buildings, shares)
        buildings.append(np.concatenate([counts, (counts @ unusable)[..., None]], axis=-1))
        hurt = np.einsum("dt,tng,tgs->dns", stock.people, shares, rates, optimize=True)
        away = np.einsum("dt,tng,g->dn", stock.people, shares, unusable, optimize=True)
        people.append(np.concatenate([hurt, away[..., None]], axis=-1))
    return Curves(branch, NODES[branch], np.stack(buildings), np.stack(people))


def casualty_rates(types: BuildingTypes, branch: Branch, assumptions: Assumptions) -> Floats:
    """Shares of those indoors hurt with severity 1 to 4, (n_types, 6 grades, 4), after Hazus.

    Hazus splits complete damage into what collapses and what does not. The fragility branch has that split in
    its grades 4 and 5. Grade 4 of EMS-98 names partial collapse, so that in the macroseismic branch it takes
    the rates of complete damage as a whole, and grade 5 those of collapse.
    """
    rates = np.array([hazus.casualty_rates(kind.hazus_type) for kind in types.types.values()])
    if branch is Branch.MACROSEISMIC:
        share = assumptions.value("collapse_within_grade_4") * np.array(
            [hazus.COLLAPSE[kind.hazus_type] for kind in types.types.values()]
        )
        rates[:, 4] += share[:, None] * (rates[:, 5] - rates[:, 4])
    return rates


@cache
def _grade_shares(branch: Branch, variant: str) -> Floats:
    return grade_shares(branch, NODES[branch].values, variant)


def grade_shares(branch: Branch, levels: Floats, variant: str = "value") -> Floats:
    """Share of every type's buildings in every grade, (n_types, n_levels, 6).

    Parameters
    ----------
    branch : Branch
    levels : ndarray, (n_levels,)
        Intensity (MMI) in the macroseismic branch, ln of PGA in g in the other.
    variant : {"better", "value", "worse"}
    """
    types = building_types().types.values()
    assumed = damage_assumptions()
    if branch is Branch.MACROSEISMIC:
        shift = assumed["vulnerability_shift"].of(variant)
        above = assumed.value("mmi_for_ems98")
        index = np.array([kind.vulnerability_index for kind in types]) + shift
        return macroseismic.grade_shares(
            macroseismic.mean_damage_grade(levels[None, :] + above, index[:, None])
        )
    scatter = assumed.value("threshold_scatter")
    return np.stack(
        [
            fragility.grade_shares(
                fragility.exceedance(
                    np.exp(levels), hazus.MEDIAN_PGA_G[kind.hazus_type][kind.hazus_levels[variant]], scatter
                ),
                hazus.COLLAPSE[kind.hazus_type],
            )
            for kind in types
        ]
    )


def _unusable(branch: Branch, assumed: Assumptions) -> Floats:
    third = assumed.value(f"unusable_share_of_grade_3_{branch}")
    return np.array([0.0, 0.0, 0.0, third, 1.0, 1.0])
