"""The embedded region against the figures that it is built from."""

import csv
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

import geodata
from geodata import FIELDS, Region, build_region, open_region
from geodata.course_raster import course_cells
from geodata.dam_placing import flood
from geodata.pits import find_pits

SOURCES = Path(geodata.__file__).parent / "sources" / "almaty"
SIZES = [30.0, 45.0, 60.0, 75.0, 90.0]


def rows(name: str) -> Iterator[dict[str, str]]:
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_people_and_buildings_equal_the_figures(almaty: Region) -> None:
    totals = almaty.exposure_grid().district_totals()
    stock = {row["d"]: float(row["bdg_tot"]) for row in rows("building_stock_by_district.csv")}
    given = {row["district"]: row for row in rows("district_population.csv")}
    assert set(totals) == set(given) == set(stock)
    for id, row in given.items():
        assert totals[id]["people"] == pytest.approx(float(row["population"]), abs=1e-6)
        assert totals[id]["buildings"] == pytest.approx(stock[id], abs=1e-6)
        properties = almaty.districts.loc[id]
        assert properties["kato"] == row["kato"]
        assert properties["population"] == float(row["population"])
        assert [properties[f"name_{c}"] for c in ("kk", "ru", "en")] == [
            row[f"name_{c}"] for c in ("kk", "ru", "en")
        ]


def test_nothing_is_scaled_to_the_city(almaty: Region) -> None:
    frame = almaty.districts
    assert almaty.city_population is not None
    assert almaty.city_population["value"] == 2_347_924
    assert frame["population"].sum() == 2_165_759
    assert sorted(frame.index[frame["precision"] == "lower bound"]) == ["auezov", "turksib"]


def test_both_counts_of_buildings_are_shown_where_they_differ(almaty: Region) -> None:
    centres: dict[str, float] = {}
    for row in rows("population_centres.csv"):
        centres[row["district"]] = centres.get(row["district"], 0) + float(row["residential_buildings"])
    frame = almaty.districts
    assert frame.loc["medeu", "buildings"] == 4832
    assert frame.loc["medeu", "buildings_of_centres"] == centres["medeu"] == 4452
    assert frame["buildings_of_centres"].drop("medeu").isna().all()


def test_exposure_lies_in_its_district_on_unique_cells(almaty: Region) -> None:
    grid = almaty.exposure_grid()
    keys = np.stack([grid.row, grid.col, grid.district_code])
    assert np.unique(keys, axis=1).shape == keys.shape
    assert grid.cell_size_m == 100
    x, y = grid.centres()
    for code, (id, polygon) in enumerate(almaty.district_polygons().items()):
        assert grid.district_ids[code] == id
        here = grid.district_code == code
        boxes = shapely.box(x[here] - 50, y[here] - 50, x[here] + 50, y[here] + 50)
        assert shapely.intersects(polygon, boxes).all()


def test_people_live_around_their_centres(almaty: Region) -> None:
    grid = almaty.exposure_grid()
    x, y = grid.centres()
    wanted: dict[str, Any] = {}
    for row in rows("population_centres.csv"):
        wanted.setdefault(row["district"], []).append(
            (float(row["lon"]), float(row["lat"]), float(row["share_of_district_population"]))
        )
    for code, id in enumerate(grid.district_ids):
        lon, lat, share = (np.array(v) for v in zip(*wanted[id], strict=True))
        cx, cy = almaty.to_metric(lon, lat)
        here = grid.district_code == code
        mean = np.average(x[here], weights=grid.people[here]), np.average(y[here], weights=grid.people[here])
        # Medeu's widest centre spreads 2.3 km and is cut by the border.
        distance = np.hypot(mean[0] - np.average(cx, weights=share), mean[1] - np.average(cy, weights=share))
        assert distance < 700, id


def test_districts_share_their_edges(almaty: Region) -> None:
    polygons = almaty.district_polygons()
    for (one, a), (other, b) in combinations(polygons.items(), 2):
        assert a.intersection(b).area < 100.0, (one, other)
    whole = shapely.union_all(list(polygons.values()))
    assert whole.area == pytest.approx(sum(p.area for p in polygons.values()), rel=1e-6)
    holes = [shapely.Polygon(ring).area for part in shapely.get_parts(whole) for ring in part.interiors]
    assert sum(holes) < 10_000.0
    assert 690e6 < whole.area < 720e6, "703.5 km2 are published"


def test_every_name_is_there_in_three_languages(almaty: Region) -> None:
    for layer in FIELDS:
        for feature in almaty.features(layer):
            for code in ("kk", "ru", "en"):
                assert feature["properties"][f"name_{code}"].strip(), (layer, feature["id"])
    things = [*almaty.scenarios.values(), *almaty.strategies.values(), almaty.course("aksai")]
    assert all(thing.names[code].strip() for thing in things for code in ("kk", "ru", "en"))
    assert all(
        a.title[code].strip() and a.why[code].strip() and a.source
        for a in almaty.assumptions.values()
        for code in ("kk", "ru", "en")
    )
    assert all(s.description[code].strip() for s in almaty.strategies.values() for code in ("kk", "ru", "en"))


def test_layers_follow_their_field_tables(almaty: Region) -> None:
    for layer, fields in FIELDS.items():
        known = {field.name for field in fields}
        assert known >= {"id", "name_kk", "name_ru", "name_en"}
        assert all(set(field.title) == {"kk", "ru", "en"} for field in fields)
        assert len(known) == len(fields)
        assert almaty.features(layer), layer


def test_eight_gorges_cut_from_the_terrain(almaty: Region) -> None:
    frame = almaty.gorges
    assert sorted(frame.index) == sorted(
        [
            "aksai",
            "ayusai",
            "kargaly",
            "bolshaya-almatinka",
            "kumbelsu",
            "prokhodnaya",
            "malaya-almatinka",
            "butakovka",
        ]
    )
    ratio = frame["area_m2"] / frame["area_of_table_m2"]
    # GEBCO is coarse: the large catchments agree within a tenth, the small ones within a third.
    assert ratio.drop(["kumbelsu", "ayusai"]).between(0.9, 1.1).all()
    assert ratio.between(0.66, 1.34).all()
    metric = frame.to_crs(almaty.crs)
    np.testing.assert_allclose(metric.area / frame["area_m2"], 1, atol=0.03)
    whole = metric.geometry["bolshaya-almatinka"]
    for inner in ("ayusai", "kumbelsu", "prokhodnaya"):
        assert metric.geometry[inner].intersection(whole).area > 0.97 * metric.geometry[inner].area
    assert frame.loc["bolshaya-almatinka", "dams"] == ["ayusai", "bolshaya-almatinka"]
    assert frame.loc["malaya-almatinka", "dams"] == ["medeu", "mynzhylky"]


@pytest.mark.parametrize("size", SIZES)
def test_beds_fall_unbroken_at_any_cell_size(almaty: Region, size: float) -> None:
    ground = almaty.terrain(size)
    assert not np.isnan(ground.values).any()
    for id, river in almaty.rivers_by_id.items():
        cells = course_cells(ground, river)
        bed = ground.values[cells.rows, cells.cols]
        if river.joins is not None:
            # On reaching its receiver a course shares that river's cells and their beds.
            own = cells.chainage_m < river.length_m - 3 * size
            bed = bed[own]
        assert (np.diff(bed) <= 1e-9).all(), id
        table = np.interp(cells.chainage_m[: len(bed)], river.chainage_m, river.bed_elevation_m)
        assert np.abs(bed - table).max() < 0.2 * size, id


def test_beds_are_those_of_the_table_or_lower(almaty: Region) -> None:
    for row in rows("river_profiles.csv"):
        river = almaty.course(row["river"])
        bed = river.bed_at(float(row["chainage_km"]) * 1000)
        assert bed <= float(row["bed_elevation_m"]) + 0.01
        assert bed >= float(row["bed_elevation_m"]) - 90.0


def test_terrain_has_no_pits_in_the_gorges(almaty: Region) -> None:
    pits, _, _ = find_pits(almaty.terrain(60.0), at_least_m=1.0)
    gorges = shapely.union_all(list(almaty.gorges.to_crs(almaty.crs).geometry))
    ground = almaty.terrain(60.0)
    swallowed = [pit for pit in pits if gorges.contains(shapely.Point(*ground.xy_of(pit.row, pit.col)))]
    assert swallowed == []


def test_dams_hold_their_capacity_below_the_spill_on_the_cells_of_the_runs(almaty: Region) -> None:
    """Counted cell by cell up to the lowest point of the crest; what cannot be met is in the report."""
    assert almaty.run_cell_size_m == 30.0
    ground = almaty.terrain(30.0)
    for id, site in almaty.dam_sites.items():
        placed = almaty.place_dam(id, ground)
        weir = site.weir.below_crest_m if site.weir is not None else 0.0
        assert placed.spill_elevation_m == pytest.approx(placed.crest_elevation_m - weir)
        below = np.where(placed.pool, np.maximum(placed.spill_elevation_m - ground.values, 0.0), 0.0)
        volume = float(below.sum()) * 900.0
        assert placed.capacity_m3 == pytest.approx(volume, rel=1e-6)
        assert placed.storage_factor == pytest.approx(site.capacity_m3.value / volume)
        assert site.fit is not None
        not_met = {entry["figure"]: entry for entry in site.fit["not_met"]}
        met = abs(volume / site.capacity_m3.value - 1.0) <= 0.05
        assert met == ("capacity_m3" not in not_met), id
        assert met == (id not in ("medeu", "mynzhylky")), id
    ayusai = almaty.place_dam("ayusai", ground)
    assert ayusai.crest_elevation_m - ayusai.spill_elevation_m == 3.5
    assert ayusai.capacity_m3 == pytest.approx(2.3e6, rel=0.01)
    assert ayusai.volume_m3[-1] > 1.2 * ayusai.capacity_m3, "the curve goes on to the wing crest"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dam", ["ayusai", "aksai", "kargaly", "bolshaya-almatinka", "medeu", "mynzhylky"])
def test_every_dam_closes_its_valley(almaty: Region, size: float, dam: str) -> None:
    ground = almaty.terrain(size)
    placed = almaty.place_dam(dam, ground)
    raised = ground.values.copy()
    raised[placed.rows, placed.cols] = np.maximum(placed.bed_m, placed.crest_elevation_m)
    nothing = np.zeros(ground.shape, dtype=bool)
    wet = flood(raised, placed.outlet_upstream, placed.crest_elevation_m - 0.01, nothing)
    assert wet.any()
    assert not wet[placed.outlet_downstream]
    assert wet.sum() * size**2 < 1e6, "the pool is a pool"
    assert ground.values[placed.outlet_downstream] < placed.bed_elevation_m + 1.0
    site = almaty.dam_sites[dam]
    if size <= 60 and dam != "mynzhylky":
        assert site.capacity_m3.low * 0.9 <= placed.capacity_m3 <= site.capacity_m3.high * 1.1
    assert 0.7 < placed.storage_factor < 1.45


def test_dams_agree_with_their_figures_at_the_stored_cell_size(almaty: Region) -> None:
    ground = almaty.terrain(60.0)
    for row in rows("dam_sites.csv"):
        site, placed = almaty.dam_sites[row["dam"]], almaty.place_dam(row["dam"], ground)
        published = almaty.to_metric(float(row["lon"]), float(row["lat"]))
        there = almaty.to_metric(site.lon, site.lat)
        assert np.hypot(there[0] - published[0], there[1] - published[1]) <= float(row["position_error_m"])
        assert 1 / 1.25 < placed.storage_factor < 1.25
        if row["crest_elevation_m"]:
            assert placed.crest_elevation_m == float(row["crest_elevation_m"])
        else:
            assert placed.crest_elevation_m - placed.bed_elevation_m == pytest.approx(
                site.height_m.value, abs=4.0
            )
        assert site.fit is not None
        assert site.fit["ground_moved_most_m"] <= 40.0
    assert almaty.place_dam("ayusai", ground).crest_length_m == pytest.approx(330, rel=0.2)


def test_medeu_is_built_from_its_figures(almaty: Region) -> None:
    """The terrain holds no dam: without it the bed falls from the bowl to 1704 m, with it the bowl closes."""
    ground = almaty.terrain(60.0)
    site, placed = almaty.dam_sites["medeu"], almaty.place_dam("medeu", ground)
    assert not site.in_terrain
    assert placed.removal_rows.size == 0
    assert placed.crest_elevation_m == 1885
    assert placed.level_m[0] == pytest.approx(1831, abs=15)
    assert 9.5e6 < placed.capacity_m3 < 12.6e6
    river = almaty.course("malaya-almatinka")
    cells = course_cells(ground, river)
    below = (cells.chainage_m > 10_000) & (cells.chainage_m < 12_100)
    bed = ground.values[cells.rows[below], cells.cols[below]]
    assert bed[-1] == pytest.approx(1704, abs=8)
    assert (np.diff(bed) <= 0).all()


def test_dated_states(almaty: Region) -> None:
    def kinds(day: date) -> dict[str, str]:
        return {id: site.state_on(day).kind for id, site in almaty.dam_sites.items()}

    today = {
        "kargaly": "in service",
        "bolshaya-almatinka": "in service",
        "medeu": "in service",
        "mynzhylky": "in service",
    }
    assert kinds(date(1921, 7, 8)) == dict.fromkeys(almaty.dam_sites, "absent")
    assert kinds(date(1977, 8, 3))["bolshaya-almatinka"] == "absent"
    assert kinds(date(2015, 7, 23)) == {**today, "ayusai": "absent", "aksai": "absent"}
    assert kinds(date(2023, 5, 31))["ayusai"] == "absent"
    assert kinds(date(2023, 6, 1))["ayusai"] == "in service"
    assert kinds(date(2026, 11, 23)) == {**today, "ayusai": "in service", "aksai": "unfinished"}
    assert almaty.dam_sites["medeu"].state_on(date(1973, 7, 15)).capacity_m3 == 6.2e6
    assert almaty.dam_sites["medeu"].state_on(date(2020, 1, 1)).capacity_m3 == 12e6
    share = almaty.dam_sites["aksai"].state_of("unfinished").built_share
    assert share is not None
    assert (share.value, share.low, share.high) == (0.5, 0.2, 0.8)


def test_strategies_are_those_of_the_design(almaty: Region) -> None:
    assert list(almaty.strategies) == ["no-dams", "ayusai", "both", "aksai-unfinished", "none-standing"]
    others = {"kargaly", "bolshaya-almatinka", "medeu", "mynzhylky"}
    pair = {id: (s.states["ayusai"], s.states["aksai"]) for id, s in almaty.strategies.items()}
    assert pair == {
        "no-dams": ("absent", "absent"),
        "ayusai": ("in service", "absent"),
        "both": ("in service", "in service"),
        "aksai-unfinished": ("in service", "unfinished"),
        "none-standing": ("absent", "absent"),
    }
    for id, strategy in almaty.strategies.items():
        expected = "absent" if id == "none-standing" else "in service"
        assert {strategy.states[dam] for dam in others} == {expected}


def test_the_unfinished_fill_is_said_to_breach_in_every_language(almaty: Region) -> None:
    told = almaty.strategies["aksai-unfinished"].description
    assert "breach" in told["en"]
    assert "until" not in told["en"], "it is computed now"
    assert "assumptions" in told["en"]
    assert "прорвать" in told["ru"]
    assert "бұзылуы" in told["kk"]
    site = almaty.dam_sites["aksai"]
    assert almaty.strategies["aksai-unfinished"].state_of(site).can_breach
    assert almaty.strategies["both"].state_of(site).can_breach is False


def test_every_state_says_who_says_so(almaty: Region) -> None:
    for site in almaty.dam_sites.values():
        assert site.states[0].kind == "absent"
        for state in site.states:
            assert state.source, site.id
            assert state.confidence, site.id
    assert almaty.dam_sites["ayusai"].state_on(date(2023, 7, 21)).kind == "in service"
    assert almaty.dam_sites["ayusai"].state_on(date(2023, 7, 22)).kind == "clogged"
    assert almaty.dam_sites["aksai"].state_on(date(2024, 4, 12)).said_on == "2024-04-12"


def test_scenarios_are_those_of_the_table(almaty: Region) -> None:
    table = {row["scenario"]: row for row in rows("scenarios.csv")}
    assert list(almaty.scenarios) == list(table)
    for id, row in table.items():
        scenario = almaty.scenarios[id]
        assert scenario.mudflow_m3.value == float(row["mudflow_m3"])
        assert scenario.mudflow_m3.high == float(row["mudflow_high_m3"])
        assert scenario.water_m3.low == float(row["water_low_m3"])
        assert scenario.peak_discharge_m3_s.low == float(row["peak_low_m3_s"])
        assert scenario.peak_discharge_m3_s.high == float(row["peak_high_m3_s"])
        assert scenario.date == (date.fromisoformat(row["date"]) if row["date"] else None)
        assert scenario.bulking == (row["bulking"] or "fixed")
        released = row["water_m3"] if row["bulking"] == "entrainment" else row["mudflow_m3"]
        assert scenario.duration_s == pytest.approx(2 * float(released) / float(row["peak_discharge_m3_s"]))
        assert scenario.material == ("liquid" if row["trigger"] == "rain" else "debris")
        assert scenario.annual_frequency is None
        assert scenario.rise_share == 0.2
        x, y = almaty.xy(scenario.lon, scenario.lat)
        assert almaty.course(scenario.river).nearest(x, y)[1] < 5.0, "releases lie on the course"


def test_dams_that_a_flow_meets(almaty: Region) -> None:
    met = {}
    for id, scenario in almaty.scenarios.items():
        met[id] = almaty.dams_downstream(scenario.river, *almaty.xy(scenario.lon, scenario.lat))
    assert met["kumbelsu-1977"] == ("ayusai", "bolshaya-almatinka")
    assert met["prokhodnaya-lake-outburst"] == ("bolshaya-almatinka",)
    assert met["aksai-lake-outburst"] == ("aksai",)
    assert met["kargaly-2015-official"] == ("kargaly",)
    assert met["tuyuksu-1973"] == ("mynzhylky", "medeu")
    assert met["malaya-almatinka-1921"] == (), "it starts below Medeu"
    path = almaty.path_downstream("kargaly", *almaty.course("kargaly").at(20_000))
    assert [river for river, _ in path] == ["kargaly", "aksai"]


def test_openings_say_that_they_are_assumed(almaty: Region) -> None:
    for site in almaty.dam_sites.values():
        for opening in site.openings:
            assert opening.area_m2.low < opening.area_m2.value < opening.area_m2.high
            assert opening.why
            assert opening.passes == "fluid"
    (kargaly,) = almaty.dam_sites["kargaly"].openings
    discharge = kargaly.discharge_coefficient.value * kargaly.area_m2.value * np.sqrt(2 * 9.81 * 30.0)
    assert 10.0 <= discharge <= 12.0
    assert "not validation" in kargaly.why
    (mynzhylky,) = almaty.dam_sites["mynzhylky"].openings
    full = mynzhylky.discharge_coefficient.value * mynzhylky.area_m2.value * np.sqrt(2 * 9.81 * 17.0)
    assert full == pytest.approx(25.0, rel=0.05)
    weir = almaty.dam_sites["ayusai"].weir
    assert weir is not None
    assert (weir.width_m, weir.below_crest_m) == (46.0, 3.5)


def test_lakes_events_and_facilities(almaty: Region) -> None:
    assert {"big-almaty-lake", "sovetov-13-bis", "tuyuksu-2", "mametova-6", "kargaly-1"} <= set(
        almaty.lakes.index
    )
    event = almaty.events.loc["kargaly-2015"]
    assert "40,000" in event["water_m3"]
    assert "325,000" in event["water_m3"], "sources that disagree stand side by side"
    hospitals = almaty.facilities[almaty.facilities["kind"] == "hospital"]
    assert len(hospitals) == 10
    assert set(hospitals["confidence"]) == {"C"}


def test_terrain_says_what_it_is_good_for(almaty: Region) -> None:
    quality = almaty.terrain_quality
    assert quality["resolution_m"] >= 300
    assert "not for siting" in quality["statement"]["en"]
    assert quality["statement"]["kk"] != quality["statement"]["ru"]
    credits = {credit["layer"]: credit for credit in almaty.credits}
    assert "10.5285/f98b053b" in credits["terrain"]["text"]
    assert credits["districts"]["licence"] == "ODbL-1.0"
    assert "GFZ" in credits["exposure"]["text"]


def test_every_layer_names_its_source_and_licence(almaty: Region) -> None:
    layers = tomllib.loads((almaty.folder / "region.toml").read_text("utf-8"))["layers"]
    for name, layer in layers.items():
        assert layer.get("source", "").strip(), name
        assert layer.get("licence", "").strip(), name
    assert {credit["layer"] for credit in almaty.credits} == set(layers)
    licences = (SOURCES.parents[2] / "DATA-LICENCES.md").read_text("utf-8")
    for name in ("gorges", "strategies", "assumptions", "report"):
        assert re.search(rf"^\| {name}\b", licences, re.MULTILINE), name


def numbers(text: str) -> list[str]:
    """Numbers of a text, however its language writes them."""
    plain = re.sub(r"(?<=\d)[,\u00a0](?=\d{3}(?!\d))(?!\d{3}°)", "", text)
    return sorted(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", ".", plain)))


def test_texts_say_the_same_numbers_in_every_language(almaty: Region) -> None:
    texts = {f"why of {id}": a.why for id, a in almaty.assumptions.items()}
    texts |= {f"outcome of {id}": s.published_outcome for id, s in almaty.scenarios.items()}
    assert len(texts) == len(almaty.assumptions) + len(almaty.scenarios)
    for what, text in texts.items():
        assert not isinstance(text, str), what
        assert len({text[code] for code in ("kk", "ru", "en")}) == 3, what
        assert numbers(text["kk"]) == numbers(text["ru"]) == numbers(text["en"]), what
        assert re.search("[әғқңөұүһі]", text["kk"].lower()), f"{what} is Kazakh"
        assert re.search("[а-я]", text["ru"].lower()), f"{what} is Russian"
        assert not re.search("[әғқңөұүһі]", text["ru"].lower()), f"{what} is Russian"


def test_the_depth_of_the_fans_channels_says_whose_reading_it_is(almaty: Region) -> None:
    source = almaty.assumptions["fan_channel_depth_m"].source
    for said in ("own reading of SRTM3", "0.3 to 8 m", "reached nobody", "not from a published fact"):
        assert said in source


def test_every_assumption_is_read_by_code_or_from_a_dam(almaty: Region) -> None:
    given = tomllib.loads((SOURCES / "assumptions.toml").read_text("utf-8"))
    assert set(given) == set(almaty.assumptions)
    root = SOURCES.parents[2]
    code = "".join(
        path.read_text("utf-8") for name in ("geodata", "risk_api") for path in (root / name).rglob("*.py")
    )
    for id, entry in given.items():
        assert "from" in entry or f'"{id}"' in code, id


def test_the_region_is_small_and_knows_its_files(almaty: Region) -> None:
    files = list(almaty.folder.iterdir())
    assert sum(path.stat().st_size for path in files) < 3_000_000
    named = {
        layer["file"]
        for layer in tomllib.loads((almaty.folder / "region.toml").read_text("utf-8"))["layers"].values()
    }
    assert {path.name for path in files} == named | {"region.toml"}
    assert almaty.check() == []


def test_opening_imports_nothing_heavy() -> None:
    code = """
import sys
from geodata import open_region
region = open_region("almaty")
assert region.features("districts") and region.scenarios and region.strategies and region.dam_sites
heavy = ["geopandas", "pandas", "pyflwdir", "numba", "scipy", "exactextract", "pyarrow", "pyogrio"]
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_rebuilding_gives_the_committed_region(almaty: Region, tmp_path: Path) -> None:
    shares: list[float] = []
    out = build_region(
        SOURCES / "recipe.toml", tmp_path / "again", progress=lambda share, _: shares.append(share)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    again = open_region(out)
    for name in ("districts.geojson", "scenarios.json", "strategies.json", "assumptions.json",
                 "lakes.geojson", "events.geojson", "facilities.geojson", "rivers.geojson"):  # fmt: skip
        assert (out / name).read_bytes() == (almaty.folder / name).read_bytes(), name
    ours, theirs = again.terrain(60.0), almaty.terrain(60.0)
    assert ours.transform == theirs.transform
    # Other releases of GDAL and SciPy may differ in the last digits of a spline; heights are kept in 0.125 m.
    assert np.abs(ours.values - theirs.values).max() <= 0.5
    assert np.abs(ours.values - theirs.values).mean() < 0.01
    for id, people in again.exposure_grid().district_totals().items():
        assert people == pytest.approx(almaty.exposure_grid().district_totals()[id], abs=1e-6)
    for id, site in again.dam_sites.items():
        np.testing.assert_allclose(site.axis_lonlat, almaty.dam_sites[id].axis_lonlat, atol=1e-4)
    np.testing.assert_allclose(again.gorges["area_m2"], almaty.gorges["area_m2"], rtol=0.01)
