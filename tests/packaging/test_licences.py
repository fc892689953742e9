"""What `pip install selrisk` brings along is free to use beside Apache-2.0 code."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# MPL-2.0 (certifi: a list of certificates, used unchanged) is copyleft by file; the rest is permissive.
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
}

CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}

# Old metadata: what the licence field says in words.
WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "mit": "MIT",
    "mit license": "MIT",
    "mpl-2.0": "MPL-2.0",
}


def runtime_distributions() -> dict[str, Distribution]:
    """Everything that selrisk's own requirements reach, extras as asked for, developers' tools left out."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    queue: list[tuple[str, str]] = [("selrisk", "")]
    while queue:
        name, extra = queue.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found[name] = distribution(name)
        for line in found[name].requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                reached = canonicalize_name(requirement.name)
                queue += [(reached, wanted) for wanted in ("", *requirement.extras)]
    del found["selrisk"]
    return found


def licences_of(package: Distribution) -> set[str]:
    """SPDX names from the expression, else from the classifiers, else from the words of the licence field."""
    expression = package.metadata.get("License-Expression")
    if expression:
        return {part.strip(" ()") for part in re.split(r"\bAND\b|\bOR\b", expression)}
    classifiers = package.metadata.get_all("Classifier") or []
    classified = {CLASSIFIERS.get(line, line) for line in classifiers if line.startswith("License ::")}
    if classified:
        return classified
    words = (package.metadata.get("License") or "").strip().splitlines()
    return {WORDS.get(words[0].strip().lower(), words[0])} if words else set()


RUNTIME = runtime_distributions()


def test_the_walk_reaches_direct_and_indirect_requirements() -> None:
    assert {"fastapi", "numpy", "starlette", "llvmlite", "uvloop", "certifi"} <= set(RUNTIME)
    assert not {"pytest", "ruff", "mypy", "hypothesis"} & set(RUNTIME)


@pytest.mark.parametrize("name", sorted(RUNTIME))
def test_licence_is_allowed(name: str) -> None:
    licences = licences_of(RUNTIME[name])
    assert licences, f"{name} does not say its licence"
    assert licences <= ALLOWED, f"{name}: {sorted(licences - ALLOWED)}"
