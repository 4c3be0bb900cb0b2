from __future__ import annotations

from dataclasses import replace

from question_bank.hashes import bank_hash, items_hash, keys_hash, stats_hash
from question_bank.items import Bank, Item, ItemKey, ItemKind, ItemStatistics, KeySheet, Option, Statistics

ITEM = Item(
    *("i1", 1, ItemKind.CHOICE, "TIU", "deret", "", "stem"),
    options=(Option("o1", "a"), Option("o2", "b")),
    source_order=("o2", "o1"),
)
BANK = Bank("b", "title", (ITEM, replace(ITEM, item_id="i2", stem="other")))
KEYS = KeySheet("b", {"i1": ItemKey(("o1",)), "i2": ItemKey(("o2",))}, "00" * 16)


def test_hashes_are_a_file_format() -> None:
    """These values are sealed in exam records: a change here needs a new version of the hash's type."""
    assert items_hash(BANK) == "d69cb60eaf432214485f834bd895c5874451d74880a9d1dcf1386245010821a1"
    assert keys_hash(KEYS) == "d7c2ae67c53432aab6091c0d671fee36bc18b56aaee00b94308e61bb52ce5634"
    assert (
        stats_hash(Statistics("b", {"i1": ItemStatistics("easy")}))
        == "6e27c9a6d3d4098a402082b65e12c4ff4927b72c1cce464923143be0386442aa"
    )
    assert bank_hash(BANK, KEYS) == "d4417b21ead5391de69ecf01689b2bd0d76a18a0b6b529a271d7d57db6f0bad4"


def test_the_items_hash_covers_content_tags_and_enemies() -> None:
    first = BANK.items[0]
    changed = (
        replace(first, stem="x"),
        replace(first, topic="x"),
        replace(first, enemies=("i2",)),
        replace(first, options=(Option("o1", "a"), Option("o2", "c"))),
        replace(first, source_order=("o1", "o2")),
        replace(first, shuffle=False),
        replace(first, is_retired=True),
        replace(first, version=2),
    )
    hashes = {items_hash(replace(BANK, items=(each, BANK.items[1]))) for each in changed}
    assert len(hashes | {items_hash(BANK)}) == len(changed) + 1


def test_the_items_hash_ignores_order_title_and_keys() -> None:
    assert items_hash(replace(BANK, title="x", items=BANK.items[::-1])) == items_hash(BANK)
    corrected = replace(KEYS, keys={**KEYS.keys, "i1": ItemKey(("o2",))})
    assert keys_hash(corrected) != keys_hash(KEYS)
    assert bank_hash(BANK, corrected) != bank_hash(BANK, KEYS)


def test_the_keys_hash_depends_on_the_salt_and_not_on_the_order() -> None:
    assert keys_hash(replace(KEYS, salt="11" * 16)) != keys_hash(KEYS)
    assert keys_hash(replace(KEYS, keys=dict(reversed(KEYS.keys.items())))) == keys_hash(KEYS)
