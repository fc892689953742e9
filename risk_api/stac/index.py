"""Which finished runs belong to which scenario: read once per run, as a run never changes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from risk_api.errors import UnknownCollection, UnknownRun
from risk_api.runs import Run

if TYPE_CHECKING:
    from risk_api.runs import RunStore


@dataclass(frozen=True)
class Entry:
    """What the list of a scenario's runs says of one."""

    run_id: str
    scenario: str
    created: str


class RunIndex:
    """The runs of a store by scenario.

    Parameters
    ----------
    store : RunStore
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}

    def entries(self) -> list[Entry]:
        """Return all runs there are, by id; what was read before is not read again."""
        ids = self._store.ids()
        with self._lock:
            known = dict(self._entries)
        for run_id in ids:
            if run_id not in known:
                known[run_id] = _entry(self._store.open(run_id))
        found = {run_id: known[run_id] for run_id in ids}
        with self._lock:
            self._entries = found
        return list(found.values())

    def of_scenario(self, scenario: str) -> list[Entry]:
        """Return the runs of a scenario, oldest first.

        Raises
        ------
        UnknownCollection
            If it has none.
        """
        found = [entry for entry in self.entries() if entry.scenario == scenario]
        if not found:
            raise UnknownCollection(scenario, in_path=True)
        return sorted(found, key=lambda entry: (entry.created, entry.run_id))

    def run(self, scenario: str, run_id: str) -> Run:
        """Return a run of a scenario.

        Raises
        ------
        UnknownRun
            If there is none, or it is another scenario's.
        """
        run = self._store.open(run_id)
        if run.summary["inputs"]["scenario"]["id"] != scenario:
            raise UnknownRun(run_id, in_path=True)
        return run


def _entry(run: Run) -> Entry:
    summary = run.summary
    return Entry(run.id, str(summary["inputs"]["scenario"]["id"]), str(summary["properties"]["created"]))
