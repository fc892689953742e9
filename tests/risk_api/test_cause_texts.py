"""Causes in words."""

import pytest

from risk_api.cause_texts import cause_text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_ground_above_the_dam_is_said_only_where_there_is_some(language: str) -> None:
    names = {"ayusai": "Ayusai"}
    below = cause_text({"key": "passed_openings", "params": {"dams": ["ayusai"]}}, language, names)  # type: ignore[arg-type]
    both = cause_text(
        {"key": "passed_openings", "params": {"dams": ["ayusai"], "also_above": True}},
        language,  # type: ignore[arg-type]
        names,
    )
    assert "Ayusai" in below
    assert both.startswith(below)
    assert len(both) > len(below) + 10
