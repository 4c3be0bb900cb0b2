"""What may happen only so often, counted in memory in one place for all processes that serve kiosks.

With one kiosk process it counts for itself; with several, the supervisor counts for all of them, so that a limit is the same however
many there are. It only slows down or records less: what may be done at all is decided in the transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from enum import StrEnum

from cat_server.domain.instants import Clock
from cat_server.domain.kiosk_refusals import KioskRefusals
from cat_server.domain.paper_limit import PaperLimit
from cat_server.domain.sign_in_guard import SignInGuard

_MOST_PICTURES = 100_000
"""Pictures of all attempts of a busy half day, each counted by itself."""


class Limit(StrEnum):
    """What is asked for; the key says whose."""

    PAPER = "paper"
    PICTURE = "picture"
    SIGN_IN = "sign_in"
    SIGN_IN_RIGHT = "sign_in_right"
    SIGN_IN_UNTRIED = "sign_in_untried"
    UNKNOWN_KIOSK = "unknown_kiosk"


AskLimit = Callable[[Limit, str], Awaitable[bool]]
"""Returns what `Limits.decide` returns, and raises what it raises."""


class Limits:
    """All counters. Safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._papers = PaperLimit()
        self._pictures = PaperLimit(_MOST_PICTURES)
        self._sign_ins = SignInGuard()
        self._refusals = KioskRefusals()

    def decide(self, limit: Limit, key: str) -> bool:
        """Count one and tell whether it is worth recording.

        A sign-in counts as failed from its beginning until `SIGN_IN_RIGHT` forgets all of its key or `SIGN_IN_UNTRIED` this one.

        Raises:
            Refusal: `PAPER_TOO_OFTEN` or `PIN_LOCKED`.
        """
        boot_ms = self._clock.now().boot_ms
        with self._lock:
            match limit:
                case Limit.PAPER:
                    self._papers.count(key, boot_ms)
                case Limit.PICTURE:
                    self._pictures.count(key, boot_ms)
                case Limit.SIGN_IN:
                    self._sign_ins.begin(key, boot_ms)
                case Limit.SIGN_IN_RIGHT:
                    self._sign_ins.succeeded(key)
                case Limit.SIGN_IN_UNTRIED:
                    self._sign_ins.untried(key)
                case Limit.UNKNOWN_KIOSK:
                    return self._refusals.is_news(key, boot_ms)
        return True

    async def ask(self, limit: Limit, key: str) -> bool:
        """Do as `decide` does, where this process counts for itself."""
        return self.decide(limit, key)
