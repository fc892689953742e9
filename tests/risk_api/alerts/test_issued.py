"""An issued message outlives a power cut, and what could not be written leaves nothing behind."""

import os
from pathlib import Path

import pytest

from risk_api.alerts.issued import IssuedAlerts

RECORD = {
    "identifier": "a-1",
    "sender": "duty@example.kz",
    "sent": "2026-07-23T02:15:00+05:00",
    "status": "Actual",
    "message_type": "Alert",
    "scenario": "burst",
    "strategy": "no-dams",
    "run_id": "abc123",
}


def test_names_are_on_the_disk_as_well_as_what_stands_under_them(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, Path.replace

    def told_fsync(handle):
        where = next(one for one in (folder, *folder.parents, None) if one is None or same(one, handle))
        steps.append("content" if where is None else where)
        fsync(handle)

    def same(path, handle):
        return path.exists() and os.path.samestat(path.stat(), os.fstat(handle))

    def told_replace(path, target):
        steps.append(target.name)
        return replace(path, target)

    folder = tmp_path / "state" / "alerts"
    monkeypatch.setattr(os, "fsync", told_fsync)
    monkeypatch.setattr(Path, "replace", told_replace)
    IssuedAlerts(folder).add(RECORD, b"<alert/>")
    assert set(steps[:2]) == {tmp_path, tmp_path / "state"}
    assert steps[2:] == ["content", "a-1.xml", folder, "content", "a-1.json", folder]


def test_a_message_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(handle):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        IssuedAlerts(tmp_path).add(RECORD, b"<alert/>")
    assert list(tmp_path.iterdir()) == []
