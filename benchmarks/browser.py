"""Chromium with software WebGL, as tests, measurements and pictures of the page use it."""

from __future__ import annotations

import os
import shutil

#: WebGL without a graphics card; the page must not need one.
ARGUMENTS = (
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--no-sandbox",
)
#: On the root element once both maps are drawn.
READY = "html[data-map=ready]"
#: Software rendering on a machine that others use as well.
PATIENCE_MS = 60_000


def chromium_path() -> str | None:
    """Where Chromium is: as SELRISK_CHROMIUM says, else on the path; None where it is not."""
    return os.environ.get("SELRISK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
