"""A flow that takes its solids in the gorge: where it may, how much, and what the answer says of it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from geodata import Region, open_region
from risk_api.runs import RunStore, plan
from risk_api.runs.eroding import erodible_depth_m, erodible_of
from risk_api.runs.make import make_run

SCENARIO = "tuyuksu-1973-entrainment"
ASSUMED = {
    "erodible_volume_m3_per_m": 600.0,
    "valley_floor_width_m": 30.0,
    "erosion_slope_min": 0.03,
    "erosion_critical_shear_pa": 200.0,
    "erosion_rate_m_s": 0.025,
    "bed_solids_fraction": 0.65,
    "bed_saturation": 0.6,
}


def test_only_a_scenario_with_entrainment_carries_a_bed(almaty: Region) -> None:
    taking, fixed = plan(almaty, SCENARIO, "then").values, plan(almaty, "tuyuksu-1973", "then").values
    assert "entrainment" not in fixed
    assert erodible_of(almaty, almaty.terrain(60.0), fixed) is None
    assert fixed["scenario"]["mudflow_m3"] == 5.3e6
    assert "mudflow_m3" not in taking["scenario"]
    assert taking["scenario"]["water_m3"] == 224_000.0
    # The published half hour.
    assert 2.0 * 224_000.0 / taking["scenario"]["peak_discharge_m3_s"] == pytest.approx(1800.0, rel=0.01)
    assumed = {key: assumption.value for key, assumption in almaty.assumptions.items()}
    assert taking["entrainment"]["saturation"] == assumed["bed_saturation"]
    assert taking["entrainment"]["solids_cap"] == assumed["solids_packing_fraction"]


@pytest.mark.parametrize("cell_m", [15.0, 30.0, 60.0])
def test_the_bed_holds_the_same_volume_on_every_grid_and_none_in_bowls(almaty: Region, cell_m: float) -> None:
    values = plan(almaty, SCENARIO, "then", cell_size_m=cell_m).values
    grid = almaty.terrain(cell_m)
    depth = erodible_depth_m(almaty, grid, values["scenario"], values["entrainment"])
    course = almaty.course("malaya-almatinka")
    start, _ = course.nearest(*almaty.to_metric(values["scenario"]["lon"], values["scenario"]["lat"]))
    length_m = depth.sum() * cell_m**2 / 600.0
    # By the table of the river: steeper than 0.1 from 3.01 to 10.02 km, and from the dam at 11.2 to 12.04 km.
    assert length_m == pytest.approx(7900.0, rel=0.05)
    for dam_id in values["dams"]:
        assert not depth[almaty.place_dam(dam_id, grid).pool].any()
    rows, cols = np.nonzero(depth)
    for row, col in zip(rows.tolist(), cols.tolist(), strict=True):
        chainage, away = course.nearest(*grid.xy_of(row, col))
        assert away < 1.5 * max(cell_m, 30.0)
        assert start - cell_m <= chainage <= course.mouth_chainage_m + cell_m


@pytest.fixture(scope="module")
def eroding_valley(valley: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small region with a scenario that takes its solids from the bed."""
    folder = tmp_path_factory.mktemp("eroding") / "valley"
    shutil.copytree(valley, folder)
    scenarios = json.loads((folder / "scenarios.json").read_text("utf-8"))
    taking = {**scenarios["burst"], "bulking": "entrainment"}
    (folder / "scenarios.json").write_text(
        json.dumps({**scenarios, "taking": taking}, ensure_ascii=False), "utf-8"
    )
    assumptions = json.loads((folder / "assumptions.json").read_text("utf-8"))
    for key, value in ASSUMED.items():
        assumptions[key] = {**assumptions["manning_n"], "value": value, "low": value, "high": value}
    (folder / "assumptions.json").write_text(json.dumps(assumptions, ensure_ascii=False), "utf-8")
    return folder


@pytest.fixture(scope="module")
def eroding_data(eroding_valley: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of both scenarios, with and without the dam."""
    data = tmp_path_factory.mktemp("eroding-data")
    region = open_region(eroding_valley)
    for scenario in ("taking", "burst"):
        for strategy in ("no-dams", "bar"):
            make_run(region, plan(region, scenario, strategy), RunStore(data / "runs"))
    return data


def test_a_run_says_what_the_water_grew_to_and_what_the_cap_did(
    eroding_valley: Path, eroding_data: Path
) -> None:
    region = open_region(eroding_valley)
    store = RunStore(eroding_data / "runs")
    summary = store.open(plan(region, "taking", "no-dams").id).summary
    told, budget = summary["bulking"], summary["budget"]
    assert told["kind"] == "entrainment"
    assert told["water_m3"] == 5000.0
    assert told["bulked_m3"] == pytest.approx(5000.0 + budget["entrained_m3"], abs=0.1)
    assert told["factor"] == pytest.approx(told["bulked_m3"] / 5000.0, abs=0.01)
    assert told["entrained_m3"] > 500.0
    assert told["entrained_solids_m3"] + told["entrained_water_m3"] == pytest.approx(told["entrained_m3"])
    assert budget["relative_error"] < 1e-10
    assert told["largest_solids_fraction"] <= told["solids_cap"] == 0.65
    assert told["bulked_m3"] <= told["largest_possible_m3"]
    # 0.65 of the bed is grains, 0.21 water: no more than 1.43 of it for each part of clear water.
    assert told["largest_possible_m3"] == pytest.approx(5000.0 * (1 + 0.86 * 0.65 / (0.65 - 0.65 * 0.86)))
    assert (told["cap_first_s"] is None) == (not told["cap_bound"])
    ready_made = store.open(plan(region, "burst", "no-dams").id).summary["bulking"]
    assert ready_made == {"kind": "fixed", "water_m3": 5000.0, "bulked_m3": 30_000.0, "factor": 6.0}


def test_the_answer_and_the_page_tell_it_and_list_what_it_rests_on(
    eroding_valley: Path, eroding_data: Path, make_client
) -> None:
    with make_client(eroding_data, region=str(eroding_valley)) as client:
        found = client.get("/v1/scenarios/taking").json()["properties"]
        assert found["bulking"] == "entrainment"
        for language, word in (("kk", "мың м³"), ("ru", "тыс. м³"), ("en", "thousand m³")):
            asked = {"scenario": "taking", "strategies": "no-dams,bar", "lang": language}
            answer = client.get("/v1/exposure", params=asked).json()
            for strategy in answer["strategies"]:
                assert strategy["bulking"]["kind"] == "entrainment"
                assert word in strategy["bulking"]["text"]
            page = client.get("/", params=asked).text
            assert answer["strategies"][0]["bulking"]["text"] in page
            used = {item["id"]: item["used"] for item in answer["assumptions"]}
            assert all(used[key] for key in ASSUMED)
            assert used["solids_packing_fraction"]
            assert used["scenario.taking.water_m3"]
            assert not used["scenario.taking.mudflow_m3"]
            for key in ("bed_saturation", "erosion_rate_m_s"):
                title = next(item["title"] for item in answer["assumptions"] if item["id"] == key)
                assert title in page
        plain = client.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams"}).json()
        used = {item["id"]: item["used"] for item in plain["assumptions"]}
        assert not any(used[key] for key in ASSUMED if key != "valley_floor_width_m")
