"""What several processes of one role tell is one sum that never goes back."""

from __future__ import annotations

import threading
from collections.abc import ItemsView
from typing import Any

from cat_server.runtime.told_numbers import ToldNumbers


def test_numbers_are_summed_by_role_and_survive_the_end_of_a_process() -> None:
    told = ToldNumbers()
    told.tell("kiosk", "kiosk-1", {"requests": 10, "total_ms": 1.5, "classes": [1, 2], "queue": 4})
    told.tell("kiosk", "kiosk-2", {"requests": 5, "total_ms": 1.0, "classes": [0, 1], "queue": 1})
    told.tell("monitoring", "monitoring", {"requests": 1, "total_ms": 0.5, "classes": [1, 0], "queue": 0})
    assert told.by_role()["kiosk"] == {"requests": 15, "total_ms": 2.5, "classes": [1, 3], "queue": 5}
    assert told.by_role()["monitoring"]["requests"] == 1
    told.ended("kiosk", "kiosk-1")
    assert told.by_role()["kiosk"] == {"requests": 15, "total_ms": 2.5, "classes": [1, 3], "queue": 1}
    told.tell("kiosk", "kiosk-1", {"requests": 2, "total_ms": 0.5, "classes": [0, 1], "queue": 0})
    assert told.by_role()["kiosk"]["requests"] == 17
    told.ended("kiosk", "kiosk-1")
    told.ended("kiosk", "kiosk-2")
    assert "kiosk" not in told.by_role()


def test_who_reads_while_a_process_ends_sees_its_numbers_too() -> None:
    told, seen = ToldNumbers(), list[dict[str, Any]]()
    reading = threading.Thread(target=lambda: seen.append(dict(told.by_role()["kiosk"])))

    class Counted(dict[str, Any]):
        def items(self) -> ItemsView[str, Any]:
            reading.start()
            reading.join(0.2)
            return super().items()

    told.tell("kiosk", "kiosk-1", Counted(requests=10))
    told.tell("kiosk", "kiosk-2", {"requests": 5})
    told.ended("kiosk", "kiosk-1")
    reading.join()
    assert seen == [{"requests": 15}]
