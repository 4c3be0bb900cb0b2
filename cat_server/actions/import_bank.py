"""Taking a checked bank into the site: encrypted files first, then the record; nothing stays if either fails."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.banks import StoredBank, add_bank, banks
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.tokens import new_id
from question_bank.hashes import bank_hash, items_hash, keys_hash, stats_hash
from question_bank.items import Bank, KeySheet, Statistics


def import_bank(
    lane: WriteLane, files: BankFiles, bank: Bank, keys: KeySheet, statistics: Statistics
) -> StoredBank:
    """Store a bank under the code it calls itself.

    Raises:
        Refusal: `BANK_EXISTS`.
    """
    bank_id = new_id()
    files.write(bank_id, bank, keys, statistics)

    def op(tx: Tx) -> StoredBank:
        if any(each.title.casefold() == bank.bank_id.casefold() for each in banks(tx.connection)):
            raise Refusal("BANK_EXISTS", {"bank": bank.bank_id})
        stored = StoredBank(
            bank_id=bank_id,
            title=bank.bank_id,
            items=len(bank.items),
            items_hash=items_hash(bank),
            keys_hash=keys_hash(keys),
            stats_hash=stats_hash(statistics),
            bank_hash=bank_hash(bank, keys),
            imported_at_ms=tx.now.at_ms,
        )
        add_bank(tx.connection, stored)
        tx.append(
            SITE_CHAIN,
            Event(
                EventKind.BANK_IMPORTED,
                {
                    "bank_id": bank_id,
                    "items": stored.items,
                    "items_hash": stored.items_hash,
                    "keys_hash": stored.keys_hash,
                    "stats_hash": stored.stats_hash,
                    "bank_hash": stored.bank_hash,
                },
            ),
            OPERATOR,
        )
        return stored

    try:
        return lane.run_now(op)
    except BaseException:
        files.remove(bank_id)
        raise
