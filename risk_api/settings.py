"""The settings of the service: from ``RISK_*`` in the environment, checked before anything starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from risk_api.alerts.fetch import server_of

#: As CAP wants a sender to be written, and the digest of its token.
Sender = Annotated[str, StringConstraints(pattern=r"^[^\s,<&]{1,200}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
LogLevel = Literal["debug", "info", "warning", "error"]
#: A host that cannot end a directive of a content security policy, and a path.
_TILE_ADDRESS: Final = r"^https://[A-Za-z0-9.-]+(:\d+)?/[^\s\"'<>\\]+$"


def default_data_dir() -> Path:
    """Where runs and state go unless told otherwise: the user's XDG data folder."""
    base = os.environ.get("XDG_DATA_HOME", "")
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".local" / "share"
    return root / "selrisk"


def default_workers() -> int:
    """One run at a time on small machines; never more than half of a large one."""
    return max(1, (os.cpu_count() or 2) // 2)


class Settings(BaseSettings):
    """Everything an operator may set; ``create_app(settings)`` is the only way in.

    Attributes
    ----------
    data_dir : Path
        Folder of runs and state; made when missing.
    region : str
        ``almaty`` (embedded) or a folder that holds ``region.toml``.
    host, port
        Where the service listens; port 1 to 65535.
    public_url : str, optional
        Address that clients see behind a proxy, as ``https://risk.example.kz``; links start with it. Without
        it they start with the host that the request names.
    workers : int
        Worker processes that compute runs, 1 to 64.
    max_queued_runs : int
        Runs that may wait or be computed at a time before questions for more are refused, 1 to 10000.
    max_run_memory_mb : float
        Memory that one run may take by its estimate, 10^6 bytes, 0.1 to 1e6; a run
        that needs more is refused.
    max_body_bytes : int
        Longest request body that is read, 1 kB to 100 MB.
    alert_sender : str
        What stands as sender in drafts of warnings, without spaces and commas.
    alert_senders : dict
        Who may issue warnings: SHA-256 of a token in hex by sender, as JSON; nobody unless set.
    cap_feed_url : str, optional
        A feed of CAP warnings that is read as a trigger, as Kazhydromet's; nothing is read unless set.
    cap_feed_interval_s : float
        Between two readings of it, 30 to 86400 s.
    online_base_url : str, optional
        Tiles of a map on the internet that readers may switch on, ``https`` with ``{z}``, ``{x}`` and
        ``{y}``; browsers may then load from its host as well, which learns where they look. Off unless set.
    online_base_credit : str
        Whom the map names while it shows them, at most 200 characters.
    log_level : str
        debug, info, warning or error.
    precompute : bool
        Whether the default comparison, then the other scenarios, are made in the background at start.
    warm : bool
        Whether the worker processes compile or load the engine's kernels in the background at start, so that
        no run waits for the compiler.
    """

    model_config = SettingsConfigDict(
        env_prefix="RISK_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    region: str = Field(default="almaty", min_length=1)
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+[^\s?#/]$")
    workers: int = Field(default_factory=default_workers, ge=1, le=64)
    max_queued_runs: int = Field(default=100, ge=1, le=10_000)
    max_run_memory_mb: float = Field(default=8192.0, ge=0.1, le=1e6)
    max_body_bytes: int = Field(default=1_000_000, ge=1_000, le=100_000_000)
    alert_sender: str = Field(default="selrisk.invalid", pattern=r"^[^\s,<&]{1,200}$")
    alert_senders: dict[Sender, Sha256] = Field(default_factory=dict)
    cap_feed_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    cap_feed_interval_s: float = Field(default=300.0, ge=30.0, le=86_400.0)
    online_base_url: str | None = Field(default=None, pattern=_TILE_ADDRESS)
    online_base_credit: str = Field(default="", max_length=200)
    log_level: LogLevel = "info"
    precompute: bool = True
    warm: bool = True

    @field_validator("data_dir")
    @classmethod
    def _data_dir_is_a_folder(cls, value: Path) -> Path:
        path = value.expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a file; a folder is needed")
        return path

    @field_validator("online_base_url")
    @classmethod
    def _online_base_names_a_tile(cls, value: str | None) -> str | None:
        if value is not None and not all(part in value for part in ("{z}", "{x}", "{y}")):
            raise ValueError("the address needs {z}, {x} and {y}")
        return value

    @field_validator("cap_feed_url")
    @classmethod
    def _feed_has_no_password(cls, value: str | None) -> str | None:
        if value is not None and server_of(value) is None:
            raise ValueError(
                "an address with a host is needed, without a name and a password (they are not sent)"
            )
        return value

    @field_validator("region")
    @classmethod
    def _region_exists(cls, value: str) -> str:
        # A bare word names an embedded region; whether it exists is said when it is opened.
        if "/" in value or os.sep in value or value.startswith((".", "~")):
            folder = Path(value).expanduser().absolute()
            if not (folder / "region.toml").is_file():
                raise ValueError(f"{folder} holds no region.toml")
            return str(folder)
        return value

    @property
    def online_base_origin(self) -> str | None:
        """Scheme and host of the online map, None where there is none."""
        return "/".join(self.online_base_url.split("/")[:3]) if self.online_base_url else None

    @property
    def alerts_dir(self) -> Path:
        """The folder of issued warnings."""
        return self.data_dir / "alerts"

    @property
    def runs_dir(self) -> Path:
        """The folder of the run store."""
        return self.data_dir / "runs"

    @property
    def tiles_dir(self) -> Path:
        """The folder of tiles that are cut; whatever is deleted there is made again."""
        return self.data_dir / "tiles"
