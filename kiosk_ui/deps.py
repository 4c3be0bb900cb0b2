"""What the participants' app needs from outside; the command line puts it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cat_server.queries.access import Reader, WriteLane
from cat_server.runtime.clock import Clock
from cat_server.runtime.follower import Follower
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.limits import AskLimit
from cat_server.runtime.presence import Presence
from cat_server.runtime.settings import SiteSettings
from question_bank.items import Bank


@dataclass(frozen=True, slots=True)
class KioskDeps:
    """Everything the kiosk process works with. `banks` returns a bank without keys and may block.

    `keeps_time` tells whether it is this process, of several, that keeps the exam clocks.
    The lane, the reader and the follower belong to the caller, who has started them and stops them afterwards.
    """

    lane: WriteLane
    reader: Reader
    clock: Clock
    follower: Follower
    settings: SiteSettings
    secrets: Secrets
    presence: Presence
    banks: Callable[[str], Bank]
    ask_limit: AskLimit
    keeps_time: Callable[[], bool] = lambda: True
