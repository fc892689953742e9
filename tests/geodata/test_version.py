import hashlib
import subprocess
import sys
from collections.abc import Callable

import numpy as np

import geodata
from geodata import Grid, River
from geodata.course_raster import enforce_courses


def test_the_ground_has_a_version() -> None:
    assert geodata.GROUND_VERSION.isdecimal()
    assert "GROUND_VERSION" in geodata.__all__


def test_it_can_be_read_without_anything_heavy() -> None:
    code = "import geodata.version, sys; print([m for m in ('numba', 'scipy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_changed_ground_needs_a_new_version(make_valley: Callable[..., Grid], valley_river: River) -> None:
    """When this fails, raise GROUND_VERSION and put the new mark beside it."""
    digest = hashlib.sha256()
    for size in (15.0, 45.0, 60.0):
        ground, _ = enforce_courses(make_valley(30.0).resample(size), {"river": valley_river})
        digest.update(np.round(ground.values, 3).tobytes())
    assert (geodata.GROUND_VERSION, digest.hexdigest()[:12]) == ("1", "892d941fdec5")
