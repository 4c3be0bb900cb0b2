from __future__ import annotations

import hashlib

from question_bank.assembly.stream import Stream


def test_the_stream_is_a_format() -> None:
    """fairness.md 4.2: SHAKE-256 over seed | label | decimal(call), little-endian 64-bit values."""
    stream = Stream(b"seed", "TIU")
    first = hashlib.shake_256(b"seed|TIU|1").digest(16)
    assert stream.draw(2) == (int.from_bytes(first[:8], "little"), int.from_bytes(first[8:], "little"))
    second = hashlib.shake_256(b"seed|TIU|2").digest(40)
    values = [int.from_bytes(second[start : start + 8], "little") for start in range(0, 40, 8)]
    assert [values[index] for index in stream.permutation(5)] == sorted(values)
    third = hashlib.shake_256(b"seed|TIU|3").digest(24)
    values = [int.from_bytes(third[start : start + 8], "little") for start in range(0, 24, 8)]
    assert stream.below((10, 7, 1)) == (values[0] * 10 >> 64, values[1] * 7 >> 64, 0)
