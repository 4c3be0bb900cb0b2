from __future__ import annotations

from pathlib import Path

import pytest

from cat_server.domain.refusals import Refusal
from cat_server.runtime.keyring import create_keys, open_keyring, write_secret


def test_every_purpose_has_its_own_key_and_they_come_back(tmp_path: Path) -> None:
    made = create_keys(tmp_path / "keys")
    again = open_keyring(tmp_path / "keys")
    keys = (
        made.secrets.pin_key,
        made.secrets.private_salt_key,
        made.bank_key,
        made.key_sheet_key,
        made.seed_key,
    )
    assert len({*keys, (tmp_path / "keys" / "master.key").read_bytes()}) == 6
    assert again.secrets == made.secrets
    assert again.public_key_hex == made.public_key_hex


def test_secrets_show_in_no_repr(tmp_path: Path) -> None:
    made = create_keys(tmp_path / "keys")
    assert repr(made.secrets.pin_key) not in repr(made)
    assert "signing_key" not in repr(made)


def test_files_that_others_may_read_are_refused(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys")
    (tmp_path / "keys" / "master.key").chmod(0o640)
    with pytest.raises(Refusal) as refused:
        open_keyring(tmp_path / "keys")
    assert refused.value.code == "KEYS_READABLE_BY_OTHERS"


def test_a_seed_is_kept_encrypted_and_once(tmp_path: Path) -> None:
    keyring = create_keys(tmp_path / "keys")
    keyring.keep_seed("abc", b"s" * 32)
    assert keyring.seed("abc") == b"s" * 32
    stored = (tmp_path / "keys" / "seeds" / "abc.seed").read_bytes()
    assert b"s" * 8 not in stored
    with pytest.raises(FileExistsError):
        keyring.keep_seed("abc", b"t" * 32)
    keyring.forget_seed("abc")
    with pytest.raises(Refusal):
        keyring.seed("abc")


def test_a_secret_is_its_owners_only(tmp_path: Path) -> None:
    write_secret(tmp_path / "x", b"secret")
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
