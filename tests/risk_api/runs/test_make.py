"""Runs on the embedded region, end to end, at a coarse cell size."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from dam_models import RunCancelled, Settings, simulate
from geodata import Grid, Region
from risk_api.exposure import SCHEMES, compare
from risk_api.exposure.counting import Maxima, count_districts
from risk_api.runs import Run, RunSpec, RunStore, plan
from risk_api.runs.make import make_run, rheology_of
from risk_api.runs.placing import place_dams, release_of, section_across

CELL_M = 60.0
STRATEGIES = ["no-dams", "ayusai", "both", "aksai-unfinished"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def runs(almaty: Region, store: RunStore) -> dict[str, Run]:
    return {
        name: make_run(almaty, plan(almaty, "kumbelsu-1977", name, cell_size_m=CELL_M), store)
        for name in STRATEGIES
    }


def maxima_of(run: Run) -> tuple[Grid, Maxima]:
    layers = [
        Grid.read(run.raster_path(layer))
        for layer in ("depth_max_m", "speed_max_m_s", "momentum_max_m2_s", "arrival_s")
    ]
    return layers[0], Maxima(*(layer.values for layer in layers))


def test_the_rasters_of_a_run_reproduce_its_counts(almaty: Region, runs: dict[str, Run]) -> None:
    run = runs["no-dams"]
    grid, maxima = maxima_of(run)
    counted = count_districts(almaty, grid, maxima)
    for again, kept in zip(counted, run.districts, strict=True):
        assert again["district"] == kept["district"]
        assert again["area_m2"] == pytest.approx(kept["area_m2"])
        assert again["first_arrival_s"] == kept["first_arrival_s"]
        for scheme in SCHEMES.values():
            for name in scheme.classes:
                assert again["schemes"][scheme.id][name] == pytest.approx(kept["schemes"][scheme.id][name])


def test_counts_never_exceed_the_district_and_all_districts_answer(
    almaty: Region, store: RunStore, runs: dict[str, Run]
) -> None:
    population = {f["properties"]["id"]: f["properties"]["population"] for f in almaty.features("districts")}
    for scheme in SCHEMES.values():
        answer = compare(almaty, store, "kumbelsu-1977", STRATEGIES, scheme.id, cell_size_m=CELL_M)
        assert {district.id for district in answer.districts} == set(population)
        assert len(answer.districts) == 8
        for district in answer.districts:
            for counts in district.strategies.values():
                by_class = counts["people_by_class"]
                assert set(by_class) == set(scheme.classes)
                assert sum(by_class.values()) == pytest.approx(counts["people_exposed"])
                assert 0.0 <= counts["people_affected"] <= counts["people_exposed"] + 1e-9
                assert counts["people_exposed"] <= population[district.id] + 1e-6
                assert sum(counts["area_m2_by_class"].values()) == pytest.approx(counts["area_m2"])


def test_schemes_agree_on_who_is_exposed(almaty: Region, store: RunStore, runs: dict[str, Run]) -> None:
    buwal, arr = (
        compare(almaty, store, "kumbelsu-1977", STRATEGIES, scheme, cell_size_m=CELL_M)
        for scheme in ("buwal", "arr")
    )
    for first, second in zip(buwal.districts, arr.districts, strict=True):
        for name in STRATEGIES:
            assert first.strategies[name]["people_exposed"] == pytest.approx(
                second.strategies[name]["people_exposed"]
            )


def test_differences_are_b_minus_a_and_null_where_a_time_is_missing(
    almaty: Region, store: RunStore, runs: dict[str, Run]
) -> None:
    answer = compare(almaty, store, "kumbelsu-1977", ["no-dams", "ayusai"], cell_size_m=CELL_M)
    back = compare(almaty, store, "kumbelsu-1977", ["ayusai", "no-dams"], cell_size_m=CELL_M)
    for there, return_ in zip(answer.districts, back.districts, strict=True):
        a, b = there.strategies["no-dams"], there.strategies["ayusai"]
        difference, reverse = there.differences["no-dams..ayusai"], return_.differences["ayusai..no-dams"]
        assert difference["people_exposed"] == pytest.approx(b["people_exposed"] - a["people_exposed"])
        assert difference["people_exposed"] == pytest.approx(-reverse["people_exposed"])
        both = a["first_arrival_s"] is not None and b["first_arrival_s"] is not None
        assert (difference["first_arrival_s"] is not None) == both
        assert (difference["reached"] == "both") == both
    assert {d.differences["no-dams..ayusai"]["cause"]["key"] for d in answer.districts} >= {"not_on_path"}


def test_ayusai_lets_less_and_a_smaller_peak_past_the_section_below_it(
    almaty: Region, runs: dict[str, Run]
) -> None:
    """At the section just below the dam that every run records, and at (76.925, 43.104)."""
    peaks, volumes = {}, {}
    for name in ("no-dams", "ayusai"):
        section = next(s for s in runs[name].summary["sections"] if s["id"] == "below-ayusai")
        peaks[name], volumes[name] = section["peak_m3_s"], section["volume_m3"]
    assert peaks["ayusai"] < 0.5 * peaks["no-dams"]
    assert volumes["ayusai"] < 0.9 * volumes["no-dams"]
    grid = almaty.terrain(CELL_M)
    chainage, _ = almaty.course("bolshaya-almatinka").nearest(*almaty.to_metric(76.925, 43.104))
    section_there = section_across(almaty, grid, "bolshaya-almatinka", chainage, "here")
    found = {}
    for name in ("no-dams", "ayusai"):
        values = runs[name].summary["inputs"]
        placed = place_dams(almaty, grid, values)
        result = simulate(
            placed.bed_m,
            CELL_M,
            [release_of(almaty, grid, values["scenario"])],
            rheology_of(values),
            placed.dams,
            duration_s=3600.0,
            sections=[section_there],
            settings=Settings(order=1),
        )
        found[name] = result.sections[0]
    assert found["ayusai"].peak_m3_s < found["no-dams"].peak_m3_s
    assert found["ayusai"].volume_m3 < found["no-dams"].volume_m3


def test_the_dam_record_adds_up_and_says_what_was_assumed(runs: dict[str, Run]) -> None:
    ayusai = next(dam for dam in runs["ayusai"].dams if dam["id"] == "ayusai")
    assert ayusai["inflow_m3"] == pytest.approx(
        ayusai["overflow_m3"] + ayusai["passed_m3"] + ayusai["stored_m3"], abs=1.0
    )
    assert [tier["area_m2"] > 0.0 for tier in ayusai["openings"]] == [True] * 3
    assert ayusai["capacity_published_m3"] == 2_300_000.0
    assert 0.5 < ayusai["storage_factor"] < 2.0
    # 3.2 Mm3 against a bowl of 2.3: it cannot all be held.
    assert ayusai["outcome"] in ("overtopped", "passed")
    assert ayusai["stored_max_m3"] > 0.5 * 2_300_000.0


def test_volumes_close(runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert run.summary["budget"]["relative_error"] < 1e-6


def test_lineage_names_region_engine_software_and_inputs(almaty: Region, runs: dict[str, Run]) -> None:
    summary = runs["ayusai"].summary
    assert summary["lineage"]["region_version"] == almaty.version
    assert summary["inputs"]["dams"]["ayusai"]["kind"] == "in service"
    assert RunSpec.of(summary["inputs"]).id == summary["id"]
    assert summary["type"] == "Feature"
    for asset in summary["assets"].values():
        assert (runs["ayusai"].folder / asset["href"]).is_file()


def test_the_same_run_is_never_computed_twice(
    almaty: Region, store: RunStore, runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the engine was asked again")

    monkeypatch.setattr("risk_api.runs.make.simulate", refuse)
    spec = plan(almaty, "kumbelsu-1977", "both", cell_size_m=CELL_M)
    assert make_run(almaty, spec, store).id == runs["ayusai"].id


def test_a_run_stopped_half_way_leaves_no_folder_and_can_be_made_again(
    almaty: Region, tmp_path: Path
) -> None:
    store = RunStore(tmp_path)
    spec = plan(almaty, "kumbelsu-rain-2023-07-21", "ayusai", cell_size_m=CELL_M)

    def stop(share: float, message: str) -> None:
        if share > 0.2:
            raise RunCancelled("enough")

    with pytest.raises(RunCancelled):
        make_run(almaty, spec, store, stop)
    assert list(tmp_path.iterdir()) == []
    assert make_run(almaty, spec, store).id == spec.id


def test_moving_people_moves_the_counts(almaty: Region, runs: dict[str, Run]) -> None:
    grid, maxima = maxima_of(runs["no-dams"])
    before = count_districts(almaty, grid, maxima)
    exposure = almaty.exposure_grid()

    class Moved:
        """The region with everybody of Bostandyk in one cell that the flow strikes hard."""

        def __getattr__(self, name: str) -> object:
            return getattr(almaty, name)

        def exposure_grid(self) -> object:
            polygon = almaty.district_polygons()["bostandyk"]

            rows, cols = np.nonzero(maxima.depth_m > 1.0)
            xy = np.array([grid.xy_of(int(r), int(c)) for r, c in zip(rows, cols, strict=True)])
            inside = np.flatnonzero(shapely.contains_xy(polygon.buffer(-150.0), xy[:, 0], xy[:, 1]))
            x, y = xy[inside[0]]
            col = int((x - exposure.transform.c) // exposure.cell_size_m)
            row = int((exposure.transform.f - y) // exposure.cell_size_m)
            mine = exposure.district == "bostandyk"
            target = mine & (exposure.row == row) & (exposure.col == col)
            assert target.sum() == 1
            people = np.where(mine, 0.0, exposure.people)
            people[target] = exposure.people[mine].sum()
            return replace(exposure, people=people)

    after = count_districts(Moved(), grid, maxima)  # type: ignore[arg-type]

    def people(counts: list[dict[str, object]], district: str) -> float:
        found = next(count for count in counts if count["district"] == district)
        return float(sum(entry["people"] for entry in found["schemes"]["buwal"].values()))  # type: ignore[attr-defined]

    assert people(after, "bostandyk") > 5.0 * max(people(before, "bostandyk"), 1000.0)
    assert people(after, "medeu") == pytest.approx(people(before, "medeu"))


def test_twice_the_volume_never_shrinks_the_footprint(almaty: Region, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    spec = plan(almaty, "kumbelsu-rain-2023-07-21", "no-dams", cell_size_m=90.0)
    doubled = spec.values
    doubled["scenario"]["mudflow_m3"] *= 2.0
    once, twice = (
        Grid.read(make_run(almaty, one, store).raster_path("depth_max_m")).values >= 0.1
        for one in (spec, RunSpec.of(doubled))
    )
    assert twice.sum() >= 0.98 * once.sum()
    assert once.sum() > 0


@pytest.mark.slow
def test_1921_reaches_people_in_the_city(almaty: Region, store: RunStore) -> None:
    run = make_run(almaty, plan(almaty, "malaya-almatinka-1921", "then", cell_size_m=90.0), store)
    answer = compare(almaty, store, "malaya-almatinka-1921", ["then"], cell_size_m=90.0)
    assert answer.run_ids["then"] == run.id
    assert answer.city["then"]["people_exposed"] > 1000.0
