"""What `docs/clients.md` tells readers to type works as it stands there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas
import pytest

from tests.clients.headless_qgis import is_drawn

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"
BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language, mark=None):
    """Return the blocks of a language that carry a mark."""
    text = PAGE.read_text(encoding="utf-8")
    return [found[3] for found in BLOCK.finditer(text) if (found[1], found[2]) == (language, mark)]


def lines(mark=None):
    """Return the commands of the page, each whole."""
    joined = (block.replace("\\\n", " ") for block in blocks("sh", mark))
    return [line for block in joined for line in block.splitlines() if line]


def run(command, folder, **given):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **given
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give the folder that a reader works in."""
    return tmp_path_factory.mktemp("reader")


def test_every_block_of_the_page_is_run_here():
    marks = {(found[1], found[2]) for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
    assert marks == {
        ("python", None), ("python", "qgis"), ("python", "tiles"),
        ("sh", None), ("sh", "gdal"), ("html", None),
    }  # fmt: skip
    assert len(blocks("python")) == 4


@pytest.mark.parametrize("block", blocks("python"), ids=["geopandas", "owslib", "plain", "process"])
def test_python(city, folder, block):
    printed = run([sys.executable, "-W", "error", "-c", city.here(block)], folder)
    assert len(printed.splitlines()) >= 2


@pytest.mark.parametrize("line", lines())
def test_curl(city, folder, line):
    if shutil.which("curl") is None:
        pytest.skip("no curl: apt-get install curl")
    run(["sh", "-c", city.here(line)], folder)
    (name,) = re.findall(r"-o (\S+)", line)
    written = folder / name
    assert written.stat().st_size > 100
    if written.suffix in (".gpkg", ".fgb", ".geojson"):
        assert len(geopandas.read_file(written)) > 0


@pytest.mark.parametrize("line", lines("gdal"))
def test_gdal_on_the_command_line(city, folder, line):
    if shutil.which("ogr2ogr") is None:
        pytest.skip("no GDAL commands: apt-get install gdal-bin")
    asked = city.log()
    # The environment of the tests may point other GDALs to their own files.
    kept = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    printed = run(["sh", "-c", city.here(line)], folder, env=kept)
    queries = [query for path, query in asked() if path.endswith("/items")]
    if line.startswith("ogrinfo"):
        assert "Feature Count: 8" in printed
    elif "-where" in line:
        frame = geopandas.read_file(folder / "big_districts.gpkg")
        assert 0 < len(frame) < 8
        assert (frame["population"] > 250_000).all()
    else:
        assert len(geopandas.read_file(folder / "in_box.geojson")) > 0
        assert any("bbox" in query for query in queries)


def test_qgis_in_five_minutes(city, qgis, folder):
    (block,) = blocks("python", "qgis")
    asked = city.log()
    told = qgis.run(
        city.here(block)
        + """
tell(valid=[districts.isValid(), footprint.isValid()], filtered=districts.featureCount(),
     crs=districts.crs().authid(), west=districts.extent().xMinimum(),
     fields=[field.name() for field in districts.fields()])
districts.setSubsetString("")
box = QgsRectangle(76.80, 43.15, 76.82, 43.17)
tell(all=sorted(feature["id"] for feature in districts.getFeatures()),
     in_box=[feature["id"] for feature in districts.getFeatures(QgsFeatureRequest(box))])
render([districts, footprint], "districts.png")
""",
        folder / "qgis",
    )
    assert told["valid"] == [True, True]
    # QGIS before 3.32 calls it so; longitude comes first all the same.
    assert told["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert 76 < told["west"] < 77
    assert len(told["all"]) == 8
    assert 0 < told["filtered"] < 8
    assert 0 < len(told["in_box"]) < 8
    assert {"population", "name_kk", "name_ru"} <= set(told["fields"])
    items = [query for path, query in asked() if path.endswith("/districts/items")]
    # Three at a time, as the address says, over the next links.
    assert {"3", "6"} <= {query["offset"][0] for query in items if "offset" in query}
    assert is_drawn(folder / "qgis" / "districts.png")
