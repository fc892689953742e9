"""Ground motion, hazard and losses of districts, beside bare arithmetic and another code.

As a program it prints its figures, so that nothing that another part loaded stands in the way.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.alone import figures_of
from benchmarks.measure import Found, Measurement

SITES = 10_000
BUDGET_MODELS_CPU_S = 0.05
BUDGET_MAP_CPU_S = 0.3
BUDGET_HAZARD_CPU_S = 5.0
BUDGET_DISTRICTS_CPU_S = 0.3
BUDGET_ANNUAL_CPU_S = 10.0
REPEATS = 15
SITES_OF_PYGMM = 20
# Elementary functions of an evaluation: about ten logarithms and exponentials a model, measure and site.
FUNCTIONS = 4 * 5 * 10


def measure(_folder: Path) -> list[Found]:
    figures = figures_of("benchmarks.seismic")
    bare = "NumPy: 100 logarithms and 100 exponentials of 10,000 numbers"
    return [
        Measurement(
            name="ground motion, 4 models x 5 measures x 10,000 sites, one rupture: processor time",
            measured=figures["models_s"],
            unit="s",
            budget=BUDGET_MODELS_CPU_S,
            reference=bare,
            reference_measured=figures["bare_s"],
            reference_unit="s",
            note=f"pygmm, one site at a time: {figures['pygmm_s']:.0f} s, from {SITES_OF_PYGMM} sites",
        ),
        Measurement(
            name="shaking map: distances, models, P5, P50, P95, intensity, 10,000 sites: processor time",
            measured=figures["map_s"],
            unit="s",
            budget=BUDGET_MAP_CPU_S,
            reference=bare,
            reference_measured=figures["bare_s"],
            reference_unit="s",
        ),
        Measurement(
            name="hazard curves, 8 districts, 5 measures, all branches and models: processor time",
            measured=figures["hazard_s"],
            unit="s",
            budget=BUDGET_HAZARD_CPU_S,
            reference=bare,
            reference_measured=figures["bare_s"],
            reference_unit="s",
            note=f"{figures['ruptures']:.0f} ruptures, {figures['branches']:.0f} branches",
        ),
        Measurement(
            name="damage and casualties of an earthquake, 8 districts, GeoJSON: processor time",
            measured=figures["districts_s"],
            unit="s",
            budget=BUDGET_DISTRICTS_CPU_S,
            reference=bare,
            reference_measured=figures["bare_s"],
            reference_unit="s",
            note=f"{figures['places']:.0f} places, {figures['realisations']:.0f} realisations",
        ),
        Measurement(
            name="yearly losses of 8 districts, all ruptures, both damage branches: processor time",
            measured=figures["annual_s"],
            unit="s",
            budget=BUDGET_ANNUAL_CPU_S,
            reference=bare,
            reference_measured=figures["bare_s"],
            reference_unit="s",
        ),
    ]


def best_cpu_s(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The fastest of several runs: a busy machine only ever adds."""
    work()
    found = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def bare() -> None:
    values = np.linspace(1.0, 2.0, SITES)
    for _ in range(FUNCTIONS // 2):
        np.exp(np.log(values))


def pygmm_s(vs30: np.ndarray, rrup: np.ndarray) -> float:
    """What a code that takes one site at a time would need for all of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pygmm
    names = (
        "AbrahamsonSilvaKamai2014",
        "BooreStewartSeyhanAtkinson2014",
        "CampbellBozorgnia2014",
        "ChiouYoungs2014",
    )
    common = {"mag": 7.3, "mechanism": "RS", "dip": 45.0, "width": 28.0, "depth_tor": 0.0, "depth_hyp": 12.9}
    start = time.process_time()
    for speed, distance in zip(vs30[:SITES_OF_PYGMM], rrup[:SITES_OF_PYGMM], strict=True):
        scenario = pygmm.model.Scenario(
            **common, v_s30=speed, dist_rup=distance, dist_jb=distance, dist_x=-distance, dist_y0=0.0
        )
        for name in names:
            getattr(pygmm, name)(scenario)
    return (time.process_time() - start) * SITES / SITES_OF_PYGMM


def losses_of_districts() -> dict[str, float]:
    """What an earthquake's answer and the yearly losses take, with the region open and its tables made."""
    from geodata import open_region
    from risk_api.layers import LayerStore
    from risk_api.responses import to_json_bytes
    from risk_api.seismic.answers import ANNUAL_CELL_M, QuakeAnswers
    from risk_api.seismic.damage.assumptions import damage_assumptions
    from risk_api.seismic.damage.losses import REALISATIONS
    from risk_api.seismic.damage.places import places_of
    from risk_api.seismic.hazard import almaty_sources, almaty_tree
    from risk_api.seismic.risk.annual import annual_risk
    from risk_api.seismic.scenarios import seismic_scenario
    from risk_api.serialise.features import collection_json
    from risk_api.serialise.quake import quake_features, quake_members

    region = open_region("almaty")
    answers, districts = QuakeAnswers(region), LayerStore(region).layer("districts")
    places, scenario = places_of(region, ANNUAL_CELL_M), seismic_scenario("verny-1887")
    magnitudes = iter(np.linspace(7.0, 7.6, REPEATS + 1))

    def answer() -> None:
        # Another magnitude each time: an answer that was given before would come from memory.
        found = answers.rupture(scenario.rupture(magnitude=float(next(magnitudes))))
        features = quake_features(found, districts)
        members = quake_members(found, answers, region, features, "en")
        to_json_bytes(collection_json(features, "en", members))

    def annual() -> None:
        annual_risk(almaty_sources(), almaty_tree(), places, answers.curves, damage_assumptions())

    return {
        "districts_s": best_cpu_s(answer),
        "annual_s": best_cpu_s(annual, repeats=2),
        "places": len(answers.places.lon),
        "realisations": REALISATIONS,
    }


def main() -> None:
    from risk_api.seismic.distances import distances
    from risk_api.seismic.gmm import MODELS, Sites
    from risk_api.seismic.hazard import almaty_sources, almaty_tree, hazard
    from risk_api.seismic.scenarios import seismic_scenario
    from risk_api.seismic.shaking import shake, shake_map

    rng = np.random.default_rng(1887)
    lon, lat = rng.uniform(76.6, 77.2, SITES), rng.uniform(42.9, 43.5, SITES)
    rupture, sites = seismic_scenario("verny-1887").rupture(), Sites.of(rng.uniform(200.0, 900.0, SITES))
    paths, sources = distances(rupture, lon, lat), rupture.sources()
    tree, groups, districts = almaty_tree(), almaty_sources().groups, slice(0, 8)
    figures = {
        "hazard_s": best_cpu_s(lambda: hazard(lon[districts], lat[districts], Sites.of(500.0)), repeats=3),
        "ruptures": sum(len(groups[name]) for name in tree.used),
        "branches": len(tree.branches),
        "models_s": best_cpu_s(lambda: [model(sources, paths, sites) for model in MODELS.values()]),
        "map_s": best_cpu_s(lambda: shake_map(shake(rupture, lon, lat, sites))),
        "bare_s": best_cpu_s(bare),
        "pygmm_s": pygmm_s(sites.vs30_m_s, paths.rrup_km),
        **losses_of_districts(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
