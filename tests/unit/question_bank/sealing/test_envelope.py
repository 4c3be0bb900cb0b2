from __future__ import annotations

import pytest

from question_bank.sealing.envelope import CannotOpenError, new_key, open_sealed, seal

KEY = bytes(range(32))


def test_what_is_sealed_opens_again() -> None:
    for content in (b"", b"x", bytes(100_000)):
        assert open_sealed(KEY, "bank/1", seal(KEY, "bank/1", content)) == content


def test_no_two_sealings_are_alike_and_none_shows_its_content() -> None:
    one, other = (seal(KEY, "bank/1", b"rahasia sekali") for _ in range(2))
    assert one != other
    assert b"rahasia" not in one


def test_every_changed_or_missing_byte_is_refused_alike() -> None:
    sealed = seal(KEY, "bank/1", b"content")
    broken = [
        sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :] for index in range(len(sealed))
    ]
    broken += [sealed[:length] for length in range(len(sealed))]
    broken.append(sealed + b"\0")
    messages = set()
    for each in broken:
        with pytest.raises(CannotOpenError) as refused:
            open_sealed(KEY, "bank/1", each)
        messages.add(str(refused.value))
    assert messages == {"cannot open"}


def test_another_key_or_kind_does_not_open() -> None:
    sealed = seal(KEY, "keys/1", b"content")
    for key, kind in ((new_key(), "keys/1"), (KEY, "bank/1"), (KEY, "keys/2"), (b"short", "keys/1")):
        with pytest.raises(CannotOpenError):
            open_sealed(key, kind, sealed)


def test_a_short_key_does_not_seal() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"short", "bank/1", b"x")
