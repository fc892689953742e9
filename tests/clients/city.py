"""A served copy of the embedded city whose runs are quick: what the pages for clients are tried on."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from benchmarks.service import Service, free_port, serving

#: Where the documentation says that the service listens.
ADDRESS = "http://127.0.0.1:8000"
#: Coarse, so that a run takes a second or two; the numbers are not those of the region's own cell size.
CELL_SIZE_M = 150
SCENARIO = "aksai-lake-outburst"
STRATEGIES = ("no-dams", "both")


@dataclass(frozen=True)
class City:
    """The service, and the runs it has: by strategy of `SCENARIO`, their ids."""

    service: Service
    runs: dict[str, str]

    def here(self, text: str) -> str:
        """Return a documented command with the address of this service instead of the documented one."""
        return text.replace(ADDRESS, self.service.url)

    def log(self) -> Callable[[], list[tuple[str, dict[str, list[str]]]]]:
        """Return a function that returns path and query of what is asked from now on, by the access log."""
        before = len(self.service.output())

        def since() -> list[tuple[str, dict[str, list[str]]]]:
            lines = self.service.output()[before:].splitlines()
            entries = [json.loads(line) for line in lines if line.startswith("{")]
            return [(entry["path"], parse_qs(entry.get("query", ""))) for entry in entries if "path" in entry]

        return since


def write_city(folder: Path) -> Path:
    """Copy the embedded region, with coarse runs."""
    import geodata

    shutil.copytree(Path(geodata.__file__).parent / "regions" / "almaty", folder)
    toml = folder / "region.toml"
    lines = toml.read_text(encoding="utf-8").splitlines()
    changed = [
        f"run_cell_size_m = {CELL_SIZE_M}" if line.startswith("run_cell_size_m") else line for line in lines
    ]
    assert changed != lines
    toml.write_text("\n".join(changed) + "\n", encoding="utf-8")
    return folder


@contextmanager
def served_city(folder: Path) -> Iterator[City]:
    """Make two runs in `folder` and serve them until the block ends."""
    from geodata import open_region
    from risk_api.runs import RunStore, plan
    from risk_api.runs.make import make_run

    region_folder = write_city(folder / "region")
    region = open_region(region_folder)
    store = RunStore(folder / "data" / "runs")
    runs = {}
    for strategy in STRATEGIES:
        spec = plan(region, SCENARIO, strategy)
        make_run(region, spec, store)
        runs[strategy] = spec.id
    port = free_port()
    command = [sys.executable, "-c", "from risk_api.cli import main; main()", "serve", "--port", str(port)]
    given = {"RISK_DATA_DIR": str(folder / "data"), "RISK_REGION": str(region_folder), "RISK_WARM": "false",
             "RISK_PRECOMPUTE": "false", "RISK_LOG_LEVEL": "info", "RISK_WORKERS": "1"}  # fmt: skip
    given["PYTHONPATH"] = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
    with serving(command, port, folder, dict(os.environ) | given) as service:
        service.wait_for("/ogc", within_s=120)
        yield City(service, runs)
