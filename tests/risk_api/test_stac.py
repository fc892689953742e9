"""Runs as a STAC catalogue that pystac reads, with checksums of the files, and where each run comes from."""

import hashlib
import warnings

import numpy as np
import pystac
import pytest
import rasterio
from pystac.stac_io import StacIO
from pystac.validation import set_validator
from pystac.validation.stac_validator import JsonSchemaSTACValidator


class Served(StacIO):
    """Reads addresses from the client of a test."""

    def __init__(self, client):
        super().__init__()
        self._client = client

    def read_text(self, source, *args, **kwargs):
        answer = self._client.get(str(source))
        assert answer.status_code == 200, answer.text
        return answer.text

    def write_text(self, dest, txt, *args, **kwargs):
        raise NotImplementedError


@pytest.fixture(scope="module")
def catalog(client):
    """Give the catalogue as pystac has read it."""
    set_validator(JsonSchemaSTACValidator())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield pystac.Catalog.from_file("http://testserver/v1/stac", stac_io=Served(client))


@pytest.fixture(scope="module")
def items(catalog):
    """Give all items."""
    return list(catalog.get_items(recursive=True))


def valid(document):
    """Validate against the schemas that pystac holds; those of extensions stand on the network."""
    document.stac_extensions = []
    return document.validate()


def test_pystac_walks_from_the_catalogue_to_every_run(client, catalog, items):
    assert valid(catalog)
    (collection,) = catalog.get_children()
    assert collection.id == "burst"
    assert valid(collection)
    runs = {run["id"] for run in client.get("/v1/runs").json()["runs"]}
    assert {item.id for item in items} == runs
    for item in items:
        assert item.collection_id == "burst"
        assert valid(item)
    start, end = collection.extent.temporal.intervals[0]
    assert start <= min(item.datetime for item in items) <= max(item.datetime for item in items) <= end


def test_documents_are_stac_1_0(client):
    root = client.get("/v1/stac").json()
    collection = client.get("/v1/stac/collections/burst").json()
    href = next(link["href"] for link in collection["links"] if link["rel"] == "item")
    for document in (root, collection, client.get(href).json()):
        assert document["stac_version"] == "1.0.0"
        (own,) = (link["href"] for link in document["links"] if link["rel"] == "self")
        assert client.get(own).json() == document


def test_assets_are_the_files_whose_checksums_they_tell(client, items, made_store, tmp_path):
    item = items[0]
    for name in ("depth_max_m", "speed_max_m_s", "arrival_s", "deposit_m"):
        asset = item.assets[name]
        body = client.get(asset.href).content
        assert asset.extra_fields["file:size"] == len(body)
        assert asset.extra_fields["file:checksum"] == "1220" + hashlib.sha256(body).hexdigest()
        assert asset.media_type == pystac.MediaType.COG
    for name in ("footprint", "districts", "lineage"):
        assert client.get(item.assets[name].href).status_code == 200
    path = tmp_path / "depth.tif"
    path.write_bytes(client.get(item.assets["depth_max_m"].href).content)
    with rasterio.open(path) as raster:
        assert raster.crs.to_epsg() == item.properties["proj:epsg"]
        assert list(raster.shape) == item.properties["proj:shape"]
        np.testing.assert_allclose(list(raster.transform)[:6], item.properties["proj:transform"])


def test_a_run_holds_its_checksums_and_one_without_gets_them(client, items, made_store):
    from risk_api.runs import RunStore
    from risk_api.runs.checksums import file_facts

    run = RunStore(made_store / "runs").open(items[0].id)
    for name, asset in run.summary["assets"].items():
        assert asset.items() >= file_facts(run.raster_path(name)).items()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_texts_are_in_the_language_asked(client, language):
    texts = {
        code: client.get("/v1/stac", params={"lang": code}).json()["title"] for code in ("kk", "ru", "en")
    }
    assert len(set(texts.values())) == 3
    assert client.get("/v1/stac", params={"lang": language}).headers["content-language"] == language


@pytest.mark.parametrize(
    ("path", "status"),
    [("collections/none", 404), ("collections/burst/items/none", 404), ("collections/burst-2005", 404),
     ("collections/burst?colour=red", 400)],
)  # fmt: skip
def test_what_there_is_not(client, items, path, status):
    answer = client.get(f"/v1/stac/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(f"/v1/stac/collections/other/items/{items[0].id}").status_code == 404


def test_prov_leads_from_the_run_to_its_sources(client, items, valley):
    run_id = items[0].id
    document = client.get(f"/v1/runs/{run_id}/lineage").json()
    entities, activities, agents = (document[kind] for kind in ("entity", "activity", "agent"))
    for relation, ends in (
        ("used", {"prov:activity": activities, "prov:entity": entities}),
        ("wasGeneratedBy", {"prov:activity": activities, "prov:entity": entities}),
        ("wasDerivedFrom", {"prov:generatedEntity": entities, "prov:usedEntity": entities}),
        ("hadMember", {"prov:collection": entities, "prov:entity": entities}),
        ("wasAssociatedWith", {"prov:activity": activities, "prov:agent": agents}),
        ("wasAttributedTo", {"prov:entity": entities, "prov:agent": agents}),
    ):
        assert document[relation]
        for link in document[relation].values():
            for end, known in ends.items():
                assert link[end] in known
    summary = client.get(f"/v1/runs/{run_id}").json()
    licences = {said["dcterms:license"] for said in entities.values() if "dcterms:license" in said}
    assert licences == {"CC0-1.0"}
    rasters = {
        key.split("/")[-1]: said for key, said in entities.items() if said.get("prov:type") == "raster"
    }
    assert set(rasters) == set(summary["assets"])
    assert rasters["depth_max_m"]["prov:value"] == summary["assets"]["depth_max_m"]["file:checksum"]
    (activity,) = activities.values()
    assert activity["prov:startTime"] <= activity["prov:endTime"] == summary["lineage"]["created"]
    prefixes = set(document["prefix"])
    for name in [*entities, *activities, *agents, *activity]:
        assert name.split(":")[0] in prefixes


def test_iso_19115_names_sources_steps_and_parameters(client, items):
    run_id = items[0].id
    lineage = client.get(f"/v1/runs/{run_id}/lineage", params={"f": "iso19115", "lang": "ru"}).json()[
        "LI_Lineage"
    ]
    described = [source["description"] for source in lineage["source"]]
    assert {"terrain", "dams", "exposure"} <= set(described)
    simulated, counted = lineage["processStep"]
    assert set(simulated["source"]) | set(counted["source"]) == set(described)
    assert "exposure" in counted["source"]
    parameters = simulated["processingInformation"]["runTimeParameters"]
    assert parameters == client.get(f"/v1/runs/{run_id}").json()["inputs"]
    assert run_id in lineage["statement"]
    bad = client.get(f"/v1/runs/{run_id}/lineage", params={"f": "xml"})
    assert bad.status_code == 400
    assert bad.json()["errors"][0]["allowed"] == ["prov", "iso19115"]
