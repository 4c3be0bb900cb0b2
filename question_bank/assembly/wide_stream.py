"""The random stream of `stream.py` as arrays: the same numbers, many at a time."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


class WideStream:
    """Numbers that follow from a seed, a label and the number of the call (fairness.md 4.2)."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._prefix = seed + b"|" + label.encode() + b"|"
        self._calls = 0

    def draw(self, count: int) -> NDArray[np.uint64]:
        """Return `count` numbers from 0 to 2^64 - 1; one call of the stream."""
        self._calls += 1
        content = self._prefix + str(self._calls).encode()
        return np.frombuffer(hashlib.shake_256(content).digest(8 * count), dtype="<u8").astype(np.uint64)

    def permutation(self, count: int) -> NDArray[np.int64]:
        """Return the indexes 0..count-1 in random order, ties by the lower index; one call of the stream."""
        return np.argsort(self.draw(count), kind="stable").astype(np.int64)


def below(values: NDArray[np.uint64], limits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `(value * limit) >> 64` exactly, for limits below 2^32."""
    limit = limits.astype(np.uint64)
    low = ((values & np.uint64(0xFFFFFFFF)) * limit) >> np.uint64(32)
    return (((values >> np.uint64(32)) * limit + low) >> np.uint64(32)).astype(np.int64)
