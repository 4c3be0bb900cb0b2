"""What is said of many latencies: how many, the middle one, the slowest of a hundred, the slowest."""

from __future__ import annotations

from collections.abc import Sequence


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p99 and the maximum in milliseconds; zeros for none."""
    if not seconds:
        return {"p50_ms": 0.0, "p99_ms": 0.0, "max_ms": 0.0}
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return {
        "p50_ms": ordered[last // 2] * 1000,
        "p99_ms": ordered[min(-(-99 * last // 100), last)] * 1000,
        "max_ms": ordered[-1] * 1000,
    }
