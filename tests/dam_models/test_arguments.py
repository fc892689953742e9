"""Arguments of the wrong kind: one sentence that names them, whatever was given."""

from typing import Any

import numpy as np
import pytest

from dam_models import (
    FlowError,
    InvalidBed,
    InvalidDam,
    InvalidParameter,
    InvalidRelease,
    Manning,
    Release,
    simulate,
)

BED = np.zeros((5, 5))
POOL = Release.pool(np.ones((5, 5)))


def call(**change: Any) -> None:
    good: dict[str, Any] = {
        "bed_m": BED, "cell_size_m": 10.0, "releases": [POOL], "rheology": Manning(0.05), "duration_s": 1.0
    }  # fmt: skip
    simulate(**(good | change))


@pytest.mark.parametrize(
    ("change", "error", "field", "said"),
    [
        ({"rheology": None}, InvalidParameter, "rheology", "rheology is None; it is one of Voellmy"),
        ({"rheology": Manning}, InvalidParameter, "rheology", "one of"),
        ({"rheology": "voellmy"}, InvalidParameter, "rheology", "Manning"),
        ({"releases": POOL}, InvalidRelease, "releases", "a sequence of Release"),
        ({"releases": None}, InvalidRelease, "releases", "a sequence of Release"),
        ({"releases": [POOL, 5]}, InvalidRelease, "releases", r"releases\[1\] is 5; it is a Release"),
        ({"dams": None}, InvalidDam, "dams", "a sequence of Dam"),
        ({"dams": ["medeu"]}, InvalidDam, "dams", r"dams\[0\] is 'medeu'; it is a Dam"),
        (
            {"sections": [BED]},
            InvalidParameter,
            "sections",
            r"sections\[0\] is of type ndarray; it is a Section",
        ),
        ({"initial": BED}, InvalidParameter, "initial", "State or none"),
        ({"boundaries": "open"}, InvalidParameter, "boundaries", "Boundaries or none"),
        ({"settings": {}}, InvalidParameter, "settings", "Settings or none"),
        ({"erodible": 1.0}, InvalidParameter, "erodible", "ErodibleBed or none"),
        ({"outputs": ()}, InvalidParameter, "outputs", "Outputs or none"),
        ({"progress": 1}, InvalidParameter, "progress", "a function or none"),
        ({"duration_s": None}, InvalidParameter, "duration_s", "above 0"),
        ({"duration_s": "60"}, InvalidParameter, "duration_s", "above 0"),
        ({"duration_s": True}, InvalidParameter, "duration_s", "above 0"),
        ({"cell_size_m": None}, InvalidBed, "cell_size_m", "allowed"),
        ({"cell_size_m": "10"}, InvalidBed, "cell_size_m", "allowed"),
        ({"bed_m": None}, InvalidBed, "bed_m", "shape"),
        ({"bed_m": "flat"}, InvalidBed, "bed_m", "no array of numbers"),
        ({"bed_m": [[1.0, 2.0], [3.0]]}, InvalidBed, "bed_m", "no array of numbers"),
    ],
)
def test_what_is_of_another_kind_is_refused_by_name(
    change: dict[str, Any], error: type[FlowError], field: str, said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        call(**change)
    assert caught.value.field == field


def test_numpy_numbers_and_tuples_are_taken() -> None:
    call(cell_size_m=np.float32(10.0), duration_s=np.int64(1), releases=(POOL,), dams=(), sections=())
