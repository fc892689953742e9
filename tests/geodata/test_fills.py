"""The fills that can be carried away have the ranges of the soil that they name."""

import pytest

from dam_models import FILL_SOILS
from geodata import Region


@pytest.mark.parametrize(("dam", "soil"), [("aksai", "dumped gravel"), ("mynzhylky", "compacted gravel")])
def test_a_fill_has_the_ranges_of_its_soil(almaty: Region, dam: str, soil: str) -> None:
    fill, known = almaty.dam_sites[dam].fill, FILL_SOILS[soil]
    assert fill is not None
    assert fill.soil == soil
    for name in ("erodibility_cm3_n_s", "critical_shear_pa"):
        figure = fill.figures()[name]
        assert (figure.low, figure.value, figure.high) == getattr(known, name)
    assert fill.figures()["manning_n"].value == known.manning_n


def test_placed_gravel_is_a_quarter_as_erodible_as_tipped() -> None:
    tipped, placed = FILL_SOILS["dumped gravel"], FILL_SOILS["compacted gravel"]
    assert placed.erodibility_cm3_n_s[1] == tipped.erodibility_cm3_n_s[1] / 4.0
    for how in range(3):
        assert placed.erodibility_cm3_n_s[how] < tipped.erodibility_cm3_n_s[how]
