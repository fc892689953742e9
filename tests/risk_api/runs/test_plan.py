"""Which run answers a question: the same inputs give the same run, other inputs another."""

import pytest

from geodata import Region
from risk_api.errors import BadParameter, UnknownScenario, UnknownStrategy
from risk_api.runs import RunSpec, plan, strategy_ids


def ids(region: Region, scenario: str, **more: float) -> dict[str, str]:
    return {
        strategy: plan(region, scenario, strategy, **more).id
        for strategy in strategy_ids(region, region.scenarios[scenario])
    }


def test_strategies_that_differ_only_on_another_river_share_a_run(almaty: Region) -> None:
    found = ids(almaty, "kumbelsu-1977")
    assert found["ayusai"] == found["both"] == found["aksai-unfinished"]
    assert len({found["no-dams"], found["ayusai"], found["none-standing"]}) == 3


def test_aksai_tells_all_its_states_apart(almaty: Region) -> None:
    found = ids(almaty, "aksai-lake-outburst")
    assert found["no-dams"] == found["ayusai"] == found["none-standing"]
    assert len({found["no-dams"], found["both"], found["aksai-unfinished"]}) == 3
    assert "then" not in found


def test_then_takes_the_dams_of_the_day(almaty: Region) -> None:
    assert {dam["kind"] for dam in plan(almaty, "kumbelsu-1977", "then").values["dams"].values()} == {
        "absent"
    }
    kargaly = plan(almaty, "kargaly-2015-official", "then").values["dams"]["kargaly"]
    assert kargaly["kind"] == "in service"
    # 1973: Medeu stood, lower than today, with half the storage.
    medeu_then = plan(almaty, "tuyuksu-1973", "then").values["dams"]["medeu"]
    medeu_now = plan(almaty, "tuyuksu-1973", "ayusai").values["dams"]["medeu"]
    assert medeu_then["kind"] == medeu_now["kind"] == "in service"
    assert medeu_then["capacity_m3"] == pytest.approx(6.2e6)
    assert medeu_now.get("capacity_m3", 12e6) > medeu_then["capacity_m3"]
    rain = plan(almaty, "kumbelsu-rain-2023-07-06", "then").values["dams"]
    assert rain["ayusai"]["kind"] == "in service"


def test_an_id_is_stable_and_follows_every_input(almaty: Region) -> None:
    spec = plan(almaty, "kumbelsu-1977", "ayusai", cell_size_m=60.0)
    assert plan(almaty, "kumbelsu-1977", "ayusai", cell_size_m=60.0).id == spec.id
    assert plan(almaty, "kumbelsu-1977", "ayusai", cell_size_m=30.0).id != spec.id
    for path, value in (
        (("friction", "mu"), 0.05),
        (("scenario", "mudflow_m3"), 1.0),
        (("region", "version"), "other"),
        (("engine",), "other"),
        (("dams", "ayusai", "kind"), "clogged"),
    ):
        changed = spec.values
        target = changed
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        assert RunSpec.of(changed).id != spec.id


@pytest.mark.parametrize("scenario", ["nowhere", "", "KUMBELSU-1977"])
def test_unknown_scenarios_are_refused_with_those_there_are(almaty: Region, scenario: str) -> None:
    with pytest.raises(UnknownScenario, match="kumbelsu-1977"):
        plan(almaty, scenario, "ayusai")


def test_unknown_strategies_are_refused_with_those_there_are(almaty: Region) -> None:
    with pytest.raises(UnknownStrategy, match="no-dams"):
        plan(almaty, "kumbelsu-1977", "dams-of-gold")
    # A scenario that never happened has no day of its own.
    with pytest.raises(UnknownStrategy):
        plan(almaty, "aksai-lake-outburst", "then")


@pytest.mark.parametrize("cell_size_m", [0.0, -30.0, 5.0, 1e9, float("nan"), float("inf")])
def test_cell_sizes_out_of_range_are_refused(almaty: Region, cell_size_m: float) -> None:
    with pytest.raises(BadParameter, match="cell_size_m"):
        plan(almaty, "kumbelsu-1977", "ayusai", cell_size_m=cell_size_m)
