"""What a process description says of its inputs is what is taken: both come from one model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from risk_api.errors import BadParameter
from risk_api.ogc.processes.catalogue import PROCESSES
from risk_api.ogc.processes.input_schemas import input_schemas
from risk_api.ogc.processes.prefer import LONGEST_WAIT_S, preference
from risk_api.ogc.processes.request import checked

#: Required inputs, so that only the one under test decides.
REST = {
    "compare": {},
    "simulate": {"scenario": "x"},
    "size-dam": {"dam": "x", "scenario": "x", "affected_below": 1.0},
    "quake": {},
}
NUMBERS = st.one_of(st.integers(-10, 10_000), st.floats(-1e6, 1e6), st.sampled_from([0, 0.0, 1e9, 1e10]))
TEXTS = st.one_of(st.text(max_size=90), st.sampled_from(["final", "preview", "clogged", "7", "a-b"]))
PLAIN = st.one_of(st.booleans(), NUMBERS, TEXTS)
POINT = st.lists(NUMBERS, min_size=1, max_size=3)
OPENING = st.dictionaries(
    st.sampled_from(["area_m2", "discharge_coefficient", "passes", "sill_above_bed_m", "other"]),
    st.one_of(st.floats(0.0, 1.5), st.sampled_from(["fluid", "water", None])), max_size=4,
)  # fmt: skip
OBJECT = st.fixed_dictionaries(
    {},
    optional={
        "axis": st.lists(POINT, max_size=4),
        "trace": st.lists(POINT, max_size=4),
        "height_m": st.one_of(st.none(), NUMBERS),
        "id": st.one_of(st.none(), TEXTS),
        "openings": st.one_of(st.none(), st.lists(OPENING, max_size=3)),
        "weir": st.one_of(
            st.none(), st.just({"width_m": 3.0, "below_crest_m": 1}), st.just({"width_m": 3.0})
        ),
        "state": TEXTS,
        "built_share": st.one_of(st.none(), st.floats(-0.5, 1.5)),
        "magnitude": NUMBERS,
        "dip_deg": NUMBERS,
        "lon": NUMBERS,
        "lat": NUMBERS,
        "depth_km": NUMBERS,
        "other": PLAIN,
    },
)
VALUES = st.one_of(
    PLAIN,
    OBJECT,
    st.lists(PLAIN, max_size=4),
    st.lists(OBJECT, max_size=3),
    st.dictionaries(TEXTS, OBJECT, max_size=2),
    st.dictionaries(TEXTS, NUMBERS, max_size=2),
)
INPUTS = [(process.id, name) for process in PROCESSES.values() for name in process.inputs.model_fields]


def refusal(process, name, value):
    """Return why a value is not taken, None if it is."""
    try:
        checked(process, {**REST[process.id], name: value}, "en")
    except BadParameter as error:
        return error
    return None


@pytest.mark.parametrize(("process_id", "name"), INPUTS)
@given(value=VALUES)
@settings(max_examples=30, deadline=None)
def test_what_the_description_allows_is_what_is_taken(process_id, name, value):
    process = PROCESSES[process_id]
    described = input_schemas(process, {})[name]
    schema = described["schema"]
    if name in process.several:
        most = described["maxOccurs"]
        schema = {"type": "array", "items": schema, "minItems": 1 if name == "strategies" else 0}
        schema |= {"maxItems": most} if most != "unbounded" else {}
    refused = refusal(process, name, value)
    assert OAS30Validator(schema).is_valid(value) == (refused is None), value
    if refused is not None:
        assert refused.status == 400
        assert all(entry.field.split("[")[0].split(".")[0] == name for entry in refused.fields)


@given(
    st.lists(st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30), max_size=3)
)
def test_any_prefer_header_can_be_read(headers):
    assert 0.0 <= preference(headers).wait_s <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("headers", "wait_s", "applied"),
    [
        ([], LONGEST_WAIT_S, ""),
        (["respond-async"], 0.0, "respond-async"),
        (["Respond-Async; x=1"], 0.0, "respond-async"),
        (["respond-async, wait=10"], 10.0, "respond-async, wait=10"),
        (["respond-async", "wait=10"], 10.0, "respond-async, wait=10"),
        (["wait=5"], 5.0, "wait=5"),
        (['wait="5"'], 5.0, "wait=5"),
        (["wait=999999"], LONGEST_WAIT_S, "wait=100"),
        (["wait=-1, wait=x"], LONGEST_WAIT_S, ""),
        (["respond-sync"], LONGEST_WAIT_S, "respond-sync"),
        (["respond-sync, respond-async"], LONGEST_WAIT_S, "respond-sync"),
        (["return=minimal"], LONGEST_WAIT_S, ""),
    ],
)
def test_preferences(headers, wait_s, applied):
    found = preference(headers)
    assert (found.wait_s, found.applied) == (wait_s, applied)
