"""Log lines: for people on a terminal, JSON for machines everywhere else."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from risk_api.settings import LogLevel


#: Made once: `json.dumps` makes one anew for every line.
_ENCODER = json.JSONEncoder(default=repr)


def _to_json(entry: Any, **_: Any) -> str:
    return _ENCODER.encode(entry)


def configure_logging(level: LogLevel) -> None:
    """Set up structlog for the process; called by the command line, never on import.

    Everything goes to stderr, so that ``--json`` output on stdout stays parseable.
    """
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(serializer=_to_json)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if sys.stderr.isatty() else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
