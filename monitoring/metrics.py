"""The server's numbers in the format of Prometheus: how it is, and what both processes wrote. Counts only, nobody's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from cat_server.queries.health import BUCKETS_MS, Health

Told = Mapping[str, Mapping[str, Any]]
"""By process: what its lane did (`LaneGauge.numbers`), and how many requests wait."""


def metrics_text(health: Health, told: Told) -> bytes:
    """Return the exposition."""
    registry = CollectorRegistry()
    registry.register(_Numbers(health, told))
    return generate_latest(registry)


class _Numbers:
    def __init__(self, health: Health, told: Told) -> None:
        self._health = health
        self._told = told

    def collect(self) -> Iterator[Metric]:
        health = self._health
        for name, text, value in (
            ("cat_can_save", "1 while the last transaction was committed", int(health.can_save)),
            (
                "cat_journal_failing",
                "1 while the second copy cannot be written",
                int(bool(health.journal_trouble)),
            ),
            ("cat_disk_free_bytes", "free space on the site's disk", health.disk_free_mib << 20),
            ("cat_disk_reserve_gone", "1 after the disk was full", int(health.is_ballast_gone)),
            ("cat_kiosks_seen", "PCs heard of within half a minute", health.kiosks_seen),
        ):
            yield GaugeMetricFamily(name, text, value)
        if health.backup_age_s is not None:
            yield GaugeMetricFamily("cat_backup_age_seconds", "age of the newest backup", health.backup_age_s)
        requests = CounterMetricFamily(
            "cat_write_requests", "requests that were committed", labels=["process"]
        )
        failed = CounterMetricFamily(
            "cat_write_rollbacks", "transactions that were rolled back", labels=["process"]
        )
        queue = GaugeMetricFamily(
            "cat_write_queue", "requests that wait for the write lane", labels=["process"]
        )
        times = HistogramMetricFamily("cat_commit_seconds", "from the lock to the disk", labels=["process"])
        for process, numbers in sorted(self._told.items()):
            requests.add_metric([process], numbers["requests"])
            failed.add_metric([process], numbers["rolled_back"])
            queue.add_metric([process], numbers["queue"])
            times.add_metric([process], _cumulative(numbers["classes"]), numbers["total_ms"] / 1_000)
        yield from (requests, failed, queue, times)


def _cumulative(classes: list[int]) -> list[tuple[str, float]]:
    bounds = [*(str(each / 1_000) for each in BUCKETS_MS), "+Inf"]
    return [(bound, float(sum(classes[: index + 1]))) for index, bound in enumerate(bounds)]
