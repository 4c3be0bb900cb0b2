"""Rescue files: written as a browser writes them, opened by the site alone, and by nobody made up."""

from __future__ import annotations

import base64
import hmac
import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.refusals import Refusal
from cat_server.runtime.rescue_seal import LARGEST_FILE, open_rescue, public_key, seal_key

KEY = bytes(range(32))
COMMAND = {
    "seq": 4,
    "kind": "answer",
    "position": 7,
    "response": ["o2"],
    "is_flagged": True,
    "claimed_clock_ms": 12_345,
}


def written(seal: bytes, to: bytes = KEY, **body: Any) -> dict[str, str]:
    """Write a file the way that docs and browser agree on."""
    text = json.dumps({"v": 1, "attempt": "a1", "epoch": 2, "commands": [COMMAND], **body})
    inner = json.dumps({"body": text, "seal": hmac.digest(seal, text.encode(), "sha256").hex()})
    own = ec.generate_private_key(ec.SECP256R1())
    ephemeral = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = public_key(to)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    key = HKDF(algorithm=SHA256(), length=32, salt=ephemeral + theirs, info=b"cat-rescue/1").derive(shared)
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, inner.encode(), b"cat-rescue/1")
    parts = {"public": ephemeral, "nonce": nonce, "content": sealed}
    return {"type": "cat-rescue/1", **{name: base64.b64encode(part).decode() for name, part in parts.items()}}


def code_of(content: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        open_rescue(KEY, content)
    return refused.value.code


def test_the_site_reads_what_an_attempts_pc_wrote() -> None:
    found = open_rescue(KEY, json.dumps(written(seal_key(KEY, "a1", 2))).encode())
    assert (found.attempt_id, found.epoch) == ("a1", 2)
    assert found.commands == (Submitted(4, CommandKind.ANSWER, 7, ("o2",), True, 12_345),)


def test_nobody_else_can_write_one() -> None:
    assert code_of(json.dumps(written(os.urandom(32))).encode()) == "RESCUE_SEAL"
    for other in ({"attempt": "a2"}, {"epoch": 3}):
        assert code_of(json.dumps(written(seal_key(KEY, "a1", 2), **other)).encode()) == "RESCUE_SEAL"
    assert code_of(json.dumps(written(seal_key(KEY, "a1", 2), to=bytes(32))).encode()) == "RESCUE_OTHER_SITE"


@pytest.mark.parametrize("name", ["public", "nonce", "content"])
def test_a_changed_file_is_refused(name: str) -> None:
    file = written(seal_key(KEY, "a1", 2))
    raw = bytearray(base64.b64decode(file[name]))
    raw[-1] ^= 1
    changed = {**file, name: base64.b64encode(bytes(raw)).decode()}
    assert code_of(json.dumps(changed).encode()) in ("RESCUE_OTHER_SITE", "RESCUE_UNREADABLE")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"type": 1}',
        b'{"type": "cat-rescue/1", "public": "A"}',
        b"1" * (LARGEST_FILE + 1),
    ],
)
def test_other_files_are_told_apart(content: bytes) -> None:
    assert code_of(content) == "RESCUE_UNREADABLE"


def test_commands_of_another_shape_are_refused() -> None:
    for wrong in ({"kind": "sign"}, {"seq": "x"}, {"response": None}):
        file = written(seal_key(KEY, "a1", 2), commands=[{**COMMAND, **wrong}])
        assert code_of(json.dumps(file).encode()) == "RESCUE_UNREADABLE"


@pytest.mark.parametrize(
    "odd",
    [
        {"seq": 0},
        {"seq": -1},
        {"seq": 2**64},
        {"position": 10**30},
        {"claimed_clock_ms": -1},
        {"seq": True},
        {"seq": 1.5},
    ],
)
def test_numbers_that_no_outbox_counts_are_refused(odd: dict[str, object]) -> None:
    sealed = written(seal_key(KEY, "a1", 2), commands=[COMMAND | odd])
    assert code_of(json.dumps(sealed).encode()) == "RESCUE_UNREADABLE"


def test_what_is_nested_without_end_is_refused() -> None:
    assert code_of(b"[" * LARGEST_FILE) == "RESCUE_UNREADABLE"
