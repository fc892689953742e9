"""A job's progress as server-sent events (WHATWG HTML, 9.2): what changed, a sign of life, and an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, Protocol, TypeVar

from risk_api.responses import to_json_bytes
from risk_api.runs.jobs import FINAL

MEDIA_TYPE: Final = "text/event-stream"
#: How often a job is looked at: workers report five times a second.
POLL_S: Final = 0.3
#: Proxies close connections on which nothing is said.
SIGN_OF_LIFE_S: Final = 15.0
#: After a broken connection a browser asks again after this long.
RETRY_MS: Final = 2000
_MOST_DIGITS: Final = 9


class Watched(Protocol):
    """What has a beginning, progress and an end."""

    @property
    def status(self) -> str:
        """Accepted, running, successful, failed or dismissed."""

    @property
    def progress(self) -> float:
        """From 0 to 1."""

    @property
    def message(self) -> str:
        """What is being done."""


W = TypeVar("W", bound=Watched)


def told_before(last_event_id: str) -> int:
    """Return how many events a client has seen, by the ``Last-Event-ID`` with which it comes back."""
    number = last_event_id.rpartition("-")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS else 0


async def job_events(
    look: Callable[[], W],
    describe: Callable[[W], Any],
    stopping: Callable[[], bool] = lambda: False,
    *,
    also: Callable[[W], object] = lambda _: None,
    after: int = 0,
    poll_s: float = POLL_S,
    sign_of_life_s: float = SIGN_OF_LIFE_S,
) -> AsyncIterator[bytes]:
    """Yield events until the job has ended; the last one is named `end`.

    Parameters
    ----------
    look : callable
        The job as it stands; `UnknownJob` once it is forgotten, which ends the stream as well.
    describe : callable
        The data of an event.
    stopping : callable
        Whether the service is to stop: the stream ends then, and who follows it asks again later.
    also : callable
        What else of a job is news once it changes.
    after : int
        Events that the client saw before its connection broke: it goes on from there. An event tells all
        that there is to tell, so none of those that came in between is missed.
    poll_s, sign_of_life_s : float
        How often the job is looked at, and after how long without news a comment is sent, s.
    """
    from risk_api.errors import UnknownJob

    yield f"retry: {RETRY_MS}\n\n".encode()
    told: tuple[object, ...] = ()
    quiet_s = 0.0
    number = after
    while not stopping():
        try:
            job = look()
        except UnknownJob:
            return
        ended = job.status in FINAL
        now = (job.status, job.progress, job.message, also(job))
        if ended or now != told:
            number += 1
            yield _event("end" if ended else "progress", number, describe(job))
            if ended:
                return
            told, quiet_s = now, 0.0
        elif quiet_s >= sign_of_life_s:
            yield b": still there\n\n"
            quiet_s = 0.0
        await asyncio.sleep(poll_s)
        quiet_s += poll_s


def _event(name: str, number: int, data: Any) -> bytes:
    """One event; JSON without line breaks is one line of data."""
    return f"event: {name}\nid: {name}-{number}\ndata: ".encode() + to_json_bytes(data) + b"\n\n"
