"""What other codes needed for the common case, read from the table beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("peers.toml")


@dataclass(frozen=True)
class Peer:
    """`cpu_s` is by cell size, m; a size that was not run is not there."""

    name: str
    method: str
    cpu_s: dict[float, float]


@dataclass(frozen=True)
class Peers:
    """`measured` says when and where."""

    measured: str
    all: tuple[Peer, ...]


def read(table: Path = TABLE) -> Peers:
    """Read the table; a figure that is not a positive time is an error."""
    content = tomllib.loads(table.read_text(encoding="utf-8"))
    peers = []
    for row in content["peer"]:
        cpu_s = {float(cell): float(seconds) for cell, seconds in row["cpu_s"].items()}
        if not cpu_s or min(cpu_s.values()) <= 0.0:
            raise ValueError(f"{table.name}: {row['name']} has no processor time above zero")
        peers.append(Peer(row["name"], row["method"], cpu_s))
    return Peers(content["measured"], tuple(peers))
