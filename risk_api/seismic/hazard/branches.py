"""The logic tree: what is believed of the sources, and with which share."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import fsum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.errors import BadSeismicInput
from risk_api.seismic.hazard.source_model import RANGE_FRONT, SourceModel, almaty_sources

Floats = NDArray[np.float64]
_PACKAGE: Final = "risk_api.seismic.hazard"


@dataclass(frozen=True)
class Branch:
    """One belief.

    Attributes
    ----------
    id : str
        Its name.
    share : float
        How much it is believed, above 0.
    scales : mapping
        Factor on the rates of every group that it holds.
    """

    id: str
    share: float
    scales: Mapping[str, float]


@dataclass(frozen=True)
class LogicTree:
    """Branches whose shares sum to 1.

    Raises
    ------
    BadSeismicInput
        If they do not, or a branch names a group that the sources lack.
    """

    branches: tuple[Branch, ...]
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        total = fsum(branch.share for branch in self.branches)
        if abs(total - 1.0) > 1e-6 or any(branch.share <= 0.0 for branch in self.branches):
            raise BadSeismicInput(
                "share", f"the shares sum to {total:g}, not to 1", reason_key="sum_to_one", total=f"{total:g}"
            )
        for branch in self.branches:
            unknown = sorted(set(branch.scales) - set(self.groups))
            if unknown:
                listed = ", ".join(self.groups)
                raise BadSeismicInput(
                    f"{branch.id}.{unknown[0]}",
                    f"allowed are {listed}",
                    self.groups,
                    reason_key="allowed",
                    allowed_names=listed,
                )

    @property
    def shares(self) -> Floats:
        """Shares of the branches."""
        return np.array([branch.share for branch in self.branches])

    @property
    def scales(self) -> Floats:
        """Factors, (n_branches, n_groups); 0 where a branch leaves a group out."""
        return np.array([[branch.scales.get(name, 0.0) for name in self.groups] for branch in self.branches])

    @property
    def used(self) -> tuple[str, ...]:
        """Groups that at least one branch holds."""
        return tuple(name for name in self.groups if any(branch.scales.get(name) for branch in self.branches))


@cache
def almaty_tree() -> LogicTree:
    """The tree that the service ships, over the sources that it ships."""
    return read_tree(files(_PACKAGE).joinpath("tree.toml").read_text("utf-8"), almaty_sources())


def read_tree(text: str, sources: SourceModel) -> LogicTree:
    """Logic tree of a table in TOML: branches with faults, and branches without."""
    table = tomllib.loads(text)
    always = dict.fromkeys(table["always"], 1.0)
    front = sources.faults[RANGE_FRONT]
    found = []
    for entry in table.get("fault_branch", ()):
        scales = always | dict.fromkeys(sources.fault_groups, 1.0)
        scales[f"{RANGE_FRONT}/{entry['dip']}"] = float(entry["slip_mm_yr"]) / front.slip_mm_yr
        found.append(Branch(entry["id"], float(entry["share"]), scales))
    for entry in table.get("area_branch", ()):
        scales = always | dict.fromkeys(table["without_faults"], 1.0)
        scales[table["scaled_without_faults"]] = float(entry["scale_large"])
        found.append(Branch(entry["id"], float(entry["share"]), scales))
    return LogicTree(tuple(found), tuple(sources.groups))
