"""Counters for the operator, in a registry of their own so that several applications can live together."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """What ``/metrics`` shows: answers by route, runs kept, jobs by status."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "selrisk_request_seconds",
            "Seconds from request to the end of the answer.",
            ("method", "route", "status"),
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0),
            registry=self.registry,
        )
        # Finding a series by its labels costs more than adding to it.
        self._series: dict[tuple[str, str, int], Histogram] = {}
        self._runs = Gauge("selrisk_runs", "Finished runs in the store.", registry=self.registry)
        self._jobs = Gauge("selrisk_jobs", "Jobs by status.", ("status",), registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer. `route` is a template, so that labels stay few."""
        series = self._series.get((method, route, status))
        if series is None:
            known = method if method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") else "other"
            series = self._requests.labels(known, route, str(status))
            if known != "other":
                self._series[method, route, status] = series
        series.observe(seconds)

    def render(self, runs: int, jobs: dict[str, int]) -> bytes:
        """Return the exposition text with the gauges set to what the store and the jobs say now."""
        self._runs.set(runs)
        for status in ("accepted", "running", "successful", "failed", "dismissed"):
            self._jobs.labels(status).set(jobs.get(status, 0))
        return generate_latest(self.registry)
