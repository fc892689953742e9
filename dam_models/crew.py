"""Threads that share the passes of a step, or a call of many steps."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from dam_models.kernels.fields import CHUNK, WholeNumbers
from dam_models.kernels.meeting import abandon

Work = Callable[[int, int], Any]
Joint = Callable[[int], Any]

_SMALLEST_PART = 64 * CHUNK
"""Below this a second thread costs more than it saves, where threads meet in Python after every pass."""

_SMALLEST_SHARE = 8 * CHUNK
"""The same where they meet within one call."""


class Crew:
    """Runs work over `[0, n)` in as many parts as there are threads; a context manager.

    Kernels release the interpreter's lock, so the parts run at the same time. Parts begin at multiples of
    `CHUNK`: what is summed by chunks does not depend on the number of threads.

    Parameters
    ----------
    threads : int
        1 and above; the calling thread is one of them.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._hands: list[_Hand] = []

    def __enter__(self) -> "Crew":
        self._hands = [_Hand() for _ in range(self._threads - 1)]
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self._hands:
            hand.dismiss()
        self._hands = []

    def team(self, n: int) -> int:
        """How many threads should go through lists of `n` together."""
        return max(1, min(len(self._hands) + 1, n // _SMALLEST_SHARE))

    def together(self, team: int, places: WholeNumbers, work: Joint) -> Any:
        """Have as many threads do `work(rank)` at the same time; returns what the first one, this one, finds.

        They may wait for each other in it, at `places`. Where one of them fails, or this one is interrupted,
        those that wait for it are told to leave, and the error comes out when all have.

        Parameters
        ----------
        team : int
            As `team` gives it.
        places : ((team + 1) * APART,) int64
            As `meeting_places` gives them; nobody has arrived when the work begins.
        work : callable
            Takes the rank of a thread, 0 for this one.
        """

        def part(rank: int, _: int) -> Any:
            try:
                return work(rank)
            except BaseException:
                abandon(places)
                raise

        places[:] = 0
        if team == 1:
            return work(0)
        begun: list[_Hand] = []
        try:
            for rank, hand in enumerate(self._hands[: team - 1], start=1):
                hand.begin(part, rank, team)
                begun.append(hand)
            first = work(0)
        except BaseException:
            abandon(places)
            raise
        finally:
            outcomes = [hand.outcome() for hand in begun]
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return first

    def share(self, n: int, work: Work) -> list[Any]:
        """Results of `work(begin, end)` over the parts, in their order."""
        parts = min(len(self._hands) + 1, n // _SMALLEST_PART)
        if parts < 2:
            return [work(0, n)]
        edges = [n * part // parts // CHUNK * CHUNK for part in range(parts)] + [n]
        begun: list[_Hand] = []
        try:
            for hand, begin, end in zip(self._hands[: parts - 1], edges[1:], edges[2:], strict=False):
                hand.begin(work, begin, end)
                begun.append(hand)
            first = work(0, edges[1])
        finally:
            # Whatever happens here, nobody works on the arrays any more when this returns.
            outcomes = [hand.outcome() for hand in begun]
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return [first, *outcomes]


class _Hand:
    """One more thread, waiting for work."""

    def __init__(self) -> None:
        self._work: SimpleQueue[tuple[Work, int, int] | None] = SimpleQueue()
        self._done: SimpleQueue[Any] = SimpleQueue()
        Thread(target=self._serve, name="flow", daemon=True).start()

    def _serve(self) -> None:
        while (task := self._work.get()) is not None:
            work, begin, end = task
            try:
                self._done.put(work(begin, end))
            except BaseException as error:  # handed to the thread that asked
                self._done.put(error)

    def begin(self, work: Work, begin: int, end: int) -> None:
        self._work.put((work, begin, end))

    def outcome(self) -> Any:
        return self._done.get()

    def dismiss(self) -> None:
        self._work.put(None)
