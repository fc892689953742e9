import pytest

from risk_api.alerts.clock import parse_instant
from risk_api.alerts.situation import Reached, Situation


def district(key, arrival_s=600.0, exposed=100.0, affected=50.0, strong=10.0, names=None, ground_s=2.0):
    """Give a district whose first resident is reached at `arrival_s`; None where it has only ground."""
    names = names or {"kk": f"{key} ауданы", "ru": f"{key} район", "en": f"{key} district"}
    return Reached(key, "751710000", names, exposed, affected, strong, ground_s, arrival_s)


@pytest.fixture
def make_situation():
    def make(*districts, end_s=3600.0):
        return Situation(
            scenario="burst",
            strategy="no-dams",
            run_id="abc123",
            names={"kk": "Жарылу", "ru": "Прорыв", "en": "Burst"},
            region={"kk": "Аңғар", "ru": "Долина", "en": "Valley"},
            districts=districts or (district("a"),),
            end_s=end_s,
            ring=((76.9, 43.1), (77.0, 43.1), (77.0, 43.2), (76.9, 43.1)),
        )

    make.district = district
    return make


@pytest.fixture
def night():
    return parse_instant("start", "2026-07-23T02:15:00+05:00")
