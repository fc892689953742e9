"""The process that makes runs: takes specs, or the word to warm up, from a pipe, sends progress back."""

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

PROGRESS_EVERY_S = 0.2
"""Interval of progress messages, s."""

WARM_UP = "warm up"
"""What is sent instead of a spec to have the kernels compiled or loaded."""

NICENESS = 5
"""Runs give way to the service's answers."""


def work(pipe: Connection, region_source: str, store_folder: str, max_memory_mb: float) -> None:
    """Serve specs, and `WARM_UP`, until the pipe closes.

    Messages sent: ("progress", share, message), then ("done",) or ("failed", reason).
    """
    # The parent decides when a worker ends; a Ctrl-C on the terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    from geodata import open_region
    from risk_api.runs.make import make_run
    from risk_api.runs.spec import RunSpec
    from risk_api.runs.store import RunStore

    region = None
    store = RunStore(Path(store_folder))
    while True:
        try:
            text = pipe.recv()
        except EOFError:
            return
        reporter = _Reporter(pipe)
        try:
            if text == WARM_UP:
                from dam_models.warm import warm_kernels

                warm_kernels(reporter)
                pipe.send(("done",))
                continue
            # Opened inside, so that a damaged region fails the run by name instead of ending the process.
            region = region or open_region(region_source)
            make_run(region, RunSpec.from_json(text), store, reporter, max_memory_mb=max_memory_mb)
        except BrokenPipeError:
            # The service is gone; the run's temporary folder has been removed on the way out.
            return
        except Exception as error:
            pipe.send(("failed", f"{type(error).__name__}: {error}"))
        else:
            pipe.send(("done",))


class _Reporter:
    """Progress callback that does not flood the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._last = float("-inf")

    def __call__(self, share: float, message: str) -> None:
        now = time.monotonic()
        if share >= 1.0 or now - self._last >= PROGRESS_EVERY_S:
            self._last = now
            self._pipe.send(("progress", share, message))
