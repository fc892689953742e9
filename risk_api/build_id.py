"""What this build of the service is: answers of two builds may differ although their data does not."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from risk_api import __version__


@cache
def build_id() -> str:
    """Return a hash of the version and of every file that shapes an answer; equal wherever it runs."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=10)
    for package, suffixes in (("risk_api", (".py", ".json", ".html")), ("geodata", (".py",))):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent
        for file in sorted(path for path in folder.rglob("*") if path.suffix in suffixes):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
