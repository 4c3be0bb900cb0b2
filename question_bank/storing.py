"""Banks, key sheets and statistics as bytes and back, exactly. What is hashed is what is stored."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import msgspec

from question_bank.canonical import Json, cjson
from question_bank.items import (
    Bank,
    IrtParameters,
    Item,
    ItemKey,
    ItemKind,
    ItemStatistics,
    KeySheet,
    Option,
    Statistics,
    Stimulus,
)

STORED_VERSION = 1


class _StoredBank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`content` holds the hashed bytes as they are; `order` is the bank's own order of its items."""

    v: int
    bank_id: str
    title: str
    content: bytes
    order: list[str]
    stimuli_order: list[str]
    media: dict[str, bytes]


def items_content(bank: Bank) -> bytes:
    """Return what `items_hash` covers, as `cjson/1`: content, tags, stimuli, enemies and the names of media.

    Independent of the order of items in the bank, of its title and of any key or statistic.
    """
    return cjson(
        {
            "v": STORED_VERSION,
            "items": [_item_content(each) for each in sorted(bank.items, key=lambda item: item.item_id)],
            "stimuli": [
                {"stimulus_id": each.stimulus_id, "html": each.html}
                for each in sorted(bank.stimuli, key=lambda stimulus: stimulus.stimulus_id)
            ],
            "media": list[Json](sorted(bank.media)),
        }
    )


def encode_bank(bank: Bank) -> bytes:
    """Return the bank as bytes. Texts must be NFC, as every reader makes them."""
    return msgspec.msgpack.encode(
        _StoredBank(
            v=STORED_VERSION,
            bank_id=bank.bank_id,
            title=bank.title,
            content=items_content(bank),
            order=[each.item_id for each in bank.items],
            stimuli_order=[each.stimulus_id for each in bank.stimuli],
            media=dict(sorted(bank.media.items())),
        )
    )


def decode_bank(stored: bytes) -> Bank:
    """Return the bank that `encode_bank` made these bytes of.

    Raises:
        ValueError: the bytes are not a stored bank.
    """
    try:
        frame = msgspec.msgpack.decode(stored, type=_StoredBank)
        content = json.loads(frame.content)
        items = {each["item_id"]: _item(each) for each in content["items"]}
        stimuli = {
            each["stimulus_id"]: Stimulus(each["stimulus_id"], each["html"]) for each in content["stimuli"]
        }
        return Bank(
            frame.bank_id,
            frame.title,
            tuple(items[item_id] for item_id in frame.order),
            tuple(stimuli[stimulus_id] for stimulus_id in frame.stimuli_order),
            frame.media,
        )
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise ValueError("not a stored bank") from error


def encode_keys(keys: KeySheet) -> bytes:
    """Return the key sheet as `cjson/1`, the bytes that `keys_hash` covers."""
    sheet: dict[str, Json] = {
        item_id: {
            "correct": list(key.correct),
            "points": dict[str, Json](key.points),
        }
        for item_id, key in keys.keys.items()
    }
    return cjson({"v": STORED_VERSION, "bank_id": keys.bank_id, "salt": keys.salt, "keys": sheet})


def decode_keys(stored: bytes) -> KeySheet:
    """Return the key sheet that `encode_keys` made these bytes of.

    Raises:
        ValueError: the bytes are not a stored key sheet.
    """
    try:
        content = _content(stored)
        keys = {
            item_id: ItemKey(tuple(each["correct"]), each["points"])
            for item_id, each in content["keys"].items()
        }
        return KeySheet(content["bank_id"], keys, content["salt"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("not a stored key sheet") from error


def encode_statistics(statistics: Statistics) -> bytes:
    """Return the statistics as `cjson/1`, the bytes that `stats_hash` covers."""
    items: dict[str, Json] = {
        item_id: _statistics_content(each) for item_id, each in statistics.items.items()
    }
    return cjson({"v": STORED_VERSION, "bank_id": statistics.bank_id, "items": items})


def decode_statistics(stored: bytes) -> Statistics:
    """Return the statistics that `encode_statistics` made these bytes of.

    Raises:
        ValueError: the bytes are not stored statistics.
    """
    try:
        content = _content(stored)
        items = {item_id: _statistics(each) for item_id, each in content["items"].items()}
        return Statistics(content["bank_id"], items)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("not stored statistics") from error


def _statistics_content(known: ItemStatistics) -> dict[str, Json]:
    """Name what is known; what is not measured is left out, so that a bank with labels alone keeps its hash."""
    content: dict[str, Json] = {"label": known.label, "p_micro": known.p_micro, "responses": known.responses}
    if known.irt is not None:
        content["irt"] = {each.name: _plain(getattr(known.irt, each.name)) for each in fields(IrtParameters)}
    if known.group_means_micro:
        content["group_means_micro"] = list(known.group_means_micro)
    if known.seconds:
        content["seconds"] = known.seconds
    return content


def _plain(value: int | tuple[int, ...]) -> Json:
    return list(value) if isinstance(value, tuple) else value


def _statistics(content: dict[str, Any]) -> ItemStatistics:
    irt = content.get("irt")
    return ItemStatistics(
        content["label"],
        content["p_micro"],
        content["responses"],
        None if irt is None else IrtParameters(**{**irt, "steps_micro": tuple(irt["steps_micro"])}),
        tuple(content.get("group_means_micro", ())),
        content.get("seconds", 0),
    )


def _content(stored: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(stored)
    if content["v"] != STORED_VERSION:
        raise ValueError(f"stored with version {content['v']}")
    return content


def _item_content(item: Item) -> Json:
    return {
        "item_id": item.item_id,
        "version": item.version,
        "kind": item.kind.value,
        "section": item.section,
        "topic": item.topic,
        "subtopic": item.subtopic,
        "stem": item.stem,
        "options": [{"option_id": each.option_id, "html": each.html} for each in item.options],
        "source_order": list(item.source_order),
        "shuffle": item.shuffle,
        "enemies": list(item.enemies),
        "stimulus_id": item.stimulus_id,
        "is_retired": item.is_retired,
    }


def _item(content: dict[str, Any]) -> Item:
    return Item(
        item_id=content["item_id"],
        version=content["version"],
        kind=ItemKind(content["kind"]),
        section=content["section"],
        topic=content["topic"],
        subtopic=content["subtopic"],
        stem=content["stem"],
        options=tuple(Option(each["option_id"], each["html"]) for each in content["options"]),
        source_order=tuple(content["source_order"]),
        shuffle=content["shuffle"],
        enemies=tuple(content["enemies"]),
        stimulus_id=content["stimulus_id"],
        is_retired=content["is_retired"],
    )
