"""One question at two resolutions: what a preview is, and that every answer says which it is."""

import pytest

from dam_models import Settings
from geodata import Region
from risk_api.answers import Answers
from risk_api.errors import BadParameter
from risk_api.runs import FINAL, PREVIEW, plan, quality_of


def test_a_preview_is_of_first_order_on_cells_twice_as_large(almaty: Region) -> None:
    final = plan(almaty, "kumbelsu-1977", "no-dams").values
    preview = plan(almaty, "kumbelsu-1977", "no-dams", quality=PREVIEW).values
    assert (final["order"], final["cell_size_m"]) == (2, almaty.run_cell_size_m)
    assert (preview["order"], preview["cell_size_m"]) == (1, 2.0 * almaty.run_cell_size_m)
    assert {key for key in final if final[key] != preview[key]} == {"order", "cell_size_m"}


def test_a_cell_size_that_is_asked_for_rules_over_the_quality(almaty: Region) -> None:
    fine = plan(almaty, "kumbelsu-1977", "no-dams", quality=PREVIEW, cell_size_m=30.0)
    assert (fine.values["order"], fine.values["cell_size_m"]) == (1, 30.0)
    assert fine.is_preview
    assert fine.id != plan(almaty, "kumbelsu-1977", "no-dams", cell_size_m=30.0).id


def test_final_is_the_default_and_gives_the_same_run(almaty: Region) -> None:
    assert quality_of(None) is FINAL
    named = plan(almaty, "kumbelsu-1977", "no-dams", quality=quality_of("final"))
    assert named.id == plan(almaty, "kumbelsu-1977", "no-dams").id
    assert not named.is_preview


def test_a_quality_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(BadParameter, match="'quality': allowed are preview, final"):
        quality_of("best")


def test_questions_of_two_qualities_are_two_questions(almaty: Region) -> None:
    answers = Answers(almaty, None)  # type: ignore[arg-type]
    final = answers.question("kumbelsu-1977", ["no-dams"])
    preview = answers.question("kumbelsu-1977", ["no-dams"], quality="preview")
    assert final != preview
    assert {spec.id for spec in answers.specs(final)}.isdisjoint(spec.id for spec in answers.specs(preview))
    # The default of the quality may be named, and is the same question then.
    assert answers.http_cell_size_m(60.0, "preview") is None
    assert answers.http_cell_size_m(30.0, "preview") == 30.0
    assert answers.http_cell_size_m(60.0) == 60.0


def test_the_engine_has_both_too() -> None:
    assert Settings.preview(cfl=0.4) == Settings(order=1, cfl=0.4)
    assert Settings.final() == Settings()


def test_a_preview_of_an_eroding_flow_keeps_the_cells(almaty: Region) -> None:
    preview = plan(almaty, "tuyuksu-1973-entrainment", "no-dams", quality=PREVIEW).values
    final = plan(almaty, "tuyuksu-1973-entrainment", "no-dams").values
    assert (preview["order"], final["order"]) == (1, 2)
    assert preview["cell_size_m"] == final["cell_size_m"]
