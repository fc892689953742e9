"""The four models against pygmm, an independent implementation, on random ruptures and sites."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from risk_api.seismic.gmm import MODELS, Paths, Sites, Sources

CASES = 2000
TOLERANCE = 1e-3
CLASSES = {
    "ASK14": "AbrahamsonSilvaKamai2014",
    "BSSA14": "BooreStewartSeyhanAtkinson2014",
    "CB14": "CampbellBozorgnia2014",
    "CY14": "ChiouYoungs2014",
}


@pytest.fixture(scope="module")
def pygmm():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pygmm

        return pygmm


def random_cases(seed: int):
    """Planar ruptures of every style with sites around them, half on a hanging wall."""
    rng = np.random.default_rng(seed)
    magnitude = rng.uniform(3.6, 8.0, CASES)
    style = rng.choice(["SS", "RS", "NS"], CASES, p=[0.3, 0.5, 0.2])
    rake = np.select([style == "RS", style == "NS"], [90.0, -90.0], 0.0)
    dip = np.where(rng.random(CASES) < 0.15, 90.0, rng.uniform(16.0, 90.0, CASES))
    top = rng.uniform(0.0, 15.0, CASES) * (rng.random(CASES) < 0.7)
    width = rng.uniform(2.0, 35.0, CASES)
    hypocentre = np.minimum(top + rng.uniform(0.0, 1.0, CASES) * width * np.sin(np.radians(dip)), 20.0)
    x = rng.uniform(-120.0, 120.0, CASES) * rng.choice([0.1, 1.0], CASES)
    y0 = rng.uniform(0.0, 60.0, CASES) * (rng.random(CASES) < 0.5)
    below = width * np.cos(np.radians(dip))
    jb = np.hypot(np.maximum(np.maximum(-x, x - below), 0.0), y0)
    along = np.clip(x * np.cos(np.radians(dip)) - top * np.sin(np.radians(dip)), 0.0, width)
    across = x - along * np.cos(np.radians(dip))
    rrup = np.sqrt(across**2 + (top + along * np.sin(np.radians(dip))) ** 2 + y0**2)
    vs30 = np.exp(rng.uniform(np.log(180.0), np.log(1000.0), CASES))
    known = rng.random(CASES) < 0.5
    z1 = np.where(known, np.exp(rng.uniform(np.log(0.01), np.log(2.0), CASES)), np.nan)
    z2 = np.where(known, np.exp(rng.uniform(np.log(0.2), np.log(8.0), CASES)), np.nan)
    return (
        Sources(magnitude, rake, dip, top, width, hypocentre),
        Paths(rrup, jb, x, y0),
        (vs30, z1, z2),
        style,
    )


def one_scenario(pygmm, sources, paths, site, style, index, measured):
    vs30, z1, z2 = (values[index] for values in site)
    return pygmm.model.Scenario(
        mag=sources.magnitude[index],
        mechanism=str(style[index]),
        dip=sources.dip_deg[index],
        width=sources.width_km[index],
        depth_tor=sources.top_depth_km[index],
        depth_hyp=sources.hypocentre_depth_km[index],
        dist_rup=paths.rrup_km[index],
        dist_jb=paths.rjb_km[index],
        dist_x=paths.rx_km[index],
        dist_y0=paths.ry0_km[index],
        on_hanging_wall=bool(paths.rx_km[index] >= 0.0),
        v_s30=vs30,
        depth_1_0=None if np.isnan(z1) else z1,
        depth_2_5=None if np.isnan(z2) else z2,
        vs_source="measured" if measured else "inferred",
        region="california",
    )


def between_and_within(other, deviations: str):
    """One kind of deviation at the five measures; SA(0.6) between 0.5 s and 0.75 s as our models do it."""
    table = getattr(other, deviations)
    spectrum = np.interp(np.log([0.3, 0.6, 1.0]), np.log(other.periods), table[other.INDICES_PSA])
    return np.array([table[other.INDEX_PGA], table[other.INDEX_PGV], *spectrum])


@pytest.mark.slow
@pytest.mark.parametrize("measured", [True, False], ids=["measured", "inferred"])
@pytest.mark.parametrize("name", sorted(MODELS))
def test_like_pygmm(pygmm, name, measured) -> None:
    count = CASES if measured else CASES // 10
    sources, paths, site, style = random_cases(20240304)
    motion = MODELS[name](sources, paths, Sites.of(*site, measured=measured))
    assert not {mark.field for mark in motion.outside} - {"magnitude"}
    expected = np.empty((3, 5, count))
    for index in range(count):
        other = getattr(pygmm, CLASSES[name])(
            one_scenario(pygmm, sources, paths, site, style, index, measured)
        )
        expected[0, :, index] = [other.pga, other.pgv, *other.interp_spec_accels([0.3, 0.6, 1.0])]
        if name == "CY14":  # of which pygmm gives only the total
            deviations = [other.ln_std_pga, other.ln_std_pgv, *other.interp_ln_stds([0.3, 0.6, 1.0])]
            expected[1, :, index] = deviations
        else:
            expected[1, :, index] = between_and_within(other, "_tau")
            expected[2, :, index] = between_and_within(other, "_phi")
    np.testing.assert_allclose(np.exp(motion.mean_ln[:, :count]), expected[0], rtol=TOLERANCE)
    if name == "CY14":
        np.testing.assert_allclose(motion.sigma[:, :count], expected[1], rtol=TOLERANCE)
    else:
        np.testing.assert_allclose(motion.tau[:, :count], expected[1], rtol=TOLERANCE)
        np.testing.assert_allclose(motion.phi[:, :count], expected[2], rtol=TOLERANCE)
