"""The recovery key as people write it down."""

from __future__ import annotations

from pathlib import Path

import pytest

from cat_server.domain.refusals import Refusal
from cat_server.runtime.recovery_key import (
    new_recovery_key,
    recovery_public_key,
    unwrap_with_recovery,
    wrap_for_recovery,
)
from question_bank.sealing.envelope import CannotOpenError


def test_it_opens_however_it_is_typed_and_no_slip_goes_through(tmp_path: Path) -> None:
    assert recovery_public_key(tmp_path) == b""
    text = new_recovery_key(tmp_path)
    wrapped = wrap_for_recovery(recovery_public_key(tmp_path), b"content key")
    assert unwrap_with_recovery(text, wrapped) == b"content key"
    assert unwrap_with_recovery(f" {text.lower().replace('-', '  ')}\n", wrapped) == b"content key"
    slips = [
        text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        for at in range(len(text))
        if text[at] != "-"
    ]
    for each in (*slips, text[:-1], "", text + text, "é" * 56):
        with pytest.raises(Refusal, match="RECOVERY_KEY_UNREADABLE"):
            unwrap_with_recovery(each, wrapped)


def test_a_replaced_key_no_longer_opens_new_backups(tmp_path: Path) -> None:
    old = new_recovery_key(tmp_path)
    with pytest.raises(Refusal, match="RECOVERY_KEY_EXISTS"):
        new_recovery_key(tmp_path)
    assert wrap_for_recovery(recovery_public_key(tmp_path), b"x")
    new_recovery_key(tmp_path, replaces=True)
    with pytest.raises(CannotOpenError):
        unwrap_with_recovery(old, wrap_for_recovery(recovery_public_key(tmp_path), b"x"))
