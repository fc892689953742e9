"""QGIS without a screen, in the operating system's Python: runs a text as its Python console would."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PYTHON = "/usr/bin/python3"
#: QGIS for tests, on Debian and what follows it.
PACKAGES = "python3-qgis qgis-providers"
_RUNNER = Path(__file__).parent / "in_qgis.py"
_QUIET = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false", "LC_ALL": "C.UTF-8"}


@functools.cache
def missing_qgis() -> str:
    """Return what a test that needs QGIS says when there is none, empty where there is."""
    if not Path(PYTHON).exists():
        return f"no QGIS: {PYTHON} is missing"
    tried = subprocess.run(
        [PYTHON, "-c", "import qgis.core"], env=_environment(Path("/")), capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else f"no QGIS for Python: apt-get install {PACKAGES}"


def _environment(home: Path) -> dict[str, str]:
    # The virtual environment of the tests has another Python and other libraries.
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    return {**kept, **_QUIET, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}


@dataclass(frozen=True)
class Qgis:
    """Runs Python code in QGIS.

    The code has what QGIS's console has, but for ``iface``, which is None; ``render(layers, path)``, which
    draws layers, the first on top, on their common extent into a PNG of 600 by 400 pixels; and
    ``tell(name=value, ...)``, which gives values back.
    """

    timeout_s: float = 180.0

    def run(self, code: str, folder: Path) -> dict[str, Any]:
        """Return what the code told; its working directory is `folder`.

        Raises
        ------
        AssertionError
            With QGIS's output, if the code ended with an error.
        """
        folder.mkdir(parents=True, exist_ok=True)
        script, told = folder / "console.py", folder / "told.json"
        script.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [PYTHON, str(_RUNNER), str(script), str(told)],
            cwd=folder,
            env=_environment(folder),
            capture_output=True,
            text=True,
            timeout=self.timeout_s,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        result: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return result


def is_drawn(picture: Path) -> bool:
    """Whether a picture is not blank: a tenth of it at least is no background, in several colours."""
    import numpy as np
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(picture) as raster:
            bands = raster.read([1, 2, 3]).reshape(3, -1)
    colours, counts = np.unique(bands, axis=1, return_counts=True)
    return bool(colours.shape[1] > 2 and counts.max() < 0.9 * bands.shape[1])
