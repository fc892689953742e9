"""Start a server as a user would, wait for its answers, stop it with everything it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

# No test or benchmark hangs for longer than this, whatever the server does.
LONGEST_WAIT_S = 900.0


class ServiceStopped(RuntimeError):
    """The server ended before it answered; the message carries the end of its output."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Service:
    """A started server: its address, its process (the leader of a group of its own) and its log."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    started_s: float

    def get(self, path: str, timeout_s: float = 30.0) -> Answer:
        """Ask once; an error status is an answer too, only a missing server raises."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout_s) as response:
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())

    def wait_for(self, path: str, status: int = 200, within_s: float = 60.0, pause_s: float = 0.02) -> Answer:
        """Ask until the status comes; raise when the server ended or the time is over."""
        end = time.monotonic() + min(within_s, LONGEST_WAIT_S)
        last = "no answer"
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise ServiceStopped(f"exit code {self.process.returncode}:\n{self.output()[-4000:]}")
            try:
                answer = self.get(path)
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                last = str(error)
            else:
                if answer.status == status:
                    return answer
                last = f"{answer.status} {answer.body[:300]!r}"
            time.sleep(pause_s)
        tail = self.output()[-4000:]
        raise TimeoutError(f"{path} did not answer {status} within {within_s} s; last: {last}\n{tail}")

    def wait_until_idle(self, busy_share: float = 0.05, over_s: float = 1.0, within_s: float = 300.0) -> None:
        """Wait until it has done next to nothing for a moment: after a start it compiles and reads ahead.

        Parameters
        ----------
        busy_share : float
            Processor time over time, of one core, below which it counts as idle.
        """
        end = time.monotonic() + within_s
        before = self._processor_s()
        while time.monotonic() < end:
            time.sleep(over_s)
            now = self._processor_s()
            if now - before < busy_share * over_s:
                return
            before = now
        raise TimeoutError(f"the service was still at work after {within_s:g} s")

    def _processor_s(self) -> float:
        """Processor time of the server and its workers, s; that of a worker which ends meanwhile is lost."""
        used = 0.0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used += times.user + times.system
        return used

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def processes(self) -> list[psutil.Process]:
        leader = psutil.Process(self.process.pid)
        return [leader, *leader.children(recursive=True)]

    def resident_bytes(self) -> int:
        """Memory of the server and its workers; pages that they share are counted once (PSS, Linux)."""
        return sum(process.memory_full_info().pss for process in self.processes())


def free_port() -> int:
    """A loopback port that nobody listens on now; the server is started on it right after."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    command: Sequence[str],
    port: int,
    folder: Path,
    env: Mapping[str, str] | None = None,
    *,
    cwd: Path | None = None,
) -> Iterator[Service]:
    """Start `command` in `cwd`, else in `folder`, which gets the log; at the end stop it and its workers."""
    log = folder / f"server-{port}.log"
    with log.open("wb") as sink:
        started_s = time.monotonic()
        # A session of its own, so that the end reaches `make`, the server and its workers, and nothing else.
        process = subprocess.Popen(
            list(command),
            cwd=cwd or folder,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
        try:
            yield Service(f"http://127.0.0.1:{port}", process, log, started_s)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes], patience_s: float = 15.0) -> None:
    """Ask the whole group to end, as Ctrl-C in a terminal would, and insist when it does not."""
    _signal(process, signal.SIGTERM)
    end = time.monotonic() + patience_s
    while _signal(process, 0) and time.monotonic() < end:
        time.sleep(0.02)
    _signal(process, signal.SIGKILL)
    process.wait(patience_s)


def _signal(process: subprocess.Popen[bytes], number: int) -> bool:
    """Whether anybody of the group was there to get the signal (0 only asks)."""
    process.poll()  # a leader that ended is taken off the process table, so that it does not count as there
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return False
    return True
