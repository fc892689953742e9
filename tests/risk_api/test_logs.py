"""The line of an answer says what was said, whatever is in it, and is written where lines are wanted."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from risk_api.logs import JsonLines, access_log, configure_logging


@given(st.text(), st.text(), st.text(), st.floats(0.0, 1e9), st.integers(0))
def test_a_line_is_json_of_one_line_with_what_was_said(method, path, query, duration_ms, size):
    stream = io.StringIO()
    said = {"method": method, "path": path, "query": query, "status": 200, "bytes": size,
            "duration_ms": duration_ms, "request_id": "a-1"}  # fmt: skip
    JsonLines(stream)(**said)
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("\n")
    line = json.loads(text)
    at = datetime.fromisoformat(line.pop("timestamp"))
    assert abs(at - datetime.now(UTC)) < timedelta(seconds=5)
    assert line == {**said, "event": "request", "level": "info"}


@pytest.fixture
def written(capsys):
    """Give a function that returns what was written to stderr; structlog is set back afterwards."""
    yield lambda: capsys.readouterr().err
    structlog.reset_defaults()


SAID = {"method": "GET", "path": "/ogc", "query": "f=\"json", "status": 200, "bytes": 3, "duration_ms": 0.25,
        "request_id": "b"}  # fmt: skip


def test_it_is_the_line_that_structlog_would_write(written):
    configure_logging("info")
    access_log()(**SAID)
    structlog.get_logger("access").info("request", **SAID)
    ours, theirs = (json.loads(line) for line in written().splitlines())
    assert list(ours) == list(theirs)
    assert ours.pop("timestamp")[:15] == theirs.pop("timestamp")[:15]
    assert ours == theirs


def test_nothing_is_written_where_such_lines_are_not_wanted(written):
    configure_logging("warning")
    access_log()(**SAID)
    assert written() == ""
    configure_logging("debug")
    access_log()(**SAID)
    assert json.loads(written())["path"] == "/ogc"


def test_on_a_terminal_it_is_for_people(written, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    configure_logging("info")
    access_log()(**SAID)
    text = written()
    assert "request" in text
    assert not text.startswith("{")
