"""Keys wrapped with a passphrase, and keys that must never be trusted."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cat_server.domain.refusals import Refusal
from cat_server.runtime.officer_keys import DEFAULT_COST, Cost, new_officer_key, sign, unlock
from cat_server.runtime.public_keys import fingerprint, is_signed, read_public_key
from cat_server.runtime.site_signing import SiteSigner

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "empat kata yang panjang"


def code_of(wrapped: str, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(Refusal) as caught:
        unlock(wrapped, passphrase)
    return caught.value.code


def test_a_key_opens_with_its_passphrase_and_signs() -> None:
    public_key, wrapped = new_officer_key(PASSPHRASE, CHEAP)
    signature = sign(unlock(wrapped, PASSPHRASE), "statement-signature/1", b"isi")
    assert is_signed(public_key, "statement-signature/1", b"isi", signature)
    assert not is_signed(public_key, "statement-signature/2", b"isi", signature)
    assert not is_signed(public_key, "statement-signature/1", b"isj", signature)
    assert not is_signed(public_key, "statement-signature/1", b"isi", signature.upper())
    assert not is_signed(public_key, "statement-signature/1", b"isi", "xx")


def test_the_default_cost_is_the_required_one() -> None:
    assert (DEFAULT_COST.memory_kib, DEFAULT_COST.iterations, DEFAULT_COST.lanes) == (262_144, 3, 4)


def test_a_wrong_passphrase_and_any_changed_field_are_told_alike() -> None:
    _, wrapped = new_officer_key(PASSPHRASE, CHEAP)
    assert code_of(wrapped, "passphrase lain") == "PASSPHRASE_WRONG"
    assert code_of("") == code_of("{}") == code_of("[1]") == "PASSPHRASE_WRONG"
    content = json.loads(wrapped)
    other_public_key, _ = new_officer_key(PASSPHRASE, CHEAP)
    for name, value in {
        "v": 2,
        "kdf": "scrypt",
        "memory_kib": 128,
        "iterations": 2,
        "lanes": 2,
        "salt": "00" * 16,
        "nonce": "00" * 12,
        "public_key": other_public_key,
        "ciphertext": "00" * 48,
    }.items():
        assert code_of(json.dumps({**content, name: value})) == "PASSPHRASE_WRONG", name
    assert code_of(json.dumps({**content, "memory_kib": 2**40})) == "PASSPHRASE_WRONG"
    assert code_of(json.dumps({**content, "more": 1})) == "PASSPHRASE_WRONG"


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        new_officer_key("pendek", CHEAP)
    assert caught.value.code == "PASSPHRASE_SHORT"


def _encodings_of_small_order() -> list[str]:
    low = ["00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f"]
    low += ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"]
    low += ["c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"]
    low += ["ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f"]
    return [*low, *(each[:62] + f"{int(each[62:], 16) | 0x80:02x}" for each in low)]


@pytest.mark.parametrize("public_key", _encodings_of_small_order())
def test_keys_of_small_order_are_refused(public_key: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_public_key(public_key)
    assert caught.value.code == "KEY_WEAK"


@pytest.mark.parametrize("public_key", ["", "zz" * 32, "ab" * 31, "AB" * 32])
def test_malformed_keys_are_refused(public_key: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_public_key(public_key)
    assert caught.value.code == "KEY_MALFORMED"


def test_a_fingerprint_has_130_bits_in_groups() -> None:
    public_key, _ = new_officer_key(PASSPHRASE, CHEAP)
    assert [len(group) for group in fingerprint(public_key).split("-")] == [4] * 6 + [2]
    assert fingerprint(public_key) == fingerprint(public_key)


def test_the_site_signs_with_its_own_key() -> None:
    signer = SiteSigner(Ed25519PrivateKey.generate())
    signature = signer.sign("result-package/1", b"isi")
    assert is_signed(signer.public_key, "result-package/1", b"isi", signature)
    assert signer.fingerprint == fingerprint(signer.public_key)
