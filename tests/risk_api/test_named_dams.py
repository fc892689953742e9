"""A drawn dam is called what somebody called it, else in the reader's language, never by an unasked id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.i18n import LANGUAGES
from risk_api.named_dams import drawn_name, drawn_names, own_dam_id


@given(st.integers(0, 20))
def test_a_dam_without_a_name_is_told_by_its_number_in_every_language(position):
    named = drawn_names(own_dam_id(position))
    assert set(named) == set(LANGUAGES)
    assert len(set(named.values())) == len(LANGUAGES)
    for name in named.values():
        assert "own" not in name
        assert (str(position + 1) in name) == (position > 0)


@given(st.integers(0, 20), st.integers(0, 20))
def test_two_dams_are_never_called_the_same(one, other):
    for language in LANGUAGES:
        same = drawn_name(own_dam_id(one), language) == drawn_name(own_dam_id(other), language)
        assert same == (one == other)


@pytest.mark.parametrize("given_id", ["my-dam", "own-dam-x", "own", "an-own-dam", "ayusai"])
def test_a_name_that_somebody_gave_stays(given_id):
    assert {drawn_name(given_id, language) for language in LANGUAGES} == {given_id}
