"""The score as one would work it out on paper: stored answers, the bank's keys, the profile's table. No product scoring."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.served_site import Served

RIGHT = 5
"""Points for a right answer of TWK and TIU in the demo's profile; wrong and blank give nothing."""


def calculated(served: Served, person: dict[str, Any]) -> dict[str, int]:
    """Return whole points by section, and the sum under an empty name."""
    items = served.form_items(served.attempt_id(person))
    keys = served.bank()[1].keys
    responses = served.responses(person)
    points: dict[str, int] = defaultdict(int)
    for position, item in enumerate(items, start=1):
        key = keys[item["item_id"]]
        points[item["section"]] += 0
        for chosen in responses.get(position, []):
            if item["section"] == "TKP":
                points["TKP"] += dict(key.points)[chosen] // 1_000_000
            elif chosen in key.correct:
                points[item["section"]] += RIGHT
    return {**points, "": sum(points.values())}
