"""The random stream of a drawing: SHAKE-256 in counter mode, the same on every machine (fairness.md 4.2)."""

from __future__ import annotations

import hashlib
import struct


class Stream:
    """Numbers that follow from a seed, a label and the number of the call. The order of calls is a file format."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._prefix = seed + b"|" + label.encode() + b"|"
        self._calls = 0

    def draw(self, count: int) -> tuple[int, ...]:
        """Return `count` numbers from 0 to 2^64 - 1; one call of the stream."""
        self._calls += 1
        content = self._prefix + str(self._calls).encode()
        return struct.unpack(f"<{count}Q", hashlib.shake_256(content).digest(8 * count))

    def permutation(self, count: int) -> list[int]:
        """Return the indexes 0..count-1 in random order; one call of the stream."""
        values = self.draw(count)
        return sorted(range(count), key=values.__getitem__)

    def below(self, limits: tuple[int, ...]) -> tuple[int, ...]:
        """Return one index below each of `limits`, with a bias below limit/2^64; one call of the stream."""
        return tuple(
            (value * limit) >> 64 for value, limit in zip(self.draw(len(limits)), limits, strict=True)
        )
