"""Listening to a feed while the service runs: the last good reading is kept with its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from risk_api.alerts.clock import now
from risk_api.alerts.feed import Reading, read_feed

if TYPE_CHECKING:
    from geodata import Region

#: Longest document that is read, bytes, and longest wait for one, s.
MOST_BYTES: Final = 2_000_000
WAIT_S: Final = 15.0


def fetch(address: str) -> bytes:
    """Return what stands at an address.

    Raises
    ------
    OSError
        If it cannot be had, or is longer than 2 MB.
    """
    try:
        request = Request(
            address, headers={"Accept": "application/cap+xml, application/xml", "User-Agent": "selrisk"}
        )
        with urlopen(request, timeout=WAIT_S) as answer:
            body = bytes(answer.read(MOST_BYTES + 1))
    except ValueError as error:
        raise URLError(str(error)) from None
    if len(body) > MOST_BYTES:
        raise OSError(f"longer than {MOST_BYTES} bytes")
    return body


@dataclass(frozen=True)
class WatchState:
    """How the listening stands.

    Attributes
    ----------
    address : str or None
        None where no feed is set.
    read_at : datetime or None
        Of the last good reading, which `reading` is.
    failed_at, error
        Of the last failure, if it is later than the last good reading.
    """

    address: str | None
    read_at: datetime | None = None
    reading: Reading | None = None
    failed_at: datetime | None = None
    error: str | None = None


class FeedWatch:
    """Reads a feed again and again.

    Parameters
    ----------
    address : str or None
        Of the feed; None listens to nothing.
    region : Region
    interval_s : float
        Between two readings.
    get : callable
        Fetches an address; tests give their own.
    """

    def __init__(
        self,
        address: str | None,
        region: Region,
        interval_s: float,
        get: Callable[[str], bytes] = fetch,
    ) -> None:
        self._region = region
        self._interval_s = interval_s
        self._get = get
        self._lock = threading.Lock()
        self._state = WatchState(address)

    @property
    def state(self) -> WatchState:
        """How the listening stands."""
        with self._lock:
            return self._state

    def read(self) -> WatchState:
        """Read the feed once; a failure keeps the last good reading and its time."""
        before = self.state
        if before.address is None:
            return before
        moment = now()
        try:
            reading = read_feed(before.address, self._get, self._region, moment)
            after = WatchState(before.address, moment, reading)
        except (OSError, ValueError) as error:
            after = WatchState(before.address, before.read_at, before.reading, moment, str(error)[:200])
        with self._lock:
            self._state = after
        return after

    async def run(self) -> None:
        """Read the feed until cancelled; nothing where none is set."""
        while self.state.address is not None:
            await asyncio.to_thread(self.read)
            await asyncio.sleep(self._interval_s)
