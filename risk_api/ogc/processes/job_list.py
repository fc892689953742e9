"""The list of jobs: which are asked for, and which page of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from risk_api.errors import BadParameter
from risk_api.features.times import parse_datetime
from risk_api.i18n import translate
from risk_api.ogc.call import Call
from risk_api.ogc.items import whole_number
from risk_api.ogc.links import JSON, Link, link
from risk_api.ogc.processes.executions import Execution

STATUSES: Final = ("accepted", "running", "successful", "failed", "dismissed")
TYPES: Final = ("process",)
PARAMETERS: Final = (
    "limit", "offset", "type", "processID", "status", "datetime", "minDuration", "maxDuration",
)  # fmt: skip
DEFAULT_LIMIT: Final = 100
LARGEST_LIMIT: Final = 1000

T = TypeVar("T")


@dataclass(frozen=True)
class PageOf:
    """A page of a list: where it starts, how long it may be, and how many match."""

    offset: int
    limit: int
    matched: int

    def links(self, call: Call) -> Iterator[Link]:
        """Yield the links to the pages after and before."""
        steps = (("next", self.offset + self.limit), ("prev", max(0, self.offset - self.limit)))
        for rel, offset in steps:
            if (rel == "next" and offset < self.matched) or (rel == "prev" and self.offset > 0):
                href = f"{call.address}{call.query_without('offset')}offset={offset}"
                yield link(href, rel, JSON, translate(call.language, f"ogc.link.{rel}"))


def page_of(call: Call, everything: Sequence[T]) -> tuple[Sequence[T], PageOf]:
    """Return the page that ``limit`` and ``offset`` ask for; a limit above the largest is cut, not refused.

    Raises
    ------
    BadParameter
    """
    limit = min(whole_number(call, "limit", 1, DEFAULT_LIMIT), LARGEST_LIMIT)
    offset = whole_number(call, "offset", 0, 0)
    return everything[offset : offset + limit], PageOf(offset, limit, len(everything))


def matching(call: Call, executions: Sequence[Execution]) -> list[Execution]:
    """Return the jobs that the query asks for.

    Raises
    ------
    BadParameter
    """
    now = datetime.now(UTC)
    tests: list[Callable[[Execution], bool]] = []
    asked: Any = call.parameters
    _listed(call, "type", TYPES)  # every job here is of a process
    if processes := _values(call, "processID"):
        tests.append(lambda job: job.process in processes)
    if statuses := _listed(call, "status", STATUSES):
        tests.append(lambda job: job.status in statuses)
    if "datetime" in asked:
        when = parse_datetime(asked["datetime"])
        tests.append(lambda job: when.start <= job.created <= when.end)
    for name, fits in (("minDuration", float.__ge__), ("maxDuration", float.__le__)):
        if name in asked:
            limit_s = float(whole_number(call, name, 0, 0))
            tests.append(_lasting(limit_s, fits, now))
    return [job for job in executions if all(test(job) for test in tests)]


def _lasting(
    limit_s: float, fits: Callable[[float, float], bool], now: datetime
) -> Callable[[Execution], bool]:
    """Return a test of how long a job has run; one that has not begun has no duration."""

    def test(job: Execution) -> bool:
        if job.started is None:
            return False
        return fits(((job.finished or now) - job.started).total_seconds(), limit_s)

    return test


def _values(call: Call, name: str) -> tuple[str, ...]:
    """Return the values of a parameter that may be repeated, or have commas between."""
    return tuple(
        value
        for key, text in parse_qsl(call.query, keep_blank_values=True)
        if key == name
        for value in text.split(",")
    )


def _listed(call: Call, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    values = _values(call, name)
    for value in values:
        if value not in allowed:
            listed = ", ".join(allowed)
            raise BadParameter(
                name, f"allowed are {listed}", allowed, reason_key="allowed", allowed_names=listed
            )
    return values
