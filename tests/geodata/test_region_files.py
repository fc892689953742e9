"""Any region folder: formats, CRSs and data types that open, and what each broken thing is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.warp import Resampling, calculate_default_transform, reproject

from geodata import (
    Grid,
    LayerCorrupt,
    LayerInvalid,
    LayerMissing,
    RegionError,
    UnknownCellSize,
    UnknownDam,
    UnknownRegion,
    UnknownRiver,
    open_region,
)

X0, Y0 = 650_000.0, 4_780_000.0


def test_the_small_region_opens_and_holds_together(small: Any) -> None:
    region = open_region(small.save())
    assert region.check() == []
    assert region.id == "small"
    assert list(region.districts.index) == ["west", "east"]
    assert region.districts.loc["east", "buildings"] == 50
    assert region.lakes.empty
    assert region.strategies == {}
    assert region.dams_downstream("river", X0 + 1500, Y0 + 300) == ("dam",)
    assert region.dams_downstream("river", X0 + 1500, Y0 + 2500) == ()
    assert json.dumps(region.describe())


@pytest.mark.parametrize(
    ("suffix", "driver"), [("gpkg", "GPKG"), ("fgb", "FlatGeobuf"), ("shp", "ESRI Shapefile")]
)
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32643", "EPSG:3857"])
def test_vectors_of_any_format_and_crs(small: Any, suffix: str, driver: str, crs: str) -> None:
    reference = open_region(small.save())
    for name in ("districts", "rivers"):
        frame = (
            gpd.read_file(small.folder / f"{name}.geojson")
            .set_crs("OGC:CRS84", allow_override=True)
            .to_crs(crs)
        )
        path = small.folder / f"{name}.{suffix}"
        frame.to_file(path, driver=driver)
        small.layers[name] = {"file": path.name}
        if suffix == "shp":
            # A shapefile cuts names at ten characters.
            small.layers[name]["fields"] = {"population": "population"}
    region = open_region(small.save())
    for id, polygon in region.district_polygons().items():
        expected = reference.district_polygons()[id]
        assert polygon.symmetric_difference(expected).area < 1.0
    ours, theirs = region.course("river"), reference.course("river")
    np.testing.assert_allclose(ours.xy, theirs.xy, atol=0.05)
    np.testing.assert_allclose(ours.bed_elevation_m, theirs.bed_elevation_m, atol=0.01)
    for feature in region.features("districts"):
        ring = np.array(feature["geometry"]["coordinates"][0])
        if feature["geometry"]["type"] == "MultiPolygon":
            ring = ring[0]
        area = np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])
        assert area > 0, "outer rings run counter-clockwise (RFC 7946)"


@pytest.mark.parametrize("crs", ["EPSG:32643", "EPSG:4326", "EPSG:3857", "EPSG:32644"])
@pytest.mark.parametrize(
    ("dtype", "nodata"), [("int16", -32768), ("float32", float("nan")), ("float64", -9999.0), ("uint16", 0)]
)
def test_terrain_of_any_crs_type_and_nodata(small: Any, crs: str, dtype: str, nodata: float) -> None:
    ground = small.ground
    transform, width, height = calculate_default_transform(
        ground.crs, crs, ground.shape[1], ground.shape[0], *ground.bounds
    )
    values = np.full((height, width), np.nan)
    reproject(
        ground.values, values, src_transform=ground.transform, src_crs=ground.crs, dst_transform=transform,
        dst_crs=crs, dst_nodata=np.nan, resampling=Resampling.bilinear,
    )  # fmt: skip
    stored = np.where(np.isnan(values), nodata, np.round(values)).astype(dtype)
    with rasterio.open(
        small.folder / "terrain.tif", "w", driver="GTiff", width=width, height=height, count=1, dtype=dtype,
        crs=crs, transform=transform, nodata=nodata,
    ) as file:  # fmt: skip
        file.write(stored, 1)
    region = open_region(small.save())
    terrain = region.terrain(30.0)
    assert terrain.crs == "EPSG:32643"
    assert not np.isnan(terrain.values).any()
    for x, y in ((500.0, 700.0), (2200.0, 1800.0)):
        exact = 1000.0 - 0.05 * y + 0.5 * abs(x - 1500.0)
        here = terrain.values[terrain.index_of(X0 + x, Y0 + y)]
        assert here == pytest.approx(exact, abs=20.0)


def test_bed_from_the_terrain_where_the_rivers_give_none(small: Any) -> None:
    data = json.loads((small.folder / "rivers.geojson").read_text())
    for feature in data["features"]:
        feature["geometry"]["coordinates"] = [c[:2] for c in feature["geometry"]["coordinates"]]
    (small.folder / "rivers.geojson").write_text(json.dumps(data))
    river = open_region(small.save()).course("river")
    assert (np.diff(river.bed_elevation_m) <= 0).all()
    assert river.bed_at(1490.0) == pytest.approx(925.0, abs=15.0)


def test_fields_under_other_names(
    small: Any, make_district: Callable[..., Any], make_square: Callable[..., Any]
) -> None:
    feature = make_district("a", make_square(100, 100, 2900, 2900))
    feature["properties"] = {"code": 7, "people_2020": "12", "imya": "Район"}
    small.districts([feature])
    small.layers["districts"]["fields"] = {"id": "code", "population": "people_2020", "name_ru": "imya"}
    region = open_region(small.save())
    properties = region.features("districts")[0]["properties"]
    assert properties["id"] == "7"
    assert properties["population"] == 12
    assert properties["name_en"] == "Район", "a name in another language is better than none"


def expect(small: Any, error: type[RegionError], layer: str, field: str, *words: str) -> None:
    with pytest.raises(error) as caught:
        open_region(small.save()).check()
    assert caught.value.layer == layer
    assert field in caught.value.field
    assert repr(layer) in str(caught.value)
    assert caught.value.file in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_nothing_there() -> None:
    with pytest.raises(UnknownRegion, match="almaty"):
        open_region("/nowhere")


def test_head_of_the_region_file(small: Any) -> None:
    for key, bad in (
        ("id", "Not An Id"),
        ("crs", "EPSG:4326"),
        ("crs", "nonsense"),
        ("names", {"kk": "a"}),
        ("run_cell_size_m", 0),
    ):
        good = small.head.get(key)
        small.head[key] = bad
        expect(small, LayerInvalid, "region", key)
        if good is None:
            del small.head[key]
        else:
            small.head[key] = good
    small.save()
    (small.folder / "region.toml").write_text("= no toml", encoding="utf-8")
    with pytest.raises(LayerCorrupt, match=r"region\.toml"):
        open_region(small.folder)


def test_missing_layers_and_files(small: Any) -> None:
    small.layers["lakes"] = {"file": "lakes.geojson"}
    expect(small, LayerMissing, "lakes", "", "lakes.geojson")
    del small.layers["lakes"]
    small.layers["moon"] = {"file": "terrain.tif"}
    expect(small, LayerInvalid, "moon", "layers.moon", "allowed are")
    del small.layers["moon"]
    kept = small.layers.pop("rivers")
    expect(small, LayerMissing, "rivers", "layers.rivers")
    small.layers["rivers"] = kept
    del small.layers["population"]
    expect(small, LayerMissing, "exposure", "layers.exposure", "population")


def test_a_file_that_is_not_the_one_described(small: Any) -> None:
    small.layers["terrain"]["sha256"] = "0" * 64
    expect(small, LayerCorrupt, "terrain", "sha256", "0000")


def test_raster_without_crs_or_cut_short(small: Any) -> None:
    raw = (small.folder / "terrain.tif").read_bytes()
    (small.folder / "terrain.tif").write_bytes(raw[:60])
    expect(small, LayerCorrupt, "terrain", "")
    (small.folder / "terrain.tif").unlink()
    with rasterio.open(
        small.folder / "terrain.tif", "w", driver="GTiff", width=3, height=3, count=1, dtype="float32",
        transform=Affine(30, 0, X0, 0, -30, Y0),
    ) as file:  # fmt: skip
        file.write(np.zeros((3, 3), dtype="float32"), 1)
    expect(small, LayerInvalid, "terrain", "crs", "EPSG")


def test_voids_and_undeclared_nodata(small: Any) -> None:
    values = small.ground.values.copy()
    values[50, 50] = np.nan
    small.ground.like(values).write_cog(small.folder / "terrain.tif")
    expect(small, LayerInvalid, "terrain", "nodata", "1 cells")
    values[50, 50] = -32768
    small.ground.like(values).write_cog(small.folder / "terrain.tif")
    expect(small, LayerInvalid, "terrain", "height", "-500")


def test_overlapping_districts_beyond_a_sliver(
    small: Any, make_district: Callable[..., Any], make_square: Callable[..., Any]
) -> None:
    small.districts(
        [
            make_district("a", make_square(100, 100, 1500, 2900)),
            make_district("b", make_square(1495, 100, 2900, 2900)),
        ]
    )
    assert open_region(small.save()).check() == [], "five metres along a border are a sliver"
    small.districts(
        [
            make_district("a", make_square(100, 100, 1500, 2900)),
            make_district("b", make_square(1400, 100, 2900, 2900)),
        ]
    )
    expect(small, LayerInvalid, "districts", "geometry", "'a' and 'b' overlap", "1%")


@pytest.mark.parametrize(
    ("population", "word"), [(-5, "-5"), ("many", "many"), (None, "missing"), (float("nan"), "nan")]
)
def test_populations_that_cannot_be(
    small: Any, population: Any, word: str, make_district: Callable[..., Any], make_square: Callable[..., Any]
) -> None:
    small.districts([make_district("a", make_square(100, 100, 2900, 2900), population)])
    expect(small, LayerInvalid, "districts", "population", word)


def test_geometries_that_cannot_be(
    small: Any, make_district: Callable[..., Any], make_square: Callable[..., Any]
) -> None:
    good = make_square(100, 100, 2900, 2900)
    bowtie = {"type": "Polygon", "coordinates": [[good["coordinates"][0][i] for i in (0, 2, 1, 3, 0)]]}
    metric = {"type": "Polygon", "coordinates": [[[X0, Y0], [X0 + 9, Y0], [X0 + 9, Y0 + 9], [X0, Y0]]]}
    nan = {
        "type": "Polygon",
        "coordinates": [[[76.8, 43.1], [float("nan"), 43.2], [76.9, 43.2], [76.8, 43.1]]],
    }
    for geometry in (bowtie, metric, nan, {"type": "Point", "coordinates": [76.8, 43.1]}, None):
        small.districts([make_district("a", geometry)])
        expect(small, LayerInvalid, "districts", "geometry")
    small.districts([make_district("a", good), make_district("a", good)])
    expect(small, LayerInvalid, "districts", "id", "twice")
    (small.folder / "districts.geojson").write_text('{"type": "FeatureCollection"')
    expect(small, LayerCorrupt, "districts", "")


def test_rivers_and_dams_that_refer_to_nothing(small: Any, make_dam: Callable[..., Any]) -> None:
    small.write("dams", [make_dam(river="lethe")])
    expect(small, LayerInvalid, "dams", "river", "lethe", "river")
    small.write("dams", [make_dam(states=[{"kind": "floating"}])])
    expect(small, LayerInvalid, "dams", "dam", "floating", "absent, unfinished, in service")
    bad = make_dam()
    del bad["properties"]["opening"]
    small.write("dams", [bad])
    expect(small, LayerInvalid, "dams", "opening", "missing")
    small.write("dams", [make_dam()])
    data = json.loads((small.folder / "rivers.geojson").read_text())
    data["features"][0]["properties"]["joins"] = "lethe"
    (small.folder / "rivers.geojson").write_text(json.dumps(data))
    expect(small, LayerInvalid, "rivers", "joins", "lethe")


def test_scenarios_that_cannot_be(small: Any, make_scenario: Callable[..., Any]) -> None:
    figure = {"value": 5.0, "low": 6.0, "high": 7.0, "unit": "m3"}
    for over, field in (
        ({"river": "lethe"}, "river"),
        ({"lon": 70.0}, "lon"),
        ({"lat": float("nan")}, "lon"),
        ({"trigger": "meteor"}, "flow"),
        ({"mudflow_m3": figure}, "flow"),
        ({"date": "yesterday"}, "flow"),
    ):
        small.table("scenarios", {"flow": make_scenario(**over)})
        expect(small, LayerInvalid, "scenarios", field)
    broken = make_scenario()
    del broken["water_m3"]
    small.table("scenarios", {"flow": broken})
    expect(small, LayerInvalid, "scenarios", "flow.water_m3", "missing")


def test_strategies_name_known_dams_and_states(small: Any) -> None:
    names = {"kk": "a", "ru": "a", "en": "a"}
    for states, word in (({"ark": "absent"}, "ark"), ({"dam": "floating"}, "floating")):
        small.table("strategies", {"s": {"names": names, "description": names, "states": states}})
        expect(small, LayerInvalid, "strategies", "s", word)


def test_questions_that_have_no_answer(small: Any, make_valley: Callable[..., Grid]) -> None:
    region = open_region(small.save())
    with pytest.raises(UnknownRiver, match="river"):
        region.course("lethe")
    with pytest.raises(UnknownDam, match="dam"):
        region.place_dam("ark", make_valley(30.0))
    for size in (0.0, 9.0, 501.0, float("nan")):
        with pytest.raises(UnknownCellSize, match="10 to 500"):
            region.terrain(size)


def test_the_version_changes_with_any_byte(small: Any, tmp_path: Path) -> None:
    before = open_region(small.save()).version
    assert open_region(small.save()).version == before
    path = small.folder / "people.geojson"
    path.write_text(path.read_text() + "\n")
    assert open_region(small.save()).version != before


def test_a_terrain_cut_short_is_named_although_its_header_is_whole(small: Any) -> None:
    folder = Path(small.save())
    (terrain,) = folder.glob("*.tif")
    with rasterio.open(terrain) as source:
        values, profile = source.read(1), source.profile
    # Header first, then the values: cutting the end leaves a file that opens.
    profile.update(driver="GTiff", compress=None)
    with rasterio.open(terrain, "w", **profile) as target:
        target.write(values, 1)
    whole = terrain.read_bytes()
    terrain.write_bytes(whole[: len(whole) - values.nbytes // 2])
    with pytest.raises(LayerCorrupt, match=r"terrain.*cannot be read"):
        open_region(folder).terrain(30.0)
