"""What may come next in a number series, by every rule of a kind that solvers look for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

Terms = Sequence[Fraction]


def next_terms(terms: Terms) -> set[Fraction]:
    """Return the next terms by all rules that explain every given term."""
    found = {*_by_differences(terms, 3), *_by_recurrence(terms), *_by_two_steps(terms), *_by_sums(terms)}
    found |= {*_by_factors(terms)}
    every_other = terms[len(terms) % 2 :: 2]
    if len(terms) >= 7:
        found |= {*_by_differences(every_other, 2), *_by_ratio(every_other)}
    return found


def _by_differences(terms: Terms, degree: int) -> Iterator[Fraction]:
    """Yield the next term where the differences of some order up to `degree` are equal, at least twice."""
    rows = [list(terms)]
    for _ in range(degree):
        rows.append([after - before for before, after in pairwise(rows[-1])])
        if len(rows[-1]) >= 2 and len(set(rows[-1])) == 1:
            yield sum((row[-1] for row in rows), Fraction(0))
            return


def _by_ratio(terms: Terms) -> Iterator[Fraction]:
    if 0 in terms or len(terms) < 3:
        return
    ratios = {after / before for before, after in pairwise(terms)}
    if len(ratios) == 1:
        yield terms[-1] * ratios.pop()


def _by_recurrence(terms: Terms) -> Iterator[Fraction]:
    """Yield the next term where each is the one before times a, plus b."""
    if len(terms) < 4 or terms[0] == terms[1]:
        return
    a = (terms[2] - terms[1]) / (terms[1] - terms[0])
    b = terms[1] - a * terms[0]
    if all(after == a * before + b for before, after in pairwise(terms)):
        yield a * terms[-1] + b


def _by_two_steps(terms: Terms) -> Iterator[Fraction]:
    """Yield the next term where two steps alternate, each adding or multiplying by the same number."""
    if len(terms) < 5:
        return
    pairs = list(pairwise(terms))
    if all(_same_step(pairs[start::2]) for start in (0, 1)):
        for add, step in _same_step(pairs[len(pairs) % 2 :: 2]):
            yield terms[-1] + step if add else terms[-1] * step


def _same_step(pairs: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[bool, Fraction]]:
    sums = {after - before for before, after in pairs}
    factors = {after / before for before, after in pairs if before}
    return [(add, steps.pop()) for add, steps in ((True, sums), (False, factors)) if len(steps) == 1]


def _by_sums(terms: Terms) -> Iterator[Fraction]:
    if len(terms) >= 5 and all(terms[n] == terms[n - 1] + terms[n - 2] for n in range(2, len(terms))):
        yield terms[-1] + terms[-2]


def _by_factors(terms: Terms) -> Iterator[Fraction]:
    """Yield the next term where the factors between neighbours rise evenly."""
    if 0 in terms or len(terms) < 5:
        return
    factors = [after / before for before, after in pairwise(terms)]
    steps = {after - before for before, after in pairwise(factors)}
    if len(steps) == 1:
        yield terms[-1] * (factors[-1] + steps.pop())
