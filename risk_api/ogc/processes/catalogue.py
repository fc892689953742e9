"""The processes there are: one joins by one line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from risk_api.errors import UnknownProcess
from risk_api.ogc.processes import compare, quake, simulate, size_dam
from risk_api.ogc.processes.process import Process

PROCESSES: Final[Mapping[str, Process]] = MappingProxyType(
    {process.id: process for process in (compare.PROCESS, simulate.PROCESS, size_dam.PROCESS, quake.PROCESS)}
)


def process_of(process_id: str) -> Process:
    """Return a process.

    Raises
    ------
    UnknownProcess
        Naming those there are.
    """
    if process_id not in PROCESSES:
        raise UnknownProcess(process_id, PROCESSES, in_path=True)
    return PROCESSES[process_id]
