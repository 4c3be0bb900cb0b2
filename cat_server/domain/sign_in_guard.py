"""Slows down guessing of PINs: five tries, then 15 s, doubling up to 15 minutes (security.md A1)."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.refusals import Refusal

FREE_TRIES = 5
FIRST_WAIT_MS = 15_000
LONGEST_WAIT_MS = 900_000
MOST_REMEMBERED = 20_000


@dataclass(slots=True)
class _Tries:
    failed: int = 0
    free_at_ms: int = 0


class SignInGuard:
    """Counts failed sign-ins by a key (a participant number, a kiosk). Times are since boot."""

    def __init__(self) -> None:
        self._tries: dict[str, _Tries] = {}

    def begin(self, key: str, boot_ms: int) -> None:
        """Count a try, as failed until it turns out otherwise: many at once are no way around the limit.

        Raises:
            Refusal: `PIN_LOCKED` with the seconds left.
        """
        tries = self._tries.get(key)
        if tries and boot_ms < tries.free_at_ms:
            raise Refusal("PIN_LOCKED", {"seconds": -(-(tries.free_at_ms - boot_ms) // 1000)})
        if len(self._tries) >= MOST_REMEMBERED:
            self._tries.pop(next(iter(self._tries)))
        tries = self._tries.setdefault(key, _Tries())
        tries.failed += 1
        over = tries.failed - FREE_TRIES
        if over >= 0:
            tries.free_at_ms = boot_ms + min(FIRST_WAIT_MS << min(over, 10), LONGEST_WAIT_MS)

    def untried(self, key: str) -> None:
        """Take a try back that never came to a PIN."""
        tries = self._tries.get(key)
        if tries is not None:
            tries.failed -= 1
            tries.free_at_ms = 0
            if tries.failed <= 0:
                del self._tries[key]

    def succeeded(self, key: str) -> None:
        """Forget the failures of `key`."""
        self._tries.pop(key, None)
