"""What is worked out once and kept, but never without end: the least recently asked for goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A mapping of at most `most` values, safe between threads.

    Parameters
    ----------
    most : int
        Values kept, at least 1.
    weight : callable
        What a value counts, bytes of memory for instance; each counts 1 unless said otherwise.
    heaviest : int
        Most that all of them may weigh, 0 for `most`; a value above it alone is not kept.
    """

    def __init__(self, most: int, weight: Callable[[V], int] = lambda _: 1, heaviest: int = 0) -> None:
        if most < 1:
            raise ValueError(f"at least one value has to be kept, not {most}")
        self._most = most
        self._weight = weight
        self._heaviest = heaviest or most
        self._lock = threading.Lock()
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._weighs = 0

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def peek(self, key: K) -> V | None:
        """Return the value of `key` if it is kept, and make nothing."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of `key`, made now if it is not kept.

        It is made outside the lock: two threads may make the same one, none waits for another's.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value; the least recently asked for goes."""
        weight = self._weight(value)
        with self._lock:
            self._drop(key)
            if weight > self._heaviest:
                return
            self._kept[key] = value
            self._weighs += weight
            while len(self._kept) > self._most or self._weighs > self._heaviest:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        if key in self._kept:
            self._weighs -= self._weight(self._kept.pop(key))
