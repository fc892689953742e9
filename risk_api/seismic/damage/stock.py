"""Buildings and people of every district by type: what the curves are weighted with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from risk_api.seismic.damage.types import BuildingTypes, building_types

if TYPE_CHECKING:
    from geodata.building_stock import BuildingStock

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stock:
    """Who and what stands in which type.

    Attributes
    ----------
    district_ids, type_ids : tuple of str
        What the axes count.
    buildings : ndarray, (n_districts, n_types)
        Residential buildings as the source counts them.
    people : ndarray, (n_districts, n_types)
        Official populations, split as the source splits its own.
    people_of_source : ndarray, (n_districts,)
        People whom the source puts into these buildings.
    """

    district_ids: tuple[str, ...]
    type_ids: tuple[str, ...]
    buildings: Floats
    people: Floats
    people_of_source: Floats


def stock_by_type(
    stock: BuildingStock, populations: Mapping[str, float], types: BuildingTypes | None = None
) -> Stock:
    """Split the classes of a region's stock into types.

    Parameters
    ----------
    stock : mapping
        Buildings and people by district and class.
    populations : mapping
        Official population by district; people are scaled to it, buildings are not.
    types : BuildingTypes, optional
        Those that the service ships by default.
    """
    known = building_types() if types is None else types
    type_ids = tuple(known.types)
    row = {name: index for index, name in enumerate(type_ids)}
    buildings = np.zeros((len(populations), len(type_ids)))
    people = np.zeros_like(buildings)
    for index, district in enumerate(populations):
        for name, count in stock[district].items():
            for share in known.classes[name]:
                buildings[index, row[share.type]] += count.buildings * share.buildings
                people[index, row[share.type]] += count.people * share.people
    of_source = people.sum(axis=1)
    official = np.array([populations[district] for district in populations], dtype=np.float64)
    scale = np.divide(official, of_source, out=np.zeros_like(official), where=of_source > 0.0)
    return Stock(tuple(populations), type_ids, buildings, people * scale[:, None], of_source)
