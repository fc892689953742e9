"""The benchmark of ground motion reads its figures right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import seismic
from benchmarks.measure import Measurement


def test_figures_stand_beside_their_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"models_s": 0.06, "map_s": 0.2, "bare_s": 0.01, "pygmm_s": 28.0}
    figures |= {"hazard_s": 6.0, "ruptures": 11_000, "branches": 8}
    figures |= {"districts_s": 0.2, "annual_s": 11.0, "places": 272, "realisations": 600}
    monkeypatch.setattr(seismic, "figures_of", lambda _module: figures)
    models, whole_map, curves, districts, annual = seismic.measure(Path())
    assert isinstance(models, Measurement)
    assert isinstance(whole_map, Measurement)
    assert isinstance(curves, Measurement)
    assert (curves.measured, curves.budget, curves.verdict) == (6.0, 5.0, "over")
    assert (models.measured, models.budget, models.verdict) == (0.06, 0.05, "over")
    assert (whole_map.measured, whole_map.verdict) == (0.2, "within")
    assert "28 s" in models.note
    assert isinstance(districts, Measurement)
    assert isinstance(annual, Measurement)
    assert (districts.measured, districts.budget, districts.verdict) == (0.2, 0.3, "within")
    assert (annual.measured, annual.verdict) == (11.0, "over")


def test_the_other_code_is_asked_the_same_of_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seismic, "SITES_OF_PYGMM", 2)
    assert seismic.pygmm_s(np.array([400.0, 700.0]), np.array([10.0, 30.0])) > 0.0
