"""What is claimed has tests: every class, every requirement of Features 1 and 2, the table of the page."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "ogc.md"
SPEC = "http://www.opengis.net/spec/"
URI = re.compile(rf"{SPEC}([a-z0-9-]+/[0-9.]+)/(req|conf)/([a-z0-9-]+)(?:/([A-Za-z0-9_.-]+))?")

#: Requirements of the classes that are claimed, as the standards number them: OGC 17-069r4 and 18-058r1.
FEATURES_1 = {
    "core": """
        root-op root-success api-definition-op api-definition-success conformance-op conformance-success http
        query-param-unknown query-param-invalid crs84 fc-md-op fc-md-success fc-md-links fc-md-items
        fc-md-items-links fc-md-extent fc-md-extent-multi sfc-md-op sfc-md-success fc-op fc-limit-definition
        fc-limit-response-1 fc-bbox-definition fc-bbox-response fc-time-definition fc-time-response
        fc-response fc-links fc-rel-type fc-timeStamp fc-numberMatched fc-numberReturned
        f-op f-success f-links""",
    "html": "definition content",
    "geojson": "definition content",
    "oas30": "oas-definition-1 oas-definition-2 oas-impl completeness exceptions-codes security",
}
FEATURES_2 = {
    "crs": """
        crs-uri fc-md-crs-list fc-md-crs-list-global fc-md-storageCrs fc-md-storageCrs-valid-value
        fc-bbox-crs-definition fc-bbox-crs-valid-values fc-bbox-crs-default-value fc-bbox-crs-action
        bbox-crs-exception fc-crs-definition fc-crs-valid-value fc-crs-default-value fc-crs-action
        crs-exception ogc-crs-header ogc-crs-header-value geojson""",
}
#: Classes whose requirements have another name in their URIs.
OTHERWISE = {("ogcapi-edr-1/1.1", "queries"): "edr"}
REQUIRED = [
    f"{SPEC}{standard}/req/{group}/{name}"
    for standard, groups in (("ogcapi-features-1/1.0", FEATURES_1), ("ogcapi-features-2/1.0", FEATURES_2))
    for group, names in groups.items()
    for name in names.split()
]


def carried():
    """Return the URIs in the ids of tests, each with the files that have it."""
    found = {}
    for path in sorted((ROOT / "tests" / "risk_api").rglob("test_*.py")):
        if path == Path(__file__) or "opengis.net/spec" not in path.read_text(encoding="utf-8"):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for member in vars(importlib.import_module(name)).values():
            for mark in getattr(member, "pytestmark", ()):
                for text in texts(mark):
                    if URI.match(text):
                        found.setdefault(text, set()).add(path)
    return found


def texts(mark):
    """Yield what the parameters of a test add to its id."""
    if mark.name != "parametrize":
        return
    for case in mark.args[1]:
        if isinstance(case, str):
            yield case
        elif isinstance(getattr(case, "id", None), str):
            yield case.id


@pytest.fixture(scope="module")
def uris():
    """Give the URIs that tests carry."""
    return carried()


@pytest.fixture(scope="module")
def claimed(get):
    """Give the classes that the service claims."""
    return get("/conformance")["conformsTo"]


def files_of(conformance_class, uris):
    """Return the files whose tests carry a requirement of a class, or the class itself."""
    standard, _, group, _ = URI.match(conformance_class).groups()
    group = OTHERWISE.get((standard, group), group)
    return sorted(
        {path for uri, paths in uris.items() for path in paths
         if (found := URI.match(uri)) and (found[1], found[3]) == (standard, group)}
    )  # fmt: skip


def table(claimed, uris):
    rows = ["| class | tests |", "|---|---|"]
    for uri in claimed:
        linked = ", ".join(
            f"[{path.name}](../{path.relative_to(ROOT).as_posix()})" for path in files_of(uri, uris)
        )
        rows.append(f"| `{uri.removeprefix(SPEC)}` | {linked} |")
    return "\n".join(rows)


def test_every_class_that_is_claimed_has_tests(claimed, uris):
    assert [uri for uri in claimed if not files_of(uri, uris)] == []


@pytest.mark.parametrize("requirement", REQUIRED)
def test_every_requirement_of_features_1_and_2_has_a_test(requirement, uris):
    assert requirement in uris


def test_no_class_of_features_is_tested_that_is_not_claimed(claimed, uris):
    standards = {"ogcapi-features-1/1.0", "ogcapi-features-2/1.0", "ogcapi-features-3/1.0", "cql2/1.0"}
    named = {(found[1], found[3]) for uri in uris if (found := URI.match(uri)) and found[1] in standards}
    told = {(found[1], found[3]) for uri in claimed if (found := URI.match(uri))}
    assert named <= told


def test_the_page_has_the_table(claimed, uris):
    expected = table(claimed, uris)
    assert expected in PAGE.read_text(encoding="utf-8"), f"docs/ogc.md needs:\n{expected}"
