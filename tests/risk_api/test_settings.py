"""Settings refuse nonsense before anything starts."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from risk_api.cli import UsageError, load_settings
from risk_api.settings import Settings, default_data_dir


def test_environment_reaches_the_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("RISK_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("RISK_PORT", "8123")
    monkeypatch.setenv("RISK_PRECOMPUTE", "false")
    settings = Settings()
    assert settings.data_dir == tmp_path / "state"
    assert settings.port == 8123
    assert settings.precompute is False
    assert settings.runs_dir == tmp_path / "state" / "runs"
    assert not settings.data_dir.exists()  # reading settings writes nothing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0),
        ("port", 70000),
        ("workers", 0),
        ("max_body_bytes", -1),
        ("max_run_memory_mb", 0),
        ("log_level", "loud"),
        ("region", ""),
        ("region", "./no/such/folder"),
        ("host", ""),
        ("cap_feed_url", "https://name:word@example.kz/cap"),
        ("cap_feed_url", "https://name:wo/rd@example.kz/cap"),
        ("cap_feed_url", "https://example.kz:port/cap"),
        ("online_base_url", "http://tiles.example/{z}/{x}/{y}.png"),
        ("online_base_url", "https://tiles.example; script-src */{z}/{x}/{y}"),
        ("online_base_url", "https://tiles.example/{z}/{x}.png"),
    ],
)
def test_nonsense_is_refused_by_name(name, value):
    with pytest.raises(ValidationError) as caught:
        Settings(**{name: value})
    assert caught.value.errors()[0]["loc"] == (name,)


def test_a_password_in_the_address_of_a_feed_is_refused_and_not_told():
    with pytest.raises(UsageError, match="cap-feed-url") as refused:
        load_settings(cap_feed_url="https://name:secret@example.kz/cap")
    assert "password" in str(refused.value)
    assert "secret" not in str(refused.value)
    with pytest.raises(ValidationError) as caught:
        Settings(cap_feed_url="https://name:secret@example.kz/cap")
    assert "secret" not in str(caught.value)
    assert Settings(cap_feed_url="https://example.kz/@here").cap_feed_url == "https://example.kz/@here"


def test_a_file_is_no_data_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path / "file")


def test_the_default_folder_follows_xdg(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_data_dir() == tmp_path / "selrisk"
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/invalid")
    assert default_data_dir() == Path.home() / ".local" / "share" / "selrisk"


def test_settings_cannot_be_changed_under_a_running_service():
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1
