"""Listening to a feed while the service runs: the last good reading is kept with its time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from risk_api.alerts.clock import now
from risk_api.alerts.feed import Reading, read_feed
from risk_api.alerts.fetch import fetch

if TYPE_CHECKING:
    from geodata import Region

#: Longest reading of a whole feed, s: whatever of it is not read by then is left for the next time.
READING_S: Final = 60.0


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
        self._stopping = threading.Event()

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
        until = time.monotonic() + READING_S

        def get(address: str) -> bytes:
            if self._stopping.is_set() or time.monotonic() > until:
                raise TimeoutError("no time is left for it")
            return self._get(address)

        try:
            reading = read_feed(before.address, get, self._region, moment).with_earlier(
                before.reading, moment
            )
            after = WatchState(before.address, moment, reading)
        except (OSError, ValueError) as error:
            structlog.get_logger().warning("feed not read", error=str(error)[:200])
            after = WatchState(before.address, before.read_at, before.reading, moment, str(error)[:200])
        with self._lock:
            self._state = after
        return after

    async def run(self) -> None:
        """Read the feed until cancelled; nothing where none is set.

        Whatever a feed holds, the listening goes on: an error that nobody foresaw is logged whole.
        """
        try:
            while self.state.address is not None:
                try:
                    await asyncio.to_thread(self.read)
                except Exception as error:
                    structlog.get_logger().error("feed not read", exc_info=error)
                    with self._lock:
                        self._state = replace(self._state, failed_at=now(), error=type(error).__name__)
                await asyncio.sleep(self._interval_s)
        finally:
            self._stopping.set()
