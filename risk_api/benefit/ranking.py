"""Which of these sites first: the benefit of each alone, what it adds to those before it, what pairs do.

The benefit of a set of dams is not the sum of theirs: two in one valley share the flow, and two fans may
share the people. So the order is built step by step, each next site the one that adds most to those already
chosen; what a pair avoids beyond its two parts is its interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from risk_api.errors import BadParameter

#: Benefits within this share of the larger are a tie: cell sizes of 30 and 60 m differ by more.
TIE_SHARE: Final = 0.1
#: More sites would need more sets of runs than anybody waits for.
MOST_SITES: Final = 6


@dataclass(frozen=True)
class Place:
    """One site in the order.

    Attributes
    ----------
    site : str
    alone : float
        Benefit of this dam where no other site is built; negative where it does harm.
    added : float
        Benefit it adds to the sites before it in the order.
    per_cost : float or None
        `added` per 10^9 of cost; None where no cost is known.
    tied_with : tuple of str
        Sites of a later place that would add as much here, within the tolerance.
    """

    site: str
    alone: float
    added: float
    per_cost: float | None
    tied_with: tuple[str, ...]


@dataclass(frozen=True)
class Interaction:
    """What two sites avoid together beyond the sum of both alone: negative where they do the same work."""

    sites: tuple[str, str]
    beyond_the_sum: float


@dataclass(frozen=True)
class Ranking:
    """The order in which to build, by benefit (or by benefit per cost), and the interactions of all pairs."""

    by: str
    places: tuple[Place, ...]
    interactions: tuple[Interaction, ...]


def check_sites(sites: Sequence[str], costs: Mapping[str, float], by: str) -> None:
    """Refuse what cannot be ranked, before a run is made for it.

    Raises
    ------
    BadParameter
        If sites are missing, doubled or too many, or a cost is needed and missing.
    """
    if not sites or len(set(sites)) != len(sites):
        raise BadParameter("dams", "name at least one, each once", reason_key="ranking.once")
    if len(sites) > MOST_SITES:
        raise BadParameter(
            "dams", f"at most {MOST_SITES}, not {len(sites)}", reason_key="at_most", most=str(MOST_SITES)
        )
    if by not in ("benefit", "cost"):
        allowed = "benefit, cost"
        raise BadParameter(
            "by",
            f"allowed are {allowed}",
            ("benefit", "cost"),
            reason_key="allowed",
            allowed_names=allowed,
        )
    missing = [site for site in sites if site not in costs]
    if by == "cost" and missing:
        listed = ", ".join(missing)
        raise BadParameter(
            "by",
            f"no cost is published of {listed}; rank by benefit",
            reason_key="ranking.no_cost",
            dams=listed,
        )


def rank(
    sites: Sequence[str],
    benefit: Callable[[frozenset[str]], float],
    costs: Mapping[str, float] | None = None,
    *,
    by: str = "benefit",
) -> Ranking:
    """Order sites.

    Parameters
    ----------
    sites : sequence of str
        Up to `MOST_SITES`, each once.
    benefit : callable
        Benefit of a set of sites over none of them, per year or per event; asked once for each set. The empty
        set is worth 0 and is not asked for.
    costs : mapping, optional
        Cost of a site, above 0, in one currency.
    by : {"benefit", "cost"}
        What the order is made by; ``cost`` divides by it and needs the cost of every site.

    Raises
    ------
    BadParameter
        If sites are missing, doubled or too many, or a cost is needed and missing.
    """
    costs = costs or {}
    check_sites(sites, costs, by)
    asked: dict[frozenset[str], float] = {frozenset(): 0.0}

    def worth(chosen: frozenset[str]) -> float:
        if chosen not in asked:
            asked[chosen] = benefit(chosen)
        return asked[chosen]

    def score(site: str, added: float) -> float:
        return added / costs[site] if by == "cost" else added

    places: list[Place] = []
    chosen: frozenset[str] = frozenset()
    left = list(sites)
    while left:
        added = {site: worth(chosen | {site}) - worth(chosen) for site in left}
        scores = {site: score(site, added[site]) for site in left}
        # At equal scores the order of the question decides, and the tie is said.
        first = max(left, key=lambda site: scores[site])
        margin = TIE_SHARE * abs(scores[first])
        tied = tuple(site for site in left if site != first and scores[first] - scores[site] <= margin)
        places.append(
            Place(
                first,
                worth(frozenset({first})),
                added[first],
                added[first] / (costs[first] / 1e9) if first in costs else None,
                tied,
            )
        )
        chosen |= {first}
        left.remove(first)
    pairs = tuple(
        Interaction((a, b), worth(frozenset({a, b})) - worth(frozenset({a})) - worth(frozenset({b})))
        for a, b in combinations(sites, 2)
    )
    return Ranking(by, tuple(places), pairs)
