"""A client of ``/ogc`` on the small valley: its layers, and the runs of one scenario."""

import json
import os
import sys

import pytest

from benchmarks.service import free_port, serving

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture(scope="session")
def ogc_valley(tmp_path_factory):
    """Give a folder of the valley with past events, some without a place or an exact date, and facilities."""
    from tests.risk_api.conftest import feature, lonlat, write_valley

    folder = write_valley(tmp_path_factory.mktemp("ogc") / "valley")
    point = {"type": "Point", "coordinates": list(lonlat(651_200.0, 4_777_000.0))}
    events = [
        feature("flood-1841", "Сел 1841", "Сель 1841", "Flood of 1841", None, date="1841", confidence="C"),
        feature("flood-2006", "Сел 2006", "Сель 2006", "Flood of 2006", point, date="2006-06",
                confidence="A", trigger="rain"),
        feature("flood-2015", "Сел 2015", "Сель 2015", "Flood of 2015", point, date="2015-07-23",
                confidence="A", trigger="lake outburst"),
        feature("undated", "Белгісіз", "Без даты", "Undated", point, confidence="C"),
    ]  # fmt: skip
    facilities = [
        feature(f"clinic-{number}", "Аурухана", "Больница", "Clinic",
                {"type": "Point", "coordinates": list(lonlat(650_100.0 + 90 * number, 4_779_000.0))},
                kind="hospital" if number % 2 else "school", district="mouth", confidence="B")
        for number in range(25)
    ]  # fmt: skip
    toml = folder.joinpath("region.toml").read_text(encoding="utf-8")
    for name, features in (("events", events), ("facilities", facilities)):
        document = {"type": "FeatureCollection", "features": features}
        (folder / f"{name}.geojson").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        toml += (
            f'[layers.{name}]\nfile = "{name}.geojson"\nsource = "made up"\n'
            'licence = "CC0-1.0"\ncredit = "Nobody"\nurl = "https://example.org"\n'
        )
    (folder / "region.toml").write_text(toml, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def ogc_data(ogc_valley, tmp_path_factory):
    """Give a data folder with the runs of `burst`, and none of `burst-2005`."""
    from geodata import open_region
    from risk_api.runs import RunStore, plan
    from risk_api.runs.make import make_run

    data = tmp_path_factory.mktemp("ogc-data")
    region = open_region(ogc_valley)
    store = RunStore(data / "runs")
    for strategy in region.strategies:
        make_run(region, plan(region, "burst", strategy), store)
    return data


@pytest.fixture(scope="session")
def ogc(make_client, ogc_valley, ogc_data):
    """Give a client whose addresses start below ``/ogc``."""
    with make_client(ogc_data, region=str(ogc_valley)) as opened:
        yield opened


@pytest.fixture(scope="session")
def served(ogc_valley, ogc_data, tmp_path_factory):
    """Give a service on loopback whose log can be read."""
    port = free_port()
    command = [sys.executable, "-c", "from risk_api.cli import main; main()", "serve", "--port", str(port)]
    given = {"RISK_DATA_DIR": str(ogc_data), "RISK_REGION": str(ogc_valley), "RISK_PRECOMPUTE": "false",
             "RISK_WARM": "false", "RISK_LOG_LEVEL": "info", "RISK_WORKERS": "1"}  # fmt: skip
    given["PYTHONPATH"] = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
    with serving(command, port, tmp_path_factory.mktemp("served"), dict(os.environ) | given) as service:
        service.wait_for("/ogc")
        yield service


@pytest.fixture(scope="session")
def get(ogc):
    """Give a function that asks a path below ``/ogc`` and returns its JSON."""

    def ask(path="", status=200, **params):
        headers = params.pop("headers", None)
        query = {name.replace("_", "-") if name.startswith(("bbox_", "filter_")) else name: value
                 for name, value in params.items()}  # fmt: skip
        answer = ogc.get(f"/ogc{path}", params=query, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


def link(document, rel, **wanted):
    """Return the one link of a relation."""
    found = [
        entry
        for entry in document["links"]
        if entry["rel"] == rel and all(entry.get(key) == value for key, value in wanted.items())
    ]
    assert len(found) == 1, (rel, wanted, document["links"])
    return found[0]


@pytest.fixture(scope="session")
def one_link():
    """Give the finder of links."""
    return link
