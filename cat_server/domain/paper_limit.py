"""How often one sign-in may fetch its paper: reloading is fine, copying without end is refused and told (design 12)."""

from __future__ import annotations

from collections import OrderedDict

from cat_server.domain.refusals import Refusal

MOST_FETCHES = 30
WINDOW_MS = 600_000
_MOST_REMEMBERED = 5_000


class PaperLimit:
    """Counts fetches by attempt (or picture of one) within a window. Times are milliseconds since boot."""

    def __init__(self, most_remembered: int = _MOST_REMEMBERED) -> None:
        self._most_remembered = most_remembered
        self._fetched: OrderedDict[str, list[int]] = OrderedDict()

    def count(self, attempt_id: str, boot_ms: int) -> None:
        """Count one fetch.

        Raises:
            Refusal: `PAPER_TOO_OFTEN`, with the seconds until the next fetch is free.
        """
        recent = [each for each in self._fetched.pop(attempt_id, []) if each > boot_ms - WINDOW_MS]
        self._fetched[attempt_id] = recent
        if len(self._fetched) > self._most_remembered:
            self._fetched.popitem(last=False)
        if len(recent) >= MOST_FETCHES:
            raise Refusal("PAPER_TOO_OFTEN", {"seconds": -(-(recent[0] + WINDOW_MS - boot_ms) // 1000)})
        recent.append(boot_ms)
