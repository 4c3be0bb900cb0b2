"""The order of items and options on every form: each form by streams of its own, none like another.

Item order needs no key, so anybody can re-derive it; option order spreads the keys and needs them (design 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from question_bank.assembly.cells import opaque_id
from question_bank.assembly.option_order import best_option, option_orders
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.assembly.stream import Stream
from question_bank.forms import Form, FormItem
from question_bank.items import Bank, Item, ItemKey
from question_bank.problems import Problem
from question_bank.scoring_profile import Profile

LONGEST_RUN = 3
"""Keys of that many items in a row may stand at the same position (fairness.md 2.2, G8)."""
MOST_ATTEMPTS = 50
"""How often a form that came out like an earlier one, or with too long a run of keys, is ordered anew."""


class TooFewDifferent(Exception):  # noqa: N818 - an answer about a bank, with its numbers, not a defect
    """The bank does not yield as many different forms as are needed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(dict(problem.params)))
        self.problem = problem


class Ordering:
    """Puts items and options of all forms in order."""

    def __init__(
        self, bank: Bank, keys: Mapping[str, ItemKey], profile: Profile, sealed: SealedSeed, engine: str
    ) -> None:
        salt = sealed.salt
        self._items = {each.item_id: each for each in bank.items}
        self._opaque = {each.item_id: opaque_id(salt, each.item_id) for each in bank.items}
        self._best = {each.item_id: best_option(each, keys) for each in bank.items}
        self._right = right_options(bank.items, keys)
        self._profile = profile
        self._seed = sealed.seed
        self._engine = engine
        self._orders: set[tuple[str, ...]] = set()
        self._seen: set[tuple[FormItem, ...]] = set()
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}  # few orders, many items: each is kept once

    def forms(self, hands: Sequence[tuple[tuple[str, ...], ...]]) -> tuple[Form, ...]:
        """Return a form for each hand, which holds the items of each section in the paper's order.

        Raises:
            TooFewDifferent: the bank does not yield that many.
        """
        forms: list[Form] = []
        for number, hand in enumerate(hands, start=1):
            try:
                forms.append(self.form(number, hand))
            except TooFewDifferent as error:
                needed: dict[str, str | int] = {"available": len(forms), "needed": len(hands)}
                raise TooFewDifferent(Problem("form_too_few_different", params=needed)) from error
        return tuple(forms)

    def form(self, number: int, hand: tuple[tuple[str, ...], ...]) -> Form:
        """Return the form of a number for what it holds of each section; like none that this ordering made before.

        Raises:
            TooFewDifferent: every order that was tried exists already.
        """
        form = self._with_options(number, self._ordered(number, hand))
        if form is None:
            raise TooFewDifferent(Problem("form_too_few_different", params={"available": 0, "needed": 1}))
        return form

    def _ordered(self, number: int, hand: tuple[tuple[str, ...], ...]) -> list[list[Item]]:
        """Return the items section by section; another order than any form before has, if there is one."""
        sections: list[list[Item]] = []
        for attempt in range(MOST_ATTEMPTS):
            sections = [
                self._section(f"order/{section.code}/{number}/{attempt}", items)
                for (_, section), items in zip(self._profile.paper_order(), hand, strict=True)
            ]
            sequence = tuple(item.item_id for items in sections for item in items)
            if sequence not in self._orders:
                self._orders.add(sequence)
                break
        return sections

    def _section(self, label: str, item_ids: tuple[str, ...]) -> list[Item]:
        """Return the items in random order, those of one stimulus one after another."""
        ordered = sorted(item_ids, key=self._opaque.__getitem__)
        shuffled = [ordered[index] for index in Stream(self._seed, label).permutation(len(ordered))]
        place: dict[str, int] = {}
        for index, item_id in enumerate(shuffled):
            place.setdefault(self._group(item_id), index)
        shuffled.sort(key=lambda item_id: place[self._group(item_id)])
        return [self._items[each] for each in shuffled]

    def _group(self, item_id: str) -> str:
        return self._items[item_id].stimulus_id or f"/{item_id}"

    def _with_options(self, number: int, sections: Sequence[Sequence[Item]]) -> Form | None:
        """Return the form with option orders whose keys make no long run; None where every order exists already."""
        best: tuple[int, tuple[FormItem, ...]] | None = None
        for attempt in range(MOST_ATTEMPTS):
            stream = Stream(self._seed, f"options/{number}/{attempt}")
            placed: list[FormItem] = []
            for (block, section), items in zip(self._profile.paper_order(), sections, strict=True):
                orders = option_orders(items, self._best, stream)
                placed += [
                    FormItem(item.item_id, block.code, section.code, self._known.setdefault(options, options))
                    for item, options in zip(items, orders, strict=True)
                ]
            found = tuple(placed)
            run = longest_run(found, self._right)
            if found not in self._seen and (best is None or run < best[0]):
                best = run, found
            if best is not None and best[0] <= LONGEST_RUN:
                break
        if best is None:
            return None
        self._seen.add(best[1])
        return Form(self._engine, best[1])


def right_options(items: Iterable[Item], keys: Mapping[str, ItemKey]) -> dict[str, str]:
    """Return the key of each keyed item that has one right option; other items are missing."""
    return {
        each.item_id: right
        for each in items
        if (right := best_option(each, keys)) and not keys[each.item_id].points
    }


def key_positions(placed: Sequence[FormItem], right: Mapping[str, str]) -> list[int]:
    """Return the position of the key of each item that `right` names, in the form's order."""
    return [each.options.index(right[each.item_id]) for each in placed if each.item_id in right]


def longest_run(placed: Sequence[FormItem], right: Mapping[str, str]) -> int:
    """Return how many keyed items in a row have their key at the same position, at most."""
    return max((len(list(run)) for _, run in groupby(key_positions(placed, right))), default=0)
