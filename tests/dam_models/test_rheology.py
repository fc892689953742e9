"""Laws of friction as a user meets them: what they hold, how fast they run, what rasters change."""

from math import atan, cos, exp, radians, sin, tan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from dam_models import (
    Bingham,
    Boundaries,
    BySolids,
    Coulomb,
    FlowResult,
    HerschelBulkley,
    InvalidParameter,
    Manning,
    Mixture,
    MixtureDensity,
    OBrienJulien,
    Release,
    Rheology,
    Side,
    State,
    Voellmy,
    simulate,
)

WALL, OPEN = Side("wall"), Side("open")
HEAVY = MixtureDensity.constant(1900.0)
FULL = np.ones((20, 30))

SCALAR_AND_RASTER: dict[str, tuple[Rheology, Rheology]] = {
    "mu": (Voellmy(0.06, 400.0), Voellmy(0.06 * FULL, 400.0)),
    "xi": (Voellmy(0.06, 400.0), Voellmy(0.06, 400.0 * FULL)),
    "cohesion": (Voellmy(0.06, 400.0, 500.0), Voellmy(0.06, 400.0, 500.0 * FULL)),
    "minimum shear": (Voellmy(0.06, 400.0, 0.0, 300.0), Voellmy(0.06, 400.0, 0.0, 300.0 * FULL)),
    "coulomb": (Coulomb(0.1), Coulomb(0.1 * FULL)),
    "n": (Manning(0.05), Manning(0.05 * FULL)),
    "bingham": (Bingham(800.0, 50.0, HEAVY), Bingham(800.0 * FULL, 50.0 * FULL, HEAVY)),
    "herschel-bulkley": (
        HerschelBulkley(800.0, 200.0, 0.33, HEAVY),
        HerschelBulkley(800.0 * FULL, 200.0 * FULL, 0.33, HEAVY),
    ),
    "o'brien-julien": (
        OBrienJulien(BySolids(1.0, 13.0), BySolids(0.1, 12.0), 0.05),
        OBrienJulien(BySolids(1.0 * FULL, 13.0), BySolids(0.1 * FULL, 12.0), 0.05 * FULL),
    ),
    "mixture": (
        Mixture(Voellmy(0.06, 400.0), Manning(0.05), 0.5),
        Mixture(Voellmy(0.06 * FULL, 400.0), Manning(0.05 * FULL), 0.5),
    ),
}


def _slide(rheology: Rheology, duration_s: float = 20.0) -> FlowResult:
    """A heap on a bumpy slope."""
    bed = -1.5 * np.arange(30.0) + np.random.default_rng(4).uniform(0.0, 1.0, FULL.shape)
    pool = np.zeros(FULL.shape)
    pool[7:13, 3:9] = 4.0
    return simulate(bed, 10.0, [Release.pool(pool, solids_fraction=0.45)], rheology, duration_s=duration_s)


@pytest.mark.parametrize("name", SCALAR_AND_RASTER)
def test_a_raster_of_one_value_is_that_value(name: str) -> None:
    scalar, raster = (_slide(law) for law in SCALAR_AND_RASTER[name])
    assert scalar.speed_max_m_s.max() > 1.0
    for field in ("depth_m", "u_m_s", "v_m_s", "solids_fraction"):
        assert np.array_equal(getattr(scalar.final, field), getattr(raster.final, field))


def test_a_raster_holds_where_it_says() -> None:
    rough_west = np.where(np.arange(60) < 30, 0.3, 0.02) * np.ones((3, 1))
    bed = np.tile(-0.1 * 10.0 * np.arange(60.0), (3, 1))
    result = simulate(
        bed,
        10.0,
        [Release.pool(np.full(bed.shape, 1.0))],
        Coulomb(rough_west),
        duration_s=5.0,
        boundaries=Boundaries(WALL, WALL, WALL, OPEN),
    )
    speed = result.final.u_m_s[1]
    assert (speed[:25] == 0.0).all()
    angle = atan(0.1)
    pull = 9.81 * (tan(angle) - 0.02) * cos(angle) ** 2
    assert speed[50] == pytest.approx(5.0 * pull, rel=1e-6)


@pytest.mark.parametrize(
    ("law", "field"),
    [
        (Voellmy(np.full((5, 5), 0.1), 400.0), "mu"),
        (Voellmy(0.1, np.full((5, 5), 400.0)), "xi_m_s2"),
        (Voellmy(0.1, 400.0, np.full((5, 5), 1.0)), "cohesion_pa"),
        (Manning(np.full((20, 31), 0.05)), "n"),
        (Bingham(np.full((30, 20), 100.0), 10.0), "yield_pa"),
        (Bingham(100.0, BySolids(np.full((30, 20), 1.0), 2.0)), "viscosity_pa_s"),
        (Mixture(Voellmy(np.full((5, 5), 0.1), 400.0), Manning(0.05), 0.5), "mu"),
    ],
)
def test_a_raster_that_does_not_fit_the_bed_is_refused_by_name(law: Rheology, field: str) -> None:
    with pytest.raises(InvalidParameter, match=f"{field} has shape") as caught:
        _slide(law)
    assert caught.value.field == field


def _spoilt(value: float, spoil: float) -> np.ndarray:
    raster = np.full((4, 5), value)
    raster[2, 3] = spoil
    return raster


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Voellmy(_spoilt(0.1, np.nan), 400.0), "mu"),
        (lambda: Voellmy(0.1, _spoilt(400.0, 1.0)), "xi_m_s2"),
        (lambda: Voellmy(0.1, 400.0, cohesion_pa=-1.0), "cohesion_pa"),
        (lambda: Voellmy(0.1, 400.0, minimum_shear_pa=float("nan")), "minimum_shear_pa"),
        (lambda: Voellmy(np.zeros(5), 400.0), "mu"),
        (lambda: Coulomb(1.5), "mu"),
        (lambda: Manning(_spoilt(0.05, -0.1)), "n"),
        (lambda: Bingham(-1.0, 10.0), "yield_pa"),
        (lambda: Bingham(100.0, 0.0), "viscosity_pa_s"),
        (lambda: Bingham(100.0, BySolids(0.0, 3.0)), "viscosity_pa_s"),
        (lambda: Bingham(_spoilt(100.0, np.inf), 10.0), "yield_pa"),
        (lambda: HerschelBulkley(100.0, 0.0, 0.3), "consistency_pa_sn"),
        (lambda: HerschelBulkley(100.0, 10.0, 0.0), "flow_index"),
        (lambda: OBrienJulien(100.0, 10.0, 0.05, laminar_resistance=8.0), "laminar_resistance"),
        (lambda: OBrienJulien(100.0, 10.0, 2.0), "n"),
        (lambda: OBrienJulien(BySolids(1e4, 20.0), 10.0, 0.05), "yield_pa"),
        (lambda: BySolids(-1.0, 3.0), "coefficient"),
        (lambda: BySolids(1.0, 60.0), "exponent"),
        (lambda: MixtureDensity(100.0), "fluid_kg_m3"),
        (lambda: MixtureDensity(1000.0, 900.0), "solids_kg_m3"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(make: object, field: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        make()  # type: ignore[operator]
    assert caught.value.field == field


def test_a_bad_cell_of_a_raster_is_named() -> None:
    with pytest.raises(InvalidParameter, match=r"mu is 7\.0 at \(2, 3\), and out of range in 1 cells"):
        Coulomb(_spoilt(0.1, 7.0))


def test_a_raster_cannot_be_changed_behind_a_law() -> None:
    raster = np.full((4, 5), 0.1)
    law = Coulomb(raster)
    raster[0, 0] = 0.9
    assert np.asarray(law.mu)[0, 0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(law.mu)[0, 0] = 0.9


def test_density_follows_the_solids() -> None:
    assert MixtureDensity().at(0.5) == pytest.approx(1825.0)
    assert MixtureDensity.constant(1900.0).at(0.3) == pytest.approx(1900.0)
    assert BySolids(2.0, 10.0).at(0.3) == pytest.approx(2.0 * exp(3.0))


def _layer(
    rheology: Rheology, slope_deg: float, normal_m: float, speed: float, solids: float, s: float
) -> float:
    """Speed along the slope in the middle of a long uniform layer after a time, m/s."""
    slope = radians(slope_deg)
    bed = -tan(slope) * np.arange(120.0)[None, :] * 20.0
    full = np.ones_like(bed)
    initial = State(full * normal_m / cos(slope), full * speed * cos(slope), 0.0 * full, solids * full)
    result = simulate(
        bed,
        20.0,
        [],
        rheology,
        duration_s=s,
        initial=initial,
        boundaries=Boundaries(WALL, WALL, OPEN, OPEN),
    )
    return float(result.final.u_m_s[0, 60]) / cos(slope)


SLOPES = st.floats(2.0, 25.0)


@settings(max_examples=12, deadline=None)
@given(
    slope_deg=SLOPES, mu=st.floats(0.0, 0.02), cohesion=st.floats(50.0, 3000.0), shear=st.floats(0.0, 3000.0)
)
def test_cohesion_and_minimum_shear_hold_what_their_stress_can_bear(
    slope_deg: float, mu: float, cohesion: float, shear: float
) -> None:
    density = HEAVY.at(0.4)
    law = Voellmy(mu, 400.0, cohesion, shear, HEAVY)

    def surplus(thickness: float) -> float:
        slope = radians(slope_deg)
        normal = density * 9.81 * thickness * cos(slope)
        held = mu * normal + (1.0 - mu) * cohesion * (1.0 - exp(-normal / cohesion)) + shear
        return density * 9.81 * thickness * sin(slope) - held

    # However thin, cohesion is felt like friction of an angle of 45 degrees.
    bound = float(brentq(surplus, 1e-4, 1e4))
    assume(0.05 < bound < 100.0)
    assert _layer(law, slope_deg, 0.995 * bound, 0.0, 0.4, 2.0) == 0.0
    assert _layer(law, slope_deg, 1.005 * bound, 0.0, 0.4, 2.0) > 0.0


@settings(max_examples=12, deadline=None)
@given(slope_deg=SLOPES, yield_pa=st.floats(100.0, 5000.0), law=st.sampled_from(["b", "hb", "oj", "solids"]))
def test_a_yield_stress_holds_the_layer_that_it_can_bear(slope_deg: float, yield_pa: float, law: str) -> None:
    rheology: Rheology = {
        "b": Bingham(yield_pa, 20.0),
        "hb": HerschelBulkley(yield_pa, 20.0, 0.4),
        "oj": OBrienJulien(yield_pa, 20.0, 0.05),
        "solids": Bingham(BySolids(yield_pa * exp(-0.4 * 15.0), 15.0), 20.0),
    }[law]
    bound = yield_pa / (MixtureDensity().at(0.4) * 9.81 * sin(radians(slope_deg)))
    # From rest, and out of motion: neither creeps on, neither waits for more than its yield stress.
    assert _layer(rheology, slope_deg, 0.995 * bound, 0.0, 0.4, 2.0) == 0.0
    assert _layer(rheology, slope_deg, 1.005 * bound, 0.0, 0.4, 2.0) > 0.0


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        (Voellmy(0.05, 400.0), Voellmy(0.08, 400.0)),
        (Voellmy(0.05, 400.0), Voellmy(0.05, 200.0)),
        (Voellmy(0.05, 400.0), Voellmy(0.05, 400.0, cohesion_pa=400.0)),
        (Voellmy(0.05, 400.0), Voellmy(0.05, 400.0, minimum_shear_pa=400.0)),
        (Voellmy(0.05, 400.0, 400.0, density=HEAVY), Voellmy(0.05, 400.0, 400.0)),
        (Manning(0.04), Manning(0.08)),
        (Bingham(300.0, 50.0), Bingham(600.0, 50.0)),
        (Bingham(300.0, 50.0), Bingham(300.0, 100.0)),
        (Bingham(300.0, BySolids(5.0, 4.0)), Bingham(300.0, BySolids(5.0, 8.0))),
        (HerschelBulkley(300.0, 50.0, 0.4), HerschelBulkley(300.0, 100.0, 0.4)),
        (OBrienJulien(300.0, 50.0, 0.05), OBrienJulien(600.0, 50.0, 0.05)),
        (OBrienJulien(300.0, 50.0, 0.05), OBrienJulien(300.0, 100.0, 0.05)),
        (OBrienJulien(300.0, 50.0, 0.05), OBrienJulien(300.0, 50.0, 0.1)),
        (OBrienJulien(300.0, 50.0, 0.05), OBrienJulien(300.0, 50.0, 0.05, laminar_resistance=2285.0)),
    ],
)
def test_more_friction_is_slower(weaker: Rheology, stronger: Rheology) -> None:
    fast, slow = (_layer(law, 8.0, 2.0, 0.0, 0.4, 20.0) for law in (weaker, stronger))
    assert 0.0 < slow < 0.995 * fast


def test_o_brien_julien_without_mud_is_manning() -> None:
    water, manning = (_slide(law) for law in (OBrienJulien(0.0, 0.0, 0.06), Manning(0.06)))
    assert np.allclose(water.depth_max_m, manning.depth_max_m, rtol=0.0, atol=1e-12)


def test_bingham_is_herschel_bulkley_of_index_one_and_close_beside_it() -> None:
    bingham = _slide(Bingham(500.0, 100.0, HEAVY))
    same, near = (_slide(HerschelBulkley(500.0, 100.0, index, HEAVY)) for index in (1.0, 1.0 + 1e-9))
    assert np.array_equal(bingham.final.depth_m, same.final.depth_m)
    assert np.allclose(bingham.final.depth_m, near.final.depth_m, rtol=0.0, atol=1e-5)
