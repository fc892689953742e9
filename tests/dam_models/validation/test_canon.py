"""The canon in its quick form keeps its tolerances."""

import pytest

from dam_models.validation import CASES, Case

SLOW = {"common-case-5-m"}


def _parameter(case: Case) -> object:
    marks = [pytest.mark.slow] if case.name in SLOW else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES if case.ci])
def test_case_keeps_its_tolerances(case: Case) -> None:
    outcome = case.run(quick=True)
    missed = [measure for measure in outcome.measures if not measure.passed]
    assert not missed, f"{missed}; {outcome.note}"


def test_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
