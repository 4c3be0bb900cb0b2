"""What the officers' app and the scoreboard need from outside; the command line puts it together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cat_server.queries.access import Reader, WriteLane
from cat_server.runtime.clock import Clock
from cat_server.runtime.follower import Follower
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.settings import SiteSettings
from question_bank.items import KeySheet


@dataclass(frozen=True, slots=True)
class MonitoringDeps:
    """Everything the monitoring process works with. `keys` returns the key sheet of a bank and may block.

    `told` returns what each process of the server told of its write lane last.

    The lane, the reader and the follower belong to the caller, who has started them and stops them afterwards.
    """

    lane: WriteLane
    reader: Reader
    clock: Clock
    follower: Follower
    settings: SiteSettings
    secrets: Secrets
    keys: Callable[[str], KeySheet]
    told: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
