"""Ids that say nothing about the key, and what makes two items the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from question_bank.canonical import Json, cjson, digest
from question_bank.items import Item
from question_bank.markup import folded

_ITEM_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def is_item_id(text: str) -> bool:
    """Tell whether a text may be an item's id (design 13)."""
    return _ITEM_ID.fullmatch(text) is not None


def option_ids(texts: Sequence[str]) -> tuple[str, ...]:
    """Return an id for each option text (cleaned HTML): `o1..on` in the order of their hashes."""
    ranked = sorted(range(len(texts)), key=lambda index: (digest("option/1", texts[index].encode()), index))
    ids = {index: f"o{rank}" for rank, index in enumerate(ranked, start=1)}
    return tuple(ids[index] for index in range(len(texts)))


def content_id(section: str, stem: str, options: Sequence[str]) -> str:
    """Return the id of an item that brings none: `i-` and 16 hex of its content's hash; the options' order is no part."""
    content = cjson({"section": section, "stem": stem, "options": list[Json](sorted(options))})
    return f"i-{digest('item/1', content)[:16]}"


def fingerprint(item: Item) -> str:
    """Return a hash that equal items share: stem and options as read, without case, markup and the options' order.

    Where options differ only by case or markup (spelling items), those count.
    """
    texts = [folded(each.html) for each in item.options]
    if len(set(texts)) < len(texts):
        texts = [each.html for each in item.options]
    return digest("fingerprint/1", cjson([folded(item.stem), list[Json](sorted(texts)), item.stimulus_id]))
