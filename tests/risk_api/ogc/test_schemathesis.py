"""Schemathesis asks what the OpenAPI documents allow and what they do not, and finds nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

#: Whatever is asked, the answer is one that the document describes, and never the service's own failure.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "missing_required_header",
]
#: One collection of each kind is enough: the others have the same paths.
SAME = (
    r"^/collections/(gorges|rivers|dams|lakes|facilities|[a-z]+-burst-(same|no-dams)|footprint-[0-9a-f]{16,})"
)
#: A few drawn questions a path; `make fuzz` asks every combination that the documents make, and more drawn.
EFFORT = (
    ["--phases", "coverage,fuzzing", "--max-examples", "50"]
    if os.environ.get("FUZZ") == "full"
    else ["--phases", "fuzzing", "--max-examples", "6"]
)
RUNS = {
    # A limit above the largest has to be accepted (Features Part 1, fc-limit-response-1), so what breaks the
    # document's maximum is not always refused there.
    "ogc": ("/ogc/api", "/ogc", CHECKS, ["--exclude-path-regex", SAME]),
    "v1": ("/openapi.json", "", [*CHECKS, "negative_data_rejection"], []),
}


@pytest.mark.parametrize("document", ["/openapi.json", "/ogc/api"])
def test_the_document_is_valid(ogc, document):
    validate(ogc.get(document).json())


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_nothing_is_found(served, name, tmp_path):
    document, base, checks, chosen = RUNS[name]
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", served.url + document,
        "--url", served.url + base, "--checks", ",".join(checks), *EFFORT,
        "--request-timeout", "120", "--seed", "20150723", "--no-color", *chosen,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == 0, done.stdout[-8000:]
    passed = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert passed is not None, done.stdout[-2000:]
    assert int(passed[1]) == int(passed[2]) > 200
