"""Taking newer statistics of a bank's items: exam sessions that are created from now on are drawn with them."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.banks import StoredBank, change_statistics
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.bank_files import BankFiles
from question_bank.hashes import stats_hash
from question_bank.items import Statistics


def take_statistics(lane: WriteLane, files: BankFiles, bank: StoredBank, statistics: Statistics) -> str:
    """Store the statistics beside the older ones, whose forms stay as they were drawn; return their hash.

    Raises:
        Refusal: `STATISTICS_KNOWN`, the bank is used with them already.
    """
    taken = stats_hash(statistics)
    if taken == bank.stats_hash:
        raise Refusal("STATISTICS_KNOWN", {"bank": bank.title})
    files.add_statistics(bank.bank_id, statistics)

    def op(tx: Tx) -> None:
        change_statistics(tx.connection, bank.bank_id, taken)
        body = {"bank_id": bank.bank_id, "stats_hash": taken}
        tx.append(SITE_CHAIN, Event(EventKind.BANK_STATISTICS_TAKEN, body), OPERATOR)

    lane.run_now(op)
    return taken
