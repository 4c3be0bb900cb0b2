"""Hashes of a bank's parts, kept separate so that correcting a key never changes the hash of the items (design 13)."""

from __future__ import annotations

from question_bank.canonical import cjson, digest
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.storing import encode_keys, encode_statistics, items_content


def items_hash(bank: Bank) -> str:
    """Return the hash of content, tags, stimuli, enemies and media."""
    return digest("items/1", items_content(bank))


def keys_hash(keys: KeySheet) -> str:
    """Return the hash of the key sheet with its salt, so that nobody finds the keys by trying."""
    return digest("keys/1", encode_keys(keys))


def stats_hash(statistics: Statistics) -> str:
    """Return the hash of what is known of the items' difficulty."""
    return digest("stats/1", encode_statistics(statistics))


def bank_hash(bank: Bank, keys: KeySheet) -> str:
    """Return the hash of items and keys together: what officers sign."""
    return digest("bank/1", cjson({"items_hash": items_hash(bank), "keys_hash": keys_hash(keys)}))
