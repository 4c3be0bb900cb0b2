"""Draw the forms of an exam session again from what was published: a second, independent implementation.

Written from docs/form-assembly.md. It shares no code with the server and needs only Python 3.11.

    python verify_forms.py FOLDER [--json]

Exit code 0: every form follows from the inputs, the secret and the public draw. 1: problems. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from operator import mul
from pathlib import Path
from typing import Any

Content = dict[str, Any]
Forms = list[list[int]]

ENGINE, LOTS_ENGINE = "balanced/1", "lots/1"
SWEEPS = 150
REPAIR_TRIES, REPAIR_FAILURES, CANDIDATES = 400, 20, 1500
ORDER_ATTEMPTS, LONGEST_RUN = 50, 3
MOST_SEAT_TRIES, SEAT_TRIES = 40_000, 100
MOST_COMMON = 255
LOT_BATCH, LOT_CALLS, MOST_EXCESS = 500, 400, 5000
FAMILIES_BY = ("T(cut)", "T(0)", "p", "group 3", "group 1", "easy")
MEASURED_BY = FAMILIES_BY[:-1]
NEEDED = ("commitment.json", "inputs.json", "reveal.json", "forms.json")
COMMITTED = (
    *("engine", "seed_commitment", "inputs_hash", "items_hash", "keys_hash", "stats_hash", "blueprint_hash"),
    "v",
)


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def hash_of(kind: str, content: bytes) -> str:
    """Return the hash of a type."""
    return hashlib.sha256(f"cat/{kind}\n".encode() + content).hexdigest()


class Stream:
    """Section 1: numbers from seed and label."""

    def __init__(self, seed: bytes, label: str) -> None:
        self.prefix = seed + b"|" + label.encode() + b"|"
        self.calls = 0

    def numbers(self, count: int) -> tuple[int, ...]:
        """Return the next call's numbers."""
        self.calls += 1
        content = self.prefix + str(self.calls).encode()
        return struct.unpack(f"<{count}Q", hashlib.shake_256(content).digest(8 * count))

    def permutation(self, count: int) -> list[int]:
        """Return the indexes below `count` in the order of the next call's numbers."""
        numbers = self.numbers(count)
        return sorted(range(count), key=numbers.__getitem__)


def below(number: int, limit: int) -> int:
    """Return an index below a limit."""
    return (number * limit) >> 64


class Section:
    """Sections 2 to 6 for one section of the paper."""

    def __init__(
        self, published: Content, count: int, seed: bytes, enemies: dict[str, set[str]], taken: list[set[str]]
    ) -> None:
        self.code, self.block = published["section"], published["block"]
        self.count = count
        self.stream = Stream(seed, self.code)
        self.cells = [cell["count"] for cell in published["cells"]]
        sizes = [len(cell["units"]) for cell in published["cells"]]
        self.units: list[list[str]] = [unit for cell in published["cells"] for unit in cell["units"]]
        self.first_unit = [sum(sizes[:index]) for index in range(len(sizes) + 1)]
        self.first_slot = [sum(self.cells[:index]) for index in range(len(self.cells) + 1)]
        self.cell_of_slot = [cell for cell, each in enumerate(self.cells) for _ in range(each)]
        self.features = self._centred(published["features"])
        self.limits = [(column, tolerance) for column, tolerance in published["limits"]]
        self.before = list(published["usage"])
        self.usage = list(self.before)
        self._know_enemies(enemies, taken)

    def _centred(self, raw: list[list[int]]) -> list[list[int]]:
        centred = []
        for start, end in zip(self.first_unit, self.first_unit[1:], strict=False):
            rows, size = raw[start:end], end - start
            means = [(2 * sum(column) + size) // (2 * size) for column in zip(*rows, strict=False)]
            centred += [[value - mean for value, mean in zip(row, means, strict=False)] for row in rows]
        return centred

    def _know_enemies(self, enemies: dict[str, set[str]], taken: list[set[str]]) -> None:
        number = {item: unit for unit, items in enumerate(self.units) for item in items}
        self.enemies: dict[int, set[int]] = {}
        foreign: dict[str, set[int]] = {}
        for unit, items in enumerate(self.units):
            for hostile in set().union(*(enemies.get(item, set()) for item in items)):
                if hostile not in number:
                    foreign.setdefault(hostile, set()).add(unit)
                elif number[hostile] != unit:
                    self.enemies.setdefault(unit, set()).add(number[hostile])
        self.banned = [set().union(*(foreign.get(item, set()) for item in items)) for items in taken]
        self.has_enemies = bool(self.enemies) or any(self.banned)

    def lot(self, stream: Stream, columns: list[str]) -> list[int] | None:
        """Section 10: return the units of one form drawn by lots; None where none comes near enough."""
        key = next((columns.index(each) for each in FAMILIES_BY if each in columns), None)
        families = []
        for start, end, count in zip(self.first_unit, self.first_unit[1:], self.cells, strict=False):
            units = sorted(range(start, end), key=lambda unit: 0 if key is None else self.features[unit][key])
            size = len(units)
            families += [units[size * j // count : size * (j + 1) // count] for j in range(count)]
        common = math.lcm(*(tolerance for _, tolerance in self.limits))
        best: tuple[int, list[int]] | None = None
        for _ in range(LOT_CALLS):
            numbers = iter(stream.numbers(LOT_BATCH * len(families)))
            for _ in range(LOT_BATCH):
                units = [family[below(next(numbers), len(family))] for family in families]
                if any(self.enemies.get(one, set()) & set(units) or one in self.banned[0] for one in units):
                    continue
                z = max(
                    (
                        abs(sum(self.features[unit][column] for unit in units)) * (common // tolerance)
                        for column, tolerance in self.limits
                    ),
                    default=0,
                )
                if best is None or z < best[0]:
                    best = z, units
                if z <= common:
                    return units
        is_measured = any(each in columns for each in MEASURED_BY)
        if best is None or (is_measured and 1000 * best[0] // common > MOST_EXCESS):
            return None
        return best[1]

    def run(self, tell: Callable[[str], None]) -> list[int]:
        """Draw; return each form's excess in thousandths of the tolerance."""
        self._deal()
        if self.has_enemies:
            for form in range(self.count):
                self._part(form)
        width = len(self.features[0]) if self.features else 0
        self.sums = [
            [sum(self.features[unit][k] for unit in form) for k in range(width)] for form in self.forms
        ]
        if self.count >= 2:
            for sweep in range(SWEEPS):
                if sweep % 10 == 0:
                    tell(f"{self.code}: {sweep} / {SWEEPS}")
                self._sweep(sweep)
        self._repair()
        return [1000 * self._z(form) // self.within if self.limits else 0 for form in range(self.count)]

    def _deal(self) -> None:
        sizes = [end - start for start, end in zip(self.first_unit, self.first_unit[1:], strict=False)]
        self.per_round = min(
            *(size // each for size, each in zip(sizes, self.cells, strict=False)), self.count
        )
        self.round_of = [form // self.per_round for form in range(self.count)]
        self.forms: Forms = [[] for _ in range(self.count)]
        self.used: list[set[int]] = []
        for first in range(0, self.count, self.per_round):
            members = range(first, min(first + self.per_round, self.count))
            used: set[int] = set()
            for cell, each in enumerate(self.cells):
                start, end = self.first_unit[cell], self.first_unit[cell + 1]
                numbers = self.stream.numbers(end - start)
                ordered = sorted(
                    range(start, end), key=lambda u: (self.usage[u] << 48) + (numbers[u - start] >> 16)
                )
                chosen = ordered[: len(members) * each]
                dealt = [chosen[place] for place in self.stream.permutation(len(chosen))]
                for unit in dealt:
                    self.usage[unit] += 1
                used.update(dealt)
                for place, form in enumerate(members):
                    self.forms[form] += dealt[place * each : (place + 1) * each]
            self.used.append(used)

    def _may_enter(self, form: int, unit: int, others: Sequence[int]) -> bool:
        return unit not in self.banned[form] and self.enemies.get(unit, set()).isdisjoint(others)

    def _offending(self, form: int, units: list[int]) -> list[int]:
        return [
            slot
            for slot, unit in enumerate(units)
            if not self._may_enter(form, unit, units[:slot] + units[slot + 1 :])
        ]

    def _may_change(self, form: int, slot: int, other: int, place: int) -> bool:
        mine, theirs = self.forms[form], self.forms[other]
        return self._may_enter(form, theirs[place], mine[:slot] + mine[slot + 1 :]) and self._may_enter(
            other, mine[slot], theirs[:place] + theirs[place + 1 :]
        )

    def _part(self, form: int) -> None:
        for _ in range(len(self.cell_of_slot)):
            offending = self._offending(form, self.forms[form])
            if not any(
                self._change_within_round(form, slot) or self._replace(form, slot) for slot in offending
            ):
                return

    def _change_within_round(self, form: int, slot: int) -> bool:
        first = self.round_of[form] * self.per_round
        size = min(self.per_round, self.count - first)
        cell = self.cell_of_slot[slot]
        for step in range(1, size):
            other = first + (form - first + step) % size
            for place in range(self.first_slot[cell], self.first_slot[cell + 1]):
                if self._may_change(form, slot, other, place):
                    mine, theirs = self.forms[form], self.forms[other]
                    mine[slot], theirs[place] = theirs[place], mine[slot]
                    return True
        return False

    def _replace(self, form: int, slot: int) -> bool:
        cell, used = self.cell_of_slot[slot], self.used[self.round_of[form]]
        free = [u for u in range(self.first_unit[cell], self.first_unit[cell + 1]) if u not in used]
        others = self.forms[form][:slot] + self.forms[form][slot + 1 :]
        for unit in sorted(free, key=self.usage.__getitem__):
            if self._may_enter(form, unit, others):
                leaving, self.forms[form][slot] = self.forms[form][slot], unit
                used.remove(leaving)
                used.add(unit)
                self.usage[leaving] -= 1
                self.usage[unit] += 1
                return True
        return False

    def _pairs(self, sweep: int) -> list[tuple[int, int]]:
        half = self.count // 2
        if sweep % 3 == 2:
            worst = sorted(range(self.count), key=lambda form: -max(map(abs, self.sums[form])))
            rest = worst[half:]
            return list(
                zip(worst[:half], [rest[place] for place in self.stream.permutation(len(rest))], strict=False)
            )
        order = self.stream.permutation(self.count)
        if sweep % 3 == 0:
            return list(zip(order[:half], order[half : 2 * half], strict=False))
        order.sort(key=self.round_of.__getitem__)
        rounds = [list(members) for _, members in groupby(order, key=self.round_of.__getitem__)]
        return [pair for members in rounds for pair in zip(members[::2], members[1::2], strict=False)]

    def _sweep(self, sweep: int) -> None:
        moves = []
        for a, b in self._pairs(sweep):
            found = self._best_move(a, b)
            if found is not None:
                moves.append((a, b, *found))
        entries = [(self.round_of[a], self.forms[b][j]) for a, b, _, j in moves if self._is_cross(a, b)]
        entries += [(self.round_of[b], self.forms[a][i]) for a, b, i, _ in moves if self._is_cross(a, b)]
        first: dict[tuple[int, int], int] = {}
        for place, entry in enumerate(entries):
            first.setdefault(entry, place)
        cross, place = len(entries) // 2, 0
        kept = []
        for move in moves:
            is_kept = True
            if self._is_cross(move[0], move[1]):
                is_kept = first[entries[place]] == place and first[entries[cross + place]] == cross + place
                place += 1
            if is_kept and self.has_enemies and self._is_concerned(move):
                is_kept = self._may_change(move[0], move[2], move[1], move[3])
            if is_kept:
                kept.append(move)
        self._change(kept)

    def _is_cross(self, a: int, b: int) -> bool:
        return self.round_of[a] != self.round_of[b]

    def _is_concerned(self, move: tuple[int, int, int, int]) -> bool:
        a, b, i, j = move
        return any(
            unit in self.enemies or any(unit in banned for banned in self.banned)
            for unit in (self.forms[a][i], self.forms[b][j])
        )

    def _best_move(self, a: int, b: int) -> tuple[int, int] | None:
        gap = [x - y for x, y in zip(self.sums[a], self.sums[b], strict=False)]
        least, found = sum(map(mul, gap, gap)), None
        is_cross = self._is_cross(a, b)
        used_a, used_b = self.used[self.round_of[a]], self.used[self.round_of[b]]
        theirs = []
        for unit in self.forms[b]:
            row = [2 * each for each in self.features[unit]]
            theirs.append((row, sum(map(mul, row, row)), is_cross and unit in used_a))
        for i, unit in enumerate(self.forms[a]):
            if is_cross and unit in used_b:
                continue
            row = [2 * each - other for each, other in zip(self.features[unit], gap, strict=False)]
            own = sum(map(mul, row, row))
            cell = self.cell_of_slot[i]
            for j in range(self.first_slot[cell], self.first_slot[cell + 1]):
                other, square, is_blocked = theirs[j]
                if not is_blocked:
                    cost = own + square - 2 * sum(map(mul, row, other))
                    if cost < least:
                        least, found = cost, (i, j)
        return found

    def _change(self, moves: list[tuple[int, int, int, int]]) -> None:
        units = [(self.forms[a][i], self.forms[b][j]) for a, b, i, j in moves]
        for (a, b, i, j), (leaving, entering) in zip(moves, units, strict=False):
            self.forms[a][i], self.forms[b][j] = entering, leaving
            for k, (x, y) in enumerate(zip(self.features[entering], self.features[leaving], strict=False)):
                self.sums[a][k] += x - y
                self.sums[b][k] -= x - y
        cross = [
            (self.used[self.round_of[a]], self.used[self.round_of[b]], pair)
            for (a, b, _, _), pair in zip(moves, units, strict=False)
            if self._is_cross(a, b)
        ]
        for one, other, (leaving, entering) in cross:
            one.discard(leaving)
            other.discard(entering)
        for one, other, (leaving, entering) in cross:
            one.add(entering)
            other.add(leaving)

    def _z(self, form: int) -> int:
        return max(abs(self.sums[form][column]) * (self.within // each) for column, each in self.limits)

    def _repair(self) -> None:
        if not self.limits:
            return
        self.within = math.lcm(*(tolerance for _, tolerance in self.limits))
        own = [now - before for now, before in zip(self.usage, self.before, strict=False)]
        self.highest = [
            max(own[start:end], default=0)
            for start, end in zip(self.first_unit, self.first_unit[1:], strict=False)
        ]
        worst = [self._z(form) for form in range(self.count)]
        failures = 0
        for form in sorted(range(self.count), key=lambda each: -worst[each]):
            if worst[form] <= self.within or failures == REPAIR_FAILURES:
                return
            failures += not self._repair_form(form)

    def _repair_form(self, form: int) -> bool:
        for attempt in range(REPAIR_TRIES):
            self._try(form, 2 + attempt % 3)
            if self._z(form) <= self.within:
                return True
        return False

    def _try(self, form: int, width: int) -> None:
        used = self.used[self.round_of[form]]
        benches = [
            [u for u in range(start, end) if u not in used and self.usage[u] - self.before[u] <= most]
            for start, end, most in zip(self.first_unit, self.first_unit[1:], self.highest, strict=False)
        ]
        numbers = self.stream.numbers(2 * CANDIDATES * width)
        present = [self.sums[form][column] for column, _ in self.limits]
        least, chosen = self._z(form), None
        for candidate in range(CANDIDATES):
            at = candidate * width
            slots = [below(each, len(self.cell_of_slot)) for each in numbers[at : at + width]]
            picks = numbers[CANDIDATES * width + at : CANDIDATES * width + at + width]
            found = [benches[self.cell_of_slot[slot]] for slot in slots]
            if len(set(slots)) < width or not all(found):
                continue
            entering = [bench[below(pick, len(bench))] for bench, pick in zip(found, picks, strict=False)]
            if len(set(entering)) < width:
                continue
            z = max(
                abs(value + self._moved(form, slots, entering, column)) * (self.within // tolerance)
                for (column, tolerance), value in zip(self.limits, present, strict=False)
            )
            if z < least:
                least, chosen = z, (slots, entering)
        if chosen is not None:
            self._take(form, *chosen)

    def _moved(self, form: int, slots: list[int], entering: list[int], column: int) -> int:
        return sum(
            self.features[unit][column] - self.features[self.forms[form][slot]][column]
            for slot, unit in zip(slots, entering, strict=False)
        )

    def _take(self, form: int, slots: list[int], entering: list[int]) -> None:
        after = list(self.forms[form])
        for slot, unit in zip(slots, entering, strict=False):
            after[slot] = unit
        if self.has_enemies and self._offending(form, after):
            return
        used = self.used[self.round_of[form]]
        for slot, unit in zip(slots, entering, strict=False):
            leaving = self.forms[form][slot]
            used.discard(leaving)
            used.add(unit)
            self.usage[leaving] -= 1
            self.usage[unit] += 1
            for k, (x, y) in enumerate(zip(self.features[unit], self.features[leaving], strict=False)):
                self.sums[form][k] += x - y
        self.forms[form] = after


def enemies_in(inputs: Content) -> dict[str, set[str]]:
    """Return who must not meet whom, both ways."""
    enemies: dict[str, set[str]] = {}
    for one, other in inputs["enemies"]:
        enemies.setdefault(one, set()).add(other)
        enemies.setdefault(other, set()).add(one)
    return enemies


def lot_of(inputs: Content, seed: bytes, number: int) -> list[list[str]] | None:
    """Section 10: return the items of a lot, section by section; None where none can be had."""
    hand: list[list[str]] = []
    for published in inputs["sections"]:
        taken = {item for part in hand for item in part}
        section = Section(published, 1, seed, enemies_in(inputs), [taken])
        units = section.lot(Stream(seed, f"lot/{published['section']}/{number}"), published["columns"])
        if units is None:
            return None
        hand.append([item for unit in units for item in section.units[unit]])
    return hand


def hands_of(inputs: Content, seed: bytes, tell: Callable[[str], None]) -> list[list[list[str]]]:
    """Sections 3 to 7: return the items of each form, section by section, in the order of the forms."""
    enemies = enemies_in(inputs)
    stay = inputs["seats"] + inputs["spares"]
    count = stay + inputs["surplus"]
    hands: list[list[list[str]]] = [[] for _ in range(count)]
    worst = [0] * count
    for published in inputs["sections"]:
        taken = [{item for part in hand for item in part} for hand in hands]
        section = Section(published, count, seed, enemies, taken)
        excess = section.run(tell)
        worst = [max(pair) for pair in zip(worst, excess, strict=False)]
        for hand, form in zip(hands, section.forms, strict=False):
            hand.append([item for unit in form for item in section.units[unit]])
    kept = sorted(sorted(range(count), key=worst.__getitem__)[:stay])
    return seated([hands[form] for form in kept], inputs["places"], seed)


def seated(hands: list[list[list[str]]], places: list[list[int]], seed: bytes) -> list[list[list[str]]]:
    """Section 7: return the hands in the order of the seats."""
    if not places:
        return hands
    items = [frozenset(chain.from_iterable(hand)) for hand in hands]
    where = {tuple(place): seat for seat, place in enumerate(places)}
    steps = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if (row, column) != (0, 0)]
    neighbours = [
        sorted(
            where[key]
            for row, column in steps
            if (key := (place[0], place[1] + row, place[2] + column)) in where
        )
        for place in places
    ]
    known: dict[tuple[int, int], int] = {}

    def square(one: int, other: int) -> int:
        key = (one, other) if one < other else (other, one)
        if key not in known:
            known[key] = min(len(items[one] & items[other]), MOST_COMMON) ** 2
        return known[key]

    given: list[int] = []
    free = list(range(len(hands)))
    for seat in range(len(places)):
        before = [given[each] for each in neighbours[seat] if each < seat]
        form = min(free, key=lambda each: (sum(square(each, other) for other in before), each))
        given.append(form)
        free.remove(form)
    tries = min(MOST_SEAT_TRIES, SEAT_TRIES * len(places)) if len(places) > 1 else 0
    numbers = Stream(seed, "seats").numbers(2 * tries) if tries else ()
    for first, second in zip(numbers[::2], numbers[1::2], strict=False):
        one, other = below(first, len(places)), below(second, len(places))
        if one == other:
            continue
        mine, theirs = given[one], given[other]
        change = sum(
            square(theirs, given[each]) - square(mine, given[each])
            for each in neighbours[one]
            if each != other
        ) + sum(
            square(mine, given[each]) - square(theirs, given[each])
            for each in neighbours[other]
            if each != one
        )
        if change < 0:
            given[one], given[other] = theirs, mine
    return [hands[form] for form in (*given, *free)]


def ordered(
    hands: list[list[list[str]]], inputs: Content, seed: bytes, first_number: int = 1
) -> list[list[list[str]]]:
    """Section 8: return the items of each form in the order shown, section by section."""
    set_of = {item: number for number, members in enumerate(inputs["sets"]) for item in members}
    seen: set[tuple[str, ...]] = set()
    found = []
    for number, hand in enumerate(hands, start=first_number):
        for attempt in range(ORDER_ATTEMPTS):
            parts = []
            for published, items in zip(inputs["sections"], hand, strict=False):
                by_id = sorted(items)
                stream = Stream(seed, f"order/{published['section']}/{number}/{attempt}")
                shuffled = [by_id[place] for place in stream.permutation(len(by_id))]
                first: dict[object, int] = {}
                for place, item in enumerate(shuffled):
                    first.setdefault(set_of.get(item, item), place)
                shuffled.sort(key=lambda item: first[set_of.get(item, item)])
                parts.append(shuffled)
            sequence = tuple(chain.from_iterable(parts))
            if sequence not in seen:
                seen.add(sequence)
                break
        found.append(parts)
    return found


def encoded(
    forms: list[list[list[str]]],
    inputs: Content,
    options: list[Content],
    seed: bytes,
    engine: str = ENGINE,
    first_number: int = 1,
) -> Iterator[bytes | None]:
    """Section 8: yield the bytes of each form with its options, None where none can be had."""
    known = {each["id"]: each for each in options}
    seen: set[bytes] = set()
    for number, parts in enumerate(forms, start=first_number):
        best: tuple[int, bytes] | None = None
        for attempt in range(ORDER_ATTEMPTS):
            stream = Stream(seed, f"options/{number}/{attempt}")
            placed: list[Content] = []
            positions: list[int] = []
            for published, items in zip(inputs["sections"], parts, strict=False):
                chosen = [known[each] for each in items]
                for item, order in zip(chosen, option_orders(chosen, stream), strict=False):
                    placed.append(
                        {
                            "item_id": item["item_id"],
                            "block": published["block"],
                            "section": published["section"],
                            "options": order,
                        }
                    )
                    if item["best"] and not item["graded"]:
                        positions.append(order.index(item["best"]))
            run = max((len(list(same)) for _, same in groupby(positions)), default=0)
            content = canonical({"v": 1, "engine": engine, "items": placed})
            if content not in seen and (best is None or run < best[0]):
                best = run, content
            if best is not None and best[0] <= LONGEST_RUN:
                break
        if best is not None:
            seen.add(best[1])
        yield best[1] if best else None


def option_orders(items: list[Content], stream: Stream) -> list[list[str]]:
    """Return the options of one section's items in the order shown."""
    wanted: dict[int, int] = {}
    for size in sorted({len(each["options"]) for each in items}):
        members = [i for i, each in enumerate(items) if len(each["options"]) == size and each["best"]]
        counts = [0] * size
        for index in members:
            if not items[index]["shuffle"]:
                counts[items[index]["source_order"].index(items[index]["best"])] += 1
        free = [index for index in members if items[index]["shuffle"]]
        wanted.update(zip(free, spread(len(free), counts, stream), strict=False))
    numbers = iter(stream.numbers(sum(len(each["options"]) for each in items if each["shuffle"])))
    orders = []
    for index, item in enumerate(items):
        if not item["shuffle"]:
            orders.append(list(item["source_order"]))
            continue
        own = [next(numbers) for _ in item["options"]]
        order = [item["options"][place] for place in sorted(range(len(own)), key=own.__getitem__)]
        if index in wanted:
            order.remove(item["best"])
            order.insert(wanted[index], item["best"])
        orders.append(order)
    return orders


def spread(count: int, counts: list[int], stream: Stream) -> list[int]:
    """Return positions that even out the counts, loosened a little."""
    tie_order = stream.permutation(len(counts))
    chosen = []
    for _ in range(count):
        position = min(tie_order, key=counts.__getitem__)
        counts[position] += 1
        chosen.append(position)
    chosen = [chosen[place] for place in stream.permutation(count)]
    if count:
        least, most = min(counts), max(counts)
        numbers = stream.numbers(2 * len(counts))
        for first, second in zip(numbers[::2], numbers[1::2], strict=False):
            index, position = below(first, count), below(second, len(counts))
            held = chosen[index]
            if counts[held] >= least and counts[position] <= most:
                counts[held] -= 1
                counts[position] += 1
                chosen[index] = position
    return chosen


def root_of(hashes: list[str]) -> str:
    """Section 9: return the root of the forms."""
    level = [hash_of("form-leaf/1", canonical([number, each])) for number, each in enumerate(hashes, start=1)]
    while len(level) > 1:
        joined = [
            hash_of("form-node/1", canonical([a, b])) for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = joined + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def verify(folder: Path, tell: Callable[[str], None]) -> tuple[list[Content], Content]:
    """Return what is wrong with a published folder, and what was checked."""
    files = {name: json.loads((folder / name).read_bytes()) for name in NEEDED}
    commitment, inputs, reveal, published = (files[name] for name in NEEDED)
    problems: list[Content] = []

    def hold(is_right: object, code: str, **params: object) -> None:
        if not is_right:
            problems.append({"code": code, **params})

    secret = bytes.fromhex(reveal["secret"])
    draw = " ".join(unicodedata.normalize("NFC", reveal["public_draw"]).split())
    bound = {name: commitment[name] for name in COMMITTED}
    hold(commitment["engine"] == inputs["engine"] == ENGINE, "forms_engine_unknown", engine=inputs["engine"])
    hold(hash_of("seed/1", secret) == commitment["seed_commitment"], "forms_secret_other")
    raw = (folder / "inputs.json").read_bytes()
    hold(hash_of("form-inputs/1", raw) == commitment["inputs_hash"], "forms_inputs_other")
    hold(hash_of("form-commitment/1", canonical(bound)) == commitment["commitment"], "forms_commitment_other")
    hashes = [each["hash"] for each in published["forms"]]
    hold(root_of(hashes) == published["forms_root"], "forms_root_other")
    checked = {"forms": len(hashes), "options": False, "commitment": commitment["commitment"]}
    if problems:
        return problems, checked
    seed = hashlib.sha256(b"cat/mixed-seed/1\n" + secret + draw.encode()).digest()
    drawn = ordered(hands_of(inputs, seed, tell), inputs, seed)
    forms = [*drawn, *lots(range(len(drawn) + 1, len(hashes) + 1), inputs, seed, tell)]
    checked["lots"] = len(forms) - len(drawn)
    hold(len(forms) == len(hashes), "forms_number_other", drawn=len(forms), published=len(hashes))
    for parts, told in zip(forms, published["forms"], strict=False):
        items = list(chain.from_iterable(parts))
        hold(items == told["items"], "forms_items_other", form=told["form_no"], seat=told["seat"])
    if (folder / "options.json").exists() and not problems:
        checked["options"] = True
        tell("options")
        options = json.loads((folder / "options.json").read_bytes())["items"]
        salt = hashlib.sha256(b"cat/opaque-salt/1\n" + secret).digest()
        for each in options:
            named = hashlib.sha256(b"cat/opaque-id/1\n" + salt + each["item_id"].encode()).hexdigest()[:20]
            hold(named == each["id"], "forms_item_named_other", item=each["item_id"])
        contents = list(encoded(drawn, inputs, options, seed))
        for number, parts in enumerate(forms[len(drawn) :], start=len(drawn) + 1):
            contents += encoded([parts], inputs, options, seed, LOTS_ENGINE, number)
        for content, told in zip(contents, published["forms"], strict=False):
            is_same = content is not None and hash_of("form/1", content) == told["hash"]
            hold(is_same, "forms_options_other", form=told["form_no"], seat=told["seat"])
    return problems, checked


def lots(
    numbers: range, inputs: Content, seed: bytes, tell: Callable[[str], None]
) -> Iterator[list[list[str]]]:
    """Section 10: yield the lots of these numbers up to the first that cannot be had, items in the order shown."""
    for number in numbers:
        tell(f"lot {number}")
        hand = lot_of(inputs, seed, number)
        if hand is None:
            return
        yield from ordered([hand], inputs, seed, number)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Draw published forms again and compare.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    missing = [name for name in NEEDED if not (arguments.folder / name).is_file()]
    if missing:
        parser.error(
            f"{arguments.folder}: {', '.join(missing)} missing (published after the session is closed)"
        )

    def tell(text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{text}")

    try:
        problems, checked = verify(arguments.folder, tell)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        problems, checked = [{"code": "forms_file_malformed", "reason": repr(error)}], {}
    tell("")
    if arguments.as_json:
        sys.stdout.write(json.dumps({"verified": not problems, **checked, "problems": problems}) + "\n")
    elif problems:
        for each in problems:
            sys.stdout.write(" ".join(f"{name}={value}" for name, value in each.items()) + "\n")
    else:
        about = "items, their order and the options" if checked["options"] else "items and their order"
        sys.stdout.write(f"verified: {about} of {checked['forms']} forms follow from what was published\n")
        sys.stdout.write(f"compare with what was read out before registration: {checked['commitment']}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
