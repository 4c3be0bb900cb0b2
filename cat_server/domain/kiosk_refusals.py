"""Which unknown PCs were refused lately, so that their refusal is recorded no faster than an officer can read."""

from __future__ import annotations

ONCE_IN_MS = 600_000
MOST_ADDRESSES = 256


class KioskRefusals:
    """Remembers whose refusal was recorded when, so that nobody can flood the ledger. Times are since boot."""

    def __init__(self) -> None:
        self._at_ms: dict[str, int] = {}

    def is_news(self, address: str, boot_ms: int) -> bool:
        """Tell whether a refusal of this address is to be recorded, and remember it if so.

        At most once in ten minutes per address, and at most 256 addresses in that time.
        """
        self._at_ms = {each: at for each, at in self._at_ms.items() if boot_ms - at < ONCE_IN_MS}
        if address in self._at_ms or len(self._at_ms) >= MOST_ADDRESSES:
            return False
        self._at_ms[address] = boot_ms
        return True
