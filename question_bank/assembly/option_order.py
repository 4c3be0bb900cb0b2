"""Option orders: random, with the keys of a section spread over the positions of a form.

The counts stay within two of even but are not made exactly even: who is sure of nearly all could infer the rest
(fairness.md 15.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from question_bank.assembly.stream import Stream
from question_bank.items import Item, ItemKey, ItemKind

_LOOSENESS = 2


def option_orders(items: Sequence[Item], best: Mapping[str, str], stream: Stream) -> list[tuple[str, ...]]:
    """Return the options of each item in the order to show them; items of one section of one form.

    `best` names the option of each item that matters most, as `best_option` finds it.
    """
    orders: list[tuple[str, ...]] = []
    wanted = _key_positions(items, best, stream)
    values = stream.draw(sum(len(item.options) for item in items if item.shuffle))
    used = 0
    for item, position in zip(items, wanted, strict=True):
        if not item.shuffle:
            orders.append(item.source_order)
            continue
        count = len(item.options)
        own = values[used : used + count]
        used += count
        order = [item.options[index].option_id for index in sorted(range(count), key=own.__getitem__)]
        if position is not None:
            order.remove(best[item.item_id])
            order.insert(position, best[item.item_id])
        orders.append(tuple(order))
    return orders


def best_option(item: Item, keys: Mapping[str, ItemKey]) -> str:
    """Return the one option that matters most: the key, or the first of those with most points; empty if there is none."""
    key = keys.get(item.item_id, ItemKey())
    if key.points:
        return min(key.points, key=lambda option_id: (-key.points[option_id], option_id))
    return key.correct[0] if item.kind is ItemKind.CHOICE and len(key.correct) == 1 else ""


def _key_positions(items: Sequence[Item], best: Mapping[str, str], stream: Stream) -> list[int | None]:
    """Return for each shuffled item the position of its best option; None where it is left to chance."""
    positions: list[int | None] = [None] * len(items)
    for options in sorted({len(item.options) for item in items}):
        members = [
            index for index, item in enumerate(items) if len(item.options) == options and best[item.item_id]
        ]
        counts = [0] * options
        for index in members:
            if not items[index].shuffle:
                counts[items[index].source_order.index(best[items[index].item_id])] += 1
        free = [index for index in members if items[index].shuffle]
        for index, position in zip(free, _spread(len(free), counts, stream), strict=True):
            positions[index] = position
    return positions


def _spread(count: int, counts: list[int], stream: Stream) -> list[int]:
    """Return `count` positions that even out `counts`, in random order, then loosened a little."""
    options = len(counts)
    tie_order = stream.permutation(options)
    chosen: list[int] = []
    for _ in range(count):
        position = min(tie_order, key=lambda each: counts[each])
        counts[position] += 1
        chosen.append(position)
    chosen = [chosen[index] for index in stream.permutation(count)]
    if not count:
        return chosen
    even = (min(counts), max(counts))
    moves = stream.below((count, options) * options)
    for index, position in zip(moves[::2], moves[1::2], strict=True):
        leaving = chosen[index]
        if (
            counts[leaving] - 1 >= even[0] - _LOOSENESS + 1
            and counts[position] + 1 <= even[1] + _LOOSENESS - 1
        ):
            counts[leaving] -= 1
            counts[position] += 1
            chosen[index] = position
    return chosen
