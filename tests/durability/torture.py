"""How long the rigs run, and what they counted: short in every test run, as long as the environment says in a torture."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

COUNTS: Counter[str] = Counter()
"""What all rigs of this run have seen, shown at its end."""
SHOWN = (
    *("kills", "power cuts", "crash images", "cut again while recovering", "rebuilt from the journal alone"),
    *("injected errors", "acknowledged and checked", "lost", "doubled", "broken", "controls detected"),
)


def wanted(what: str, short: int) -> int:
    """Return how many of something to do: `TORTURE_<what>` says, or `short`."""
    return int(os.environ.get(f"TORTURE_{what}", short))


class Limit:
    """`TORTURE_SECONDS` for one rig, from now on; it ends after what it has in hand."""

    def __init__(self) -> None:
        self._until = time.monotonic() + float(os.environ.get("TORTURE_SECONDS", "inf"))

    def is_over(self) -> bool:
        """Tell whether the time is used up."""
        return time.monotonic() > self._until


def say(line: str) -> None:
    """Show progress where a torture runs."""
    if any(name.startswith("TORTURE_") for name in os.environ):
        sys.stderr.write(f"  {line}\n")
        sys.stderr.flush()
