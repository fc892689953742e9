"""Values, features and tables: what JSON and spreadsheets must never see."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, shape

from risk_api.responses import strong_etag, to_json_bytes
from risk_api.serialise.features import Feature, collection_json, geometry_json
from risk_api.serialise.files import feature_file
from risk_api.serialise.plain import to_plain
from risk_api.serialise.rounding import difference, rounded, total
from risk_api.serialise.tables import csv_bytes, feature_table

SQUARE = Polygon([(76.0, 43.0), (76.0, 43.1), (76.1, 43.1), (76.1, 43.0)])  # clockwise on purpose
FEATURE = Feature(
    "one",
    geometry_json(SQUARE),
    {"name_kk": "Бір", "name_ru": "Один", "name_en": "One", "population": 12.0, "parts": [1, 2]},
)


@dataclass(frozen=True)
class Figure:
    value: float
    names: dict
    when: date | None = None


def test_plain_says_only_what_json_can():
    value = {
        "nan": float("nan"),
        "inf": np.float64("inf"),
        "count": np.int64(3),
        "row": np.array([1.5, np.nan]),
        "figure": Figure(2.0, {"kk": "а"}, date(2023, 6, 1)),
        "at": datetime(2026, 1, 2, tzinfo=UTC),
        "set": {"b", "a"},
        "path": Path("/somewhere/private/run.json"),
        1: None,
    }
    plain = to_plain(value)
    assert plain == {
        "nan": None,
        "inf": None,
        "count": 3,
        "row": [1.5, None],
        "figure": {"value": 2.0, "names": {"kk": "а"}, "when": "2023-06-01"},
        "at": "2026-01-02T00:00:00+00:00",
        "set": ["a", "b"],
        "path": "run.json",
        "1": None,
    }
    json.dumps(plain, allow_nan=False)


def test_plain_refuses_what_it_cannot_say():
    with pytest.raises(TypeError):
        to_plain(object())


def test_nan_never_reaches_an_answer():
    with pytest.raises(ValueError, match="JSON"):
        to_json_bytes({"x": float("nan")})


def test_rings_run_by_the_right_hand():
    ring = shape(FEATURE.geometry).exterior
    assert ring.is_ccw
    assert next(iter(ring.coords)) == list(ring.coords)[-1]


def test_a_feature_is_named_in_the_language_asked_and_in_all():
    document = collection_json([FEATURE], "kk", {"numberMatched": 1})
    (feature,) = document["features"]
    assert feature["properties"]["name"] == "Бір"
    assert feature["properties"]["name_en"] == "One"
    assert feature["id"] == "one"
    assert document["numberMatched"] == 1
    assert "crs" not in document


@given(st.floats(75.9, 76.2), st.floats(42.9, 43.2), st.floats(0.001, 0.2), st.floats(0.001, 0.2))
def test_the_bbox_filter_is_exact_on_a_square(west, south, width, height):
    box = (west, south, west + width, south + height)
    overlaps = box[0] <= 76.1 and box[2] >= 76.0 and box[1] <= 43.1 and box[3] >= 43.0
    assert FEATURE.touches(box) == overlaps


def test_the_bbox_filter_looks_at_the_geometry_not_its_bounds():
    triangle = Feature("t", geometry_json(Polygon([(0, 0), (1, 0), (0, 1)])), {})
    assert not triangle.touches((0.8, 0.8, 0.9, 0.9))
    assert triangle.touches((0.1, 0.1, 0.2, 0.2))


def test_csv_is_utf8_for_spreadsheets_and_runs_no_formula():
    text = csv_bytes(["a", "b"], [{"a": "=1+1", "b": None}, {"a": "Қ", "b": -3}])
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[0]["a"] == "'=1+1"
    assert rows[0]["b"] == ""
    assert rows[1] == {"a": "Қ", "b": "-3"}


def test_feature_table_gives_points_their_coordinates():
    point = Feature("p", {"type": "Point", "coordinates": [76.5, 43.5]}, {"name_en": "P"})
    rows = list(csv.DictReader(io.StringIO(feature_table([point], "en").decode("utf-8-sig"))))
    assert rows[0]["lon"] == "76.5"
    assert rows[0]["lat"] == "43.5"


@pytest.mark.parametrize("format", ["gpkg", "fgb", "parquet"])
def test_files_hold_the_features(format, tmp_path):
    import geopandas

    path = tmp_path / f"layer.{format}"
    path.write_bytes(feature_file([FEATURE], format, "layer"))
    frame = geopandas.read_parquet(path) if format == "parquet" else geopandas.read_file(path)
    assert len(frame) == 1
    assert frame["population"].iloc[0] == 12.0
    assert frame["name_kk"].iloc[0] == "Бір"
    assert frame.crs.equals("OGC:CRS84") or frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].equals(SQUARE)


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_etags_are_equal_exactly_for_equal_bytes(a, b):
    assert (strong_etag(a) == strong_etag(b)) == (a == b)


counts_by_district = st.lists(
    st.fixed_dictionaries(
        {
            "people_exposed": st.floats(0, 1e6),
            "people_by_class": st.fixed_dictionaries(
                {"strong": st.floats(0, 1e6), "weak": st.floats(0, 1e6)}
            ),
            "area_m2": st.floats(0, 1e8),
            "first_arrival_s": st.none() | st.floats(0, 1e5),
        }
    ),
    min_size=2,
    max_size=8,
)


@given(counts_by_district)
def test_shown_differences_and_totals_add_up_as_a_reader_would(districts):
    shown = [rounded(counts) for counts in districts]
    for counts, exact in zip(shown, districts, strict=True):
        # Half a unit, and the rounding of that half.
        assert counts["people_exposed"] == pytest.approx(exact["people_exposed"], abs=0.05 + 1e-9)
        assert counts["people_exposed"] == round(counts["people_exposed"], 1)
    a, b = shown[:2]
    times = [entry["first_arrival_s"] for entry in (a, b)]
    between = difference(a, b, {**a, "first_arrival_s": None if None in times else 0.0, "reached": "both"})
    assert between["people_exposed"] == round(b["people_exposed"] - a["people_exposed"], 1)
    assert between["people_by_class"]["strong"] == round(
        b["people_by_class"]["strong"] - a["people_by_class"]["strong"], 1
    )
    assert between["reached"] == "both"
    city = total(shown, {**a, "first_arrival_s": 5.0})
    assert city["people_exposed"] == round(sum(counts["people_exposed"] for counts in shown), 1)
    assert city["first_arrival_s"] == 5.0
