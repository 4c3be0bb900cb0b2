"""Whether the ledger is whole: what the server asks of itself before it opens its doors (design 12)."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.records.engine import Reader
from cat_server.results.soundness import chain_problems
from question_bank.problems import Problem


def ledger_problems(reader: Reader, *, signed_too: bool = False) -> Sequence[Problem]:
    """Return what is wrong with the site's chain and with the chain of every exam session that is not signed.

    With `signed_too` every chain there is is read: what `doctor` does, and a start need not.
    """
    with reader.view() as view:
        return chain_problems(view, signed_too=signed_too)
