"""A fill that breaches and openings that clog, from the region's files to the run's record."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from geodata import LayerInvalid, Region, open_region
from risk_api.exposure import compare
from risk_api.runs import Run, RunStore, plan
from risk_api.runs.make import make_run


def figure(value: float) -> dict[str, Any]:
    return {"value": value, "low": value / 2, "high": value, "unit": "1", "source": "made up"}


FILL = {
    name: figure(value)
    for name, value in (
        ("erodibility_cm3_n_s", 100.0), ("critical_shear_pa", 5.0), ("crest_width_m", 5.0),
        ("upstream_slope", 1.5), ("downstream_slope", 1.5), ("solids_fraction", 0.7), ("saturation", 0.5),
        ("start_head_m", 0.05), ("start_after_s", 0.0),
    )
} | {"why": "made up"}  # fmt: skip
HALF = {"kind": "unfinished", "since": "2020-01-01", "built_share": figure(0.2), "source": "made up"}


def edited(valley: Path, folder: Path, state: dict[str, Any], **dam: Any) -> Region:
    """The small region with another state of its dam, as strategy `other`."""
    shutil.copytree(valley, folder)
    path = folder / "dams.geojson"
    dams = json.loads(path.read_text())
    properties = dams["features"][0]["properties"]
    properties["states"] = [{"kind": "in service", "since": "2010-01-01"}, state]
    properties.update(dam)
    path.write_text(json.dumps(dams))
    path = folder / "strategies.json"
    strategies = json.loads(path.read_text())
    strategies["other"] = strategies["bar"] | {"states": {"bar": state["kind"]}}
    path.write_text(json.dumps(strategies))
    return open_region(folder)


def made(region: Region, folder: Path, strategy: str) -> Run:
    return make_run(region, plan(region, "burst", strategy), RunStore(folder / "runs"))


def test_an_unfinished_fill_is_carried_away_and_joins_the_flow(valley: Path, tmp_path: Path) -> None:
    region = edited(valley, tmp_path / "breaching", HALF | {"can_breach": True}, fill=FILL)
    run = made(region, tmp_path, "other")
    (dam,) = run.dams
    assert dam["outcome"] == "breached"
    assert dam["breach"]["started"]
    assert 0.0 < dam["breach"]["eroded_fill_m3"] < dam["breach"]["eroded_m3"], "air is left out"
    assert [change["state"] for change in dam["changes"]][:3] == ["standing", "filling", "overtopped"]
    assert run.summary["budget"]["eroded_fill_m3"] == pytest.approx(dam["breach"]["eroded_fill_m3"], abs=0.1)
    assert run.summary["budget"]["relative_error"] < 1e-6
    answer = compare(region, RunStore(tmp_path / "runs"), "burst", ["other"])
    causes = {district.id: district.strategies["other"]["cause"]["key"] for district in answer.districts}
    assert causes["mouth"] == "breached"


def test_the_same_fill_that_cannot_breach_is_overtopped_and_another_run(valley: Path, tmp_path: Path) -> None:
    region = edited(valley, tmp_path / "holding", HALF, fill=FILL)
    spec = plan(region, "burst", "other")
    assert "breach" not in spec.values["dams"]["bar"]
    (dam,) = made(region, tmp_path, "other").dams
    assert dam["outcome"] == "unfinished overtopped"
    assert dam["breach"] is None


def test_a_breach_without_a_fill_is_refused(valley: Path, tmp_path: Path) -> None:
    with pytest.raises(LayerInvalid, match="can breach, but nothing is told of the dam's fill"):
        _ = edited(valley, tmp_path / "bare", HALF | {"can_breach": True}).dam_sites
    gone = {"kind": "absent", "since": "2020-01-01", "can_breach": True}
    with pytest.raises(LayerInvalid, match="nothing stands that could"):
        _ = edited(valley, tmp_path / "gone", gone, fill=FILL).dam_sites


def opening(clogs: bool) -> dict[str, Any]:
    return {
        "area_m2": figure(2.0), "discharge_coefficient": figure(0.6), "passes": "fluid", "clogs": clogs
    }  # fmt: skip


def with_clogging(folder: Path) -> None:
    path = folder / "assumptions.json"
    table = json.loads(path.read_text())
    for name, value in (("clogging_largest_share", 0.8), ("clogging_solids_m3_per_m2", 500.0)):
        table[name] = table["manning_n"] | {"value": value, "low": value / 2, "high": value}
    path.write_text(json.dumps(table))


def test_what_arrives_clogs_an_opening_and_its_peak_is_lower(valley: Path, tmp_path: Path) -> None:
    stands = {"kind": "in service", "since": "2020-01-01"}
    peak = {}
    for clogs in (False, True):
        folder = tmp_path / str(clogs)
        shutil.copytree(valley, folder / "valley")
        with_clogging(folder / "valley")
        region = edited(folder / "valley", folder / "region", stands, openings=[opening(clogs)])
        (dam,) = made(region, folder, "other").dams
        peak[clogs] = dam["passages"][0]["peak_m3_s"]
        blocked = dam["passages"][0]["blocked_share_end"]
        assert (blocked > 0.5) == clogs
        assert blocked <= 0.8
    assert peak[True] < peak[False]


def test_openings_that_clog_need_the_assumptions_that_say_how(valley: Path, tmp_path: Path) -> None:
    stands = {"kind": "in service", "since": "2020-01-01"}
    with pytest.raises(LayerInvalid, match="clogging_largest_share and clogging_solids_m3_per_m2"):
        edited(valley, tmp_path / "silent", stands, openings=[opening(True)])
