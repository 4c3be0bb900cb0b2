"""Number series: a rule, its terms, and what a solver gets who sees another or no rule in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from demo_bank_numbers import five

Made = tuple[str, str, list[str]]
"""Level, stem, options with the key first."""


def number_series() -> Iterator[Made]:
    """Yield all items, easy ones first."""
    yield _series("mudah", [n * n + 3 for n in range(1, 7)])
    yield _series("mudah", [8 + 7 * n for n in range(6)])
    yield _series("mudah", [3 * 2**n for n in range(6)])
    yield _series("mudah", [100 - n * (n + 1) for n in range(6)])
    yield _series("sedang", _in_turn(3, 7, lambda a: a + 2, lambda a: 2 * a))
    yield _series("sedang", [2**n + 1 for n in range(7)])
    yield _series("sedang", _in_turn(2, 8, lambda a: a * 3, lambda a: a - 2))
    yield _series("sedang", _sums(2, 3, 8))
    yield _series("sedang", _interleaved([4 + 5 * n for n in range(5)], [30 - 4 * n for n in range(4)]))
    yield _series("sedang", [n**3 - 1 for n in range(1, 7)])
    yield _series("sedang", _products(2, [1, 2, 3, 4, 5]))
    yield _series(
        "sulit", _interleaved([n * n + 2 * n + 5 for n in range(5)], [20 - 2 * n for n in range(4)])
    )
    yield _series("sulit", _grown(7, 6, 2, -3))
    yield _series("sulit", _interleaved([2 * 3**n for n in range(4)], [50 - 6 * n for n in range(4)]))
    yield _series("sulit", [n * (n + 1) * (n + 2) // 6 + 2 for n in range(1, 8)])


_SLIPS = (-7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 8)


def _series(level: str, terms: Sequence[int]) -> Made:
    """Make an item that asks for the last of `terms`; the last step made again is wrong, and so are slips of counting."""
    *shown, key = terms
    stem = ", ".join(map(str, shown)) + ", …"
    slips = random.Random(stem).sample(_SLIPS, 5)  # noqa: S311 - not a secret
    mistakes = [2 * shown[-1] - shown[-2], *(key + slip for slip in slips)]
    return level, stem, five(Fraction(key), [Fraction(each) for each in mistakes])


def _in_turn(first: int, count: int, *steps: Callable[[int], int]) -> list[int]:
    terms = [first]
    while len(terms) < count:
        terms.append(steps[(len(terms) - 1) % len(steps)](terms[-1]))
    return terms


def _sums(first: int, second: int, count: int) -> list[int]:
    terms = [first, second]
    while len(terms) < count:
        terms.append(terms[-1] + terms[-2])
    return terms


def _interleaved(one: Sequence[int], other: Sequence[int]) -> list[int]:
    both = [term for pair in zip(one, other, strict=False) for term in pair]
    return [*both, one[-1]] if len(one) > len(other) else both


def _products(first: int, factors: Sequence[int]) -> list[int]:
    terms = [first]
    for factor in factors:
        terms.append(terms[-1] * factor)
    return terms


def _grown(first: int, count: int, factor: int, more: int) -> list[int]:
    terms = [first]
    while len(terms) < count:
        terms.append(terms[-1] * factor + more)
    return terms
