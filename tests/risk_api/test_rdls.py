"""Metadata by the Risk Data Library Standard 0.3: what it requires, restated; its addresses lead somewhere.

The published schema is not part of the project. What it asks of the fields used here (required members,
closed codelists, shapes) is written down as read in GFDRR/rdl-standard, docs/_static/mde/rdls_schema_v3.json.
"""

from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from risk_api.stac.rdls import SCHEMA, Rdls

TEXT = {"type": "string", "minLength": 1}
CLOSED = {
    "hazard_type": [
        "coastal_flood",
        "convective_storm",
        "drought",
        "earthquake",
        "extreme_temperature",
        "flood",
        "landslide",
        "strong_wind",
        "tsunami",
        "volcanic",
        "wildfire",
    ],
    "process": ["landslide_mudflow", "ground_motion"],
    "analysis": ["probabilistic", "deterministic", "empirical"],
    "calculation": ["inferred", "observed", "simulated"],
    "category": [
        "agriculture",
        "buildings",
        "infrastructure",
        "population",
        "natural_environment",
        "economic_indicator",
        "development_index",
    ],
    "dimension": ["structure", "content", "product", "disruption", "population", "index"],
    "format": ["api", "csv", "json", "geojson", "shp", "gpkg", "geotiff", "md", "pdf", "website"],
    "scale": ["global", "regional", "national", "sub-national"],
    "component": ["hazard", "exposure", "vulnerability", "loss"],
}


def one_of(name):
    return {"enum": CLOSED[name]}


def record(required, **properties):
    return {"type": "object", "required": required, "properties": properties, "minProperties": 1}


def several(items, least=1):
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": True}


HAZARD = record(
    ["id", "type", "processes"],
    id=TEXT,
    type=one_of("hazard_type"),
    processes=several(one_of("process")),
    intensity_measure=TEXT,
)
EVENT = record(
    ["id", "calculation_method", "hazard", "occurrence"],
    id=TEXT,
    calculation_method=one_of("calculation"),
    hazard=HAZARD,
    description=TEXT,
    occurrence=record([], deterministic=record([], index_criteria=TEXT)),
)
EVENT_SET = record(
    ["id", "hazards", "analysis_type"],
    id=TEXT,
    hazards=several(HAZARD),
    analysis_type=one_of("analysis"),
    events=several(EVENT),
    calculation_method=one_of("calculation"),
    event_count={"type": "number"},
)
LOSSES = record(
    ["id", "hazard_type", "asset_category", "asset_dimension"],
    id=TEXT,
    hazard_type=one_of("hazard_type"),
    hazard_process=one_of("process"),
    description=TEXT,
    asset_category=one_of("category"),
    asset_dimension=one_of("dimension"),
    lineage=record([], hazard_dataset=TEXT, exposure_dataset=TEXT),
    impact_and_losses=record(
        [],
        impact_type={"enum": ["direct", "indirect", "total"]},
        impact_modelling=one_of("calculation"),
        impact_metric={"enum": ["casualty_count"]},
        quantity_kind=TEXT,
        loss_frequency_type=one_of("analysis"),
        loss_type={"enum": ["ground_up", "insured", "gross", "count", "net_precat", "net_postcat"]},
    ),
)
RESOURCE = record(
    ["id", "title", "description", "format"],
    id=TEXT,
    title=TEXT,
    description=TEXT,
    format=one_of("format"),
    media_type=TEXT,
    spatial_resolution={"type": "number", "exclusiveMinimum": 0},
    access_url=TEXT,
    download_url=TEXT,
    coordinate_system={"type": "string", "pattern": "^(ESRI:|EPSG:)[0-9]+$"},
)
ATTRIBUTION = record(
    ["id", "entity", "role"], id=TEXT, entity=record(["name"], name=TEXT, url=TEXT), role=TEXT
)
EXPOSED = record(
    ["category", "metrics"],
    category=one_of("category"),
    metrics=several(
        record(["id", "dimension", "quantity_kind"], dimension=one_of("dimension"), quantity_kind=TEXT)
    ),
)
SOURCE = record(
    ["id"],
    id=TEXT,
    name=TEXT,
    type={"enum": ["dataset", "model"]},
    component=one_of("component"),
    license=TEXT,
    url=TEXT,
)
DATASET = Draft202012Validator(
    record(
        ["id", "title", "risk_data_type", "attributions", "spatial", "license", "resources"],
        id=TEXT,
        title=TEXT,
        description=TEXT,
        version=TEXT,
        details=TEXT,
        license=TEXT,
        risk_data_type=several(one_of("component")),
        project=record(["name"], name=TEXT),
        spatial=record(
            [],
            scale=one_of("scale"),
            bbox={"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
        ),
        attributions=several(ATTRIBUTION, 3),
        sources=several(SOURCE),
        resources=several(RESOURCE),
        hazard=record(["event_sets"], event_sets=several(EVENT_SET)),
        exposure=several(EXPOSED),
        loss=record([], losses=several(LOSSES)),
        links=several(record(["href", "rel"], href=TEXT, rel=TEXT)),
    )
    | {"additionalProperties": False}
)


def dataset(client, kind, **params):
    answer = client.get(f"/v1/rdls/{kind}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", ["hazard", "exposure", "loss"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_data_set_has_what_the_standard_requires(client, kind, language):
    document = dataset(client, kind, lang=language)
    assert sorted(error.message for error in DATASET.iter_errors(document)) == []
    assert document["risk_data_type"] == [kind]
    assert {entry["role"] for entry in document["attributions"]} == {"publisher", "creator", "contact_point"}
    assert document["links"][0] == {"href": SCHEMA, "rel": "describedby"}
    ids = [resource["id"] for resource in document["resources"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("kind", ["hazard", "exposure", "loss"])
def test_every_resource_is_there(client, kind):
    for resource in dataset(client, kind)["resources"]:
        address = urlsplit(resource.get("download_url") or resource["access_url"])
        answer = client.get(f"{address.path}?{address.query}".rstrip("?"))
        assert answer.status_code == 200, resource


def test_strategies_are_event_sets_with_the_same_events(client):
    sets = {entry["id"]: entry for entry in dataset(client, "hazard")["hazard"]["event_sets"]}
    assert set(sets) == {"no-dams", "bar", "same"}
    for strategy, entry in sets.items():
        assert [event["id"] for event in entry["events"]] == [f"burst-{strategy}"]


def test_losses_lead_to_the_other_data_sets_and_are_no_casualties(client):
    listed = {entry["id"] for entry in client.get("/v1/rdls").json()["datasets"]}
    for losses in dataset(client, "loss")["loss"]["losses"]:
        assert set(losses["lineage"].values()) <= listed
        assert "impact_metric" not in losses["impact_and_losses"]


def test_without_a_run_the_data_sets_are_valid_too(almaty):
    for kind in ("hazard", "exposure", "loss"):
        document = Rdls(almaty, "http://example.org", "ru", {}, {}).dataset(kind)
        assert sorted(error.message for error in DATASET.iter_errors(document)) == []


def test_earthquakes_join_where_damage_can_be_computed(almaty):
    rdls = Rdls(almaty, "http://example.org", "en", {}, {"verny-1887": "Verny 1887"})
    for kind in ("hazard", "loss"):
        assert sorted(error.message for error in DATASET.iter_errors(rdls.dataset(kind))) == []
    people, _ = rdls.dataset("loss")["loss"]["losses"]
    assert people["impact_and_losses"]["impact_metric"] == "casualty_count"
    (shaking,) = rdls.dataset("hazard")["hazard"]["event_sets"]
    assert shaking["hazards"][0]["type"] == "earthquake"


def test_the_service_on_the_embedded_region_has_earthquakes(make_client, tmp_path):
    with make_client(tmp_path, region="almaty") as almaty_client:
        document = dataset(almaty_client, "hazard", lang="kk")
        names = {one["id"] for one in almaty_client.get("/v1/seismic/scenarios").json()["features"]}
    assert sorted(error.message for error in DATASET.iter_errors(document)) == []
    (shaking,) = document["hazard"]["event_sets"]
    assert {event["id"] for event in shaking["events"]} == names


def test_another_data_set_is_not_there(client):
    answer = client.get("/v1/rdls/vulnerability", params={"lang": "kk"})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["allowed"] == ["hazard", "exposure", "loss"]
