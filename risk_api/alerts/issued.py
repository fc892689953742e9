"""Messages that an authenticated sender has issued: kept whole, with who sent them, never changed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from risk_api.errors import NotAuthenticated, UnknownAlert


def sender_of(authorization: str | None, senders: Mapping[str, str]) -> str:
    """Return who shows the token of ``Authorization: Bearer <token>``.

    Parameters
    ----------
    authorization : str or None
        The header.
    senders : mapping
        SHA-256 of the token in hex, by sender: whoever reads the settings cannot send.

    Raises
    ------
    NotAuthenticated
        If the token is nobody's, or there is none.
    """
    scheme, _, token = (authorization or "").partition(" ")
    digest = hashlib.sha256(token.strip().encode()).hexdigest()
    found = None
    for sender, expected in senders.items():
        # Every one is compared, each in constant time: how long it takes tells nothing.
        if hmac.compare_digest(digest, expected.lower()):
            found = sender
    if found is None or scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated(headers={"WWW-Authenticate": 'Bearer realm="alerts"'})
    return found


@dataclass(frozen=True)
class Issued:
    """A message that has been sent.

    Attributes
    ----------
    identifier, sender, sent, status, message_type : str
        As in the document.
    sha256 : str
        Of the document.
    """

    identifier: str
    sender: str
    sent: str
    status: str
    message_type: str
    scenario: str
    strategy: str
    run_id: str
    sha256: str

    @property
    def reference(self) -> str:
        """The triple by which a later message refers to this one."""
        return f"{self.sender},{self.identifier},{self.sent}"


class IssuedAlerts:
    """The folder of issued messages: a document and its record each.

    Parameters
    ----------
    folder : Path
        Made when the first message is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, record: Mapping[str, Any], document: bytes) -> Issued:
        """Keep a message; the record is written last, so that a message is whole or absent."""
        issued = Issued(**record, sha256=hashlib.sha256(document).hexdigest())
        self._make_folder()
        self._write(self._folder / f"{issued.identifier}.xml", document)
        text = json.dumps(issued.__dict__, ensure_ascii=False, indent=1)
        self._write(self._folder / f"{issued.identifier}.json", text.encode())
        return issued

    def all(self) -> list[Issued]:
        """Return the messages, newest first."""
        records = [
            Issued(**json.loads(path.read_text("utf-8"))) for path in sorted(self._folder.glob("*.json"))
        ]
        return sorted(records, key=lambda one: (one.sent, one.identifier), reverse=True)

    def get(self, identifier: str) -> Issued:
        """Return the record of one message.

        Raises
        ------
        UnknownAlert
            If none has this identifier.
        """
        for issued in self.all():
            if issued.identifier == identifier:
                return issued
        raise UnknownAlert(identifier, in_path=True)

    def document(self, identifier: str) -> bytes:
        """Return a message as it was sent; raises as `get` does."""
        return (self._folder / f"{self.get(identifier).identifier}.xml").read_bytes()

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                # Who sent what outlives a power cut: nothing could make it again.
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(path.parent)

    def _make_folder(self) -> None:
        """Make the folder, and those above it that are missing, so that they outlive a power cut as well."""
        missing = [one for one in (self._folder, *self._folder.parents) if not one.exists()]
        self._folder.mkdir(parents=True, exist_ok=True)
        for one in missing:
            _flush_folder(one.parent)


def _flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk: a file that is there whole but under no name is lost."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
