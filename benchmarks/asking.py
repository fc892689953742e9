"""One request again and again: processor time of the server's process for each, beside FastAPI's floor."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import psutil

from benchmarks.measure import Measurement, from_samples
from benchmarks.service import Service, free_port, serving

SAMPLES = 5
WARM_UP = 50
FLOOR = "FastAPI saying hello"


@dataclass(frozen=True)
class Question:
    """Requests that are repeated.

    Attributes
    ----------
    name : str
    paths : tuple of str
        Asked in turn; more than the service keeps answers, where each is to be made.
    budget_ms : float, optional
    count : int
        How often a sample asks.
    headers : str
        As they stand in a request, each with its line end.
    held : bool
        Whether the client holds the answer already: 304.
    """

    name: str
    paths: tuple[str, ...]
    budget_ms: float | None
    count: int
    headers: str = ""
    held: bool = False


class Asker:
    """One connection that is kept; it reads answers by their announced length and nothing else."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=30)
        self._host = f"{host}:{port}"

    def ask(self, path: str, headers: str = "") -> tuple[bytes, int]:
        """Return the head of the answer and the length of its body."""
        target = path.replace(" ", "%20")
        self._socket.sendall(f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\n{headers}\r\n".encode())
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._received(1 << 20)
        found = re.search(rb"content-length: (\d+)", data[:end].lower())
        length = int(found[1]) if found else 0
        left = end + 4 + length - len(data)
        while left > 0:
            left -= len(self._received(min(left, 1 << 20)))
        return data[:end], length

    def _received(self, most: int) -> bytes:
        data = self._socket.recv(most)
        if not data:
            # A server ends a connection that was idle for some seconds.
            raise ConnectionError("the server closed the connection")
        return data

    def close(self) -> None:
        self._socket.close()


def cpu_ms(service: Service, ask: Callable[[], object], count: int) -> list[float]:
    """Processor time of the server's process per request, ms; a sample asks `count` times."""
    process = psutil.Process(service.process.pid)
    for _ in range(WARM_UP):
        ask()
    samples = []
    for _ in range(SAMPLES):
        before = process.cpu_times()
        for _ in range(count):
            ask()
        after = process.cpu_times()
        samples.append((after.user + after.system - before.user - before.system) * 1000.0 / count)
    return samples


def floor_ms(folder: Path) -> float:
    """Processor time of a FastAPI application that says hello, ms a request."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(port), "--no-access-log"]
    with serving(command, port, folder) as service:
        service.wait_for("/")
        asker = Asker(service.url)
        try:
            return from_samples(cpu_ms(service, lambda: asker.ask("/"), 1000))[0]
        finally:
            asker.close()


@contextmanager
def selrisk(region: str, data: Path, folder: Path, path: str) -> Iterator[Service]:
    """Serve a region, with nothing made in the background, and wait until it answers `path`."""
    port = free_port()
    command = [sys.executable, "-c", "from risk_api.cli import main; main()", "serve", "--port", str(port)]
    env = dict(os.environ) | {
        "RISK_REGION": region, "RISK_DATA_DIR": str(data), "RISK_PRECOMPUTE": "false", "RISK_WARM": "false",
    }  # fmt: skip
    with serving(command, port, folder, env) as service:
        service.wait_for(path, within_s=120)
        yield service


def measured(service: Service, questions: Sequence[Question], group: str, floor: float) -> list[Measurement]:
    """Ask each question over a connection of its own; `floor` is what FastAPI's hello took."""
    return [_measured(service, question, group, floor) for question in questions]


def _measured(service: Service, question: Question, group: str, floor: float) -> Measurement:
    asker = Asker(service.url)
    try:
        path, headers = question.paths[0], question.headers
        head, length = asker.ask(path, headers)
        if question.held:
            found = re.search(rb"etag: (\S+)", head.lower())
            assert found is not None
            headers += f"If-None-Match: {found[1].decode()}\r\n"
            head, _ = asker.ask(path, headers)
        status = head.split(b" ", 2)[1].decode()
        if status != ("304" if question.held else "200"):
            raise RuntimeError(f"{path} answered {status}")
        paths = cycle(question.paths)
        value, samples = from_samples(
            cpu_ms(service, lambda: asker.ask(next(paths), headers), question.count)
        )
    finally:
        asker.close()
    return Measurement(
        name=f"{group}: {question.name}",
        measured=value,
        unit="ms",
        budget=question.budget_ms,
        reference=FLOOR,
        reference_measured=floor,
        reference_unit="ms",
        samples=samples,
        note="" if question.held else f"{length} bytes",
    )
