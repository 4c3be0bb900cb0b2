"""The encrypted stream gives back what went in, or refuses."""

from __future__ import annotations

import io

import pytest

from cat_server.runtime import sealed_stream
from cat_server.runtime.sealed_stream import OpeningReader, SealingWriter
from question_bank.sealing.envelope import CannotOpenError

KEY = bytes(32)


def sealed(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealingWriter(file, KEY, b"header")  # type: ignore[arg-type]  # a file in memory
    for at in range(0, len(content), 7):
        writer.write(content[at : at + 7])
    writer.finish()
    return file.getvalue()


def opened(content: bytes, key: bytes = KEY, bound: bytes = b"header") -> bytes:
    return OpeningReader(io.BytesIO(content), key, bound).read()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "CHUNK_BYTES", 32)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 64, 200])
def test_what_went_in_comes_out(size: int) -> None:
    content = bytes(range(200))[:size]
    assert opened(sealed(content)) == content


def test_every_change_is_found() -> None:
    whole = sealed(bytes(range(100)))
    chunk = 32 + 16
    swapped = whole[chunk : 2 * chunk] + whole[:chunk] + whole[2 * chunk :]
    changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    cut = [whole[:at] for at in range(len(whole))]
    for each in (*changed, *cut, swapped, whole + b"x", whole + whole[-chunk:], whole[chunk:]):
        with pytest.raises(CannotOpenError):
            opened(each)
    for key, bound in ((bytes([1] * 32), b"header"), (KEY, b"other")):
        with pytest.raises(CannotOpenError):
            opened(whole, key, bound)
