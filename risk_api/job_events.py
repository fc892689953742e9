"""A job's progress as server-sent events (WHATWG HTML, 9.2): what changed, a sign of life, and an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Final

from risk_api.responses import to_json_bytes
from risk_api.runs.jobs import FINAL

if TYPE_CHECKING:
    from risk_api.runs import Job

MEDIA_TYPE: Final = "text/event-stream"
#: How often a job is looked at: workers report five times a second.
POLL_S: Final = 0.3
#: Proxies close connections on which nothing is said.
SIGN_OF_LIFE_S: Final = 15.0
#: After a broken connection a browser asks again after this long.
RETRY_MS: Final = 2000


async def job_events(
    look: Callable[[], Job],
    describe: Callable[[Job], Any],
    stopping: Callable[[], bool] = lambda: False,
    *,
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
    poll_s, sign_of_life_s : float
        How often the job is looked at, and after how long without news a comment is sent, s.
    """
    from risk_api.errors import UnknownJob

    yield f"retry: {RETRY_MS}\n\n".encode()
    told: tuple[object, ...] = ()
    quiet_s = 0.0
    number = 0
    while not stopping():
        try:
            job = look()
        except UnknownJob:
            return
        ended = job.status in FINAL
        now = (job.status, job.progress, job.message)
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
