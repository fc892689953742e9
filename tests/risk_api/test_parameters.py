"""Query parameters are read strictly: what is not understood is refused, never ignored."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_api.errors import BadParameter
from risk_api.headers import by_preference
from risk_api.parameters import finite, parse_bbox, parse_list, parse_lonlat

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)


@given(longitudes, longitudes, latitudes, latitudes)
def test_a_bbox_is_read_exactly_or_refused_by_its_order(x1, x2, y1, y2):
    text = f"{x1!r},{y1!r},{x2!r},{y2!r}"
    if x1 < x2 and y1 < y2:
        assert parse_bbox(text) == (x1, y1, x2, y2)
    else:
        with pytest.raises(BadParameter) as caught:
            parse_bbox(text)
        assert caught.value.fields[0].field == "bbox"
        assert caught.value.status == 400


@given(st.text(max_size=60))
def test_no_text_breaks_the_bbox_parser(text):
    try:
        box = parse_bbox(text)
    except BadParameter:
        return
    assert box is not None
    west, south, east, north = box
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "nan,43,77,44",
        "76,43,inf,44",
        "77,43,76,44",
        "76,44,77,43",
        "76,43,76,44",
        "-181,43,77,44",
        "76,43,77,91",
        "76;43;77;44",
    ],
)
def test_bad_boxes(text):
    with pytest.raises(BadParameter):
        parse_bbox(text)


def test_no_bbox_is_no_filter():
    assert parse_bbox(None) is None


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "x", "", "1,5", "0x10"])
def test_numbers_must_be_finite(text):
    with pytest.raises(BadParameter) as caught:
        finite("lon", text)
    assert caught.value.fields[0].field == "lon"


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True, allow_infinity=True))
def test_points_are_on_the_globe_or_refused(lon, lat):
    on_globe = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
    if on_globe:
        assert parse_lonlat(repr(lon), repr(lat)) == (lon, lat)
    else:
        with pytest.raises(BadParameter):
            parse_lonlat(repr(lon), repr(lat))


def test_lists():
    assert parse_list("strategies", None, ("a", "b")) == ("a", "b")
    assert parse_list("strategies", "b, a", ()) == ("b", "a")
    for text in ("", "a,,b", "a,a", ","):
        with pytest.raises(BadParameter):
            parse_list("strategies", text, ())


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (None, []),
        ("", []),
        ("text/csv;q=0.1, application/geo+json", ["application/geo+json", "text/csv"]),
        ("a, b, c;q=0", ["a", "b"]),
        ("a;q=x, b;charset=utf-8;q=0.5", ["b"]),
        (" , ;q=1,,", []),
    ],
)
def test_weighted_headers(header, names):
    assert by_preference(header) == names
