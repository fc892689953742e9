"""What is kept of executions over a restart: a small file each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from risk_api.ogc.processes.request import Asked

if TYPE_CHECKING:
    from risk_api.ogc.processes.executions import Execution

_TIMES: Final = ("created", "updated", "started", "finished")


class Records:
    """The folder of the records.

    Parameters
    ----------
    folder : Path
        Made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, execution: Execution) -> None:
        """Keep an execution as it stands; a reader never meets half of it."""
        path = self._path(execution.id)
        temporary = path.with_suffix(f".tmp-{os.getpid()}")
        temporary.write_text(json.dumps(_written(execution), ensure_ascii=False), encoding="utf-8")
        temporary.replace(path)

    def remove(self, execution_id: str) -> None:
        """Forget an execution."""
        self._path(execution_id).unlink(missing_ok=True)

    def load(self) -> Iterator[Execution]:
        """Yield what earlier services left, oldest first; what cannot be read is told of, and left."""
        found = []
        for path in self._folder.glob("*.json"):
            try:
                found.append(_read(json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, ValueError, KeyError, TypeError) as error:
                structlog.get_logger().warning("record unreadable", file=path.name, error=str(error))
        yield from sorted(found, key=lambda execution: execution.created)

    def _path(self, execution_id: str) -> Path:
        return self._folder / f"{execution_id}.json"


def _written(execution: Execution) -> dict[str, Any]:
    times = {name: getattr(execution, name) for name in _TIMES}
    failure = execution.failure
    return {
        "id": execution.id,
        "process": execution.process,
        "status": execution.status,
        "asked": execution.asked.to_json(),
        "failure": {"status": failure.status, "reasons": dict(failure.reasons)} if failure else None,
        **{name: at.isoformat() if at is not None else None for name, at in times.items()},
    }


def _read(record: dict[str, Any]) -> Execution:
    from risk_api.ogc.processes.executions import Execution, Failure

    created, updated = (datetime.fromisoformat(record[name]) for name in ("created", "updated"))
    started, finished = (
        datetime.fromisoformat(record[name]) if record[name] else None for name in ("started", "finished")
    )
    return Execution(
        id=str(record["id"]),
        process=str(record["process"]),
        asked=Asked(**record["asked"]),
        status=str(record["status"]),
        progress=1.0 if record["status"] == "successful" else 0.0,
        message=str(record["status"]),
        failure=Failure(**record["failure"]) if record["failure"] else None,
        created=created,
        updated=updated,
        started=started,
        finished=finished,
    )
