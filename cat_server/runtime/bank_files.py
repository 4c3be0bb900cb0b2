"""Banks, key sheets and statistics as encrypted files beside the database; each under its own key and kind."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cat_server.domain.refusals import Refusal
from cat_server.runtime.keyring import Keyring, write_secret
from question_bank.hashes import stats_hash
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.sealing.envelope import CannotOpenError, open_sealed, seal
from question_bank.storing import (
    decode_bank,
    decode_keys,
    decode_statistics,
    encode_bank,
    encode_keys,
    encode_statistics,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class BankFiles:
    """The bank files of one site. `folder` is the site's `banks` folder."""

    folder: Path
    keyring: Keyring

    def write(self, blob_id: str, bank: Bank, keys: KeySheet, statistics: Statistics) -> None:
        """Store a bank's three parts, durably.

        Raises:
            FileExistsError: the id is taken; nothing of it is changed.
        """
        parts = (
            ("bank", self.keyring.bank_key, encode_bank(bank)),
            ("keys", self.keyring.key_sheet_key, encode_keys(keys)),
            ("stats", self.keyring.key_sheet_key, encode_statistics(statistics)),
        )
        written: list[Path] = []
        try:
            for kind, key, content in parts:
                path = self._path(blob_id, kind)
                write_secret(path, seal(key, f"{kind}/1", content))
                written.append(path)
        except OSError:
            for path in written:
                path.unlink(missing_ok=True)
            raise
        _sync_folder(self.folder)

    def add_statistics(self, blob_id: str, statistics: Statistics) -> None:
        """Store newer statistics beside the older ones, which forms that were drawn with them still need."""
        wanted = stats_hash(statistics)
        try:
            self.statistics(blob_id, wanted)
        except Refusal:
            path = self._later_statistics(blob_id, wanted)
            path.unlink(missing_ok=True)
            sealed = seal(self.keyring.key_sheet_key, "stats/1", encode_statistics(statistics))
            write_secret(path, sealed)
            _sync_folder(self.folder)

    def remove(self, blob_id: str) -> None:
        """Remove a bank that was never recorded."""
        for kind in ("bank", "keys", "stats"):
            self._path(blob_id, kind).unlink(missing_ok=True)

    def content(self, blob_id: str, kind: str) -> bytes:
        """Return the stored bytes of `bank` or `keys`, opened.

        Raises:
            Refusal: `BANK_UNREADABLE`, missing, changed, or of another site.
        """
        key = self.keyring.bank_key if kind == "bank" else self.keyring.key_sheet_key
        return self._opened(self._path(blob_id, kind), key, kind, blob_id)

    def bank(self, blob_id: str) -> Bank:
        """Return the items of a bank.

        Raises:
            Refusal: `BANK_UNREADABLE`.
        """
        return _decoded(self.content(blob_id, "bank"), decode_bank, blob_id)

    def keys(self, blob_id: str) -> KeySheet:
        """Return the key sheet of a bank.

        Raises:
            Refusal: `BANK_UNREADABLE`.
        """
        return _decoded(self.content(blob_id, "keys"), decode_keys, blob_id)

    def statistics(self, blob_id: str, wanted: str) -> Statistics:
        """Return what was known of the difficulty of a bank's items, in the version whose `stats_hash` is wanted.

        Raises:
            Refusal: `BANK_UNREADABLE`.
        """
        later = self._later_statistics(blob_id, wanted)
        path = later if later.exists() else self._path(blob_id, "stats")
        content = self._opened(path, self.keyring.key_sheet_key, "stats", blob_id)
        found = _decoded(content, decode_statistics, blob_id)
        if stats_hash(found) != wanted:
            raise Refusal("BANK_UNREADABLE", {"bank": blob_id})
        return found

    def _opened(self, path: Path, key: bytes, kind: str, blob_id: str) -> bytes:
        try:
            return open_sealed(key, f"{kind}/1", path.read_bytes())
        except (OSError, CannotOpenError):
            raise Refusal("BANK_UNREADABLE", {"bank": blob_id}) from None

    def _later_statistics(self, blob_id: str, wanted: str) -> Path:
        return self._path(blob_id, f"stats-{wanted[:16]}")

    def _path(self, blob_id: str, kind: str) -> Path:
        if not blob_id.isalnum():
            raise Refusal("BANK_UNREADABLE", {"bank": blob_id})
        return self.folder / f"{blob_id}.{kind}"


def _decoded(content: bytes, decode: Callable[[bytes], _T], blob_id: str) -> _T:
    try:
        return decode(content)
    except ValueError:
        raise Refusal("BANK_UNREADABLE", {"bank": blob_id}) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
