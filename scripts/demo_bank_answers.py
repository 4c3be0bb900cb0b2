"""The answers of the demo bank, worked out again without looking at its keys or at how an item was made.

Expressions are evaluated, series continued by every rule that explains them, word problems told again; figures are
read from their drawings; what follows from conditions is found by trying everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import TypeVar

from demo_bank_expressions import value_of
from demo_bank_figural_check import fourth_figures, next_figure, same_picture, singled_out
from demo_bank_figures import picture, read_figures
from demo_bank_logic import CONDITIONS
from demo_bank_orders import MORE_ORDERS
from demo_bank_series_rules import next_terms
from demo_bank_sources import written_items
from demo_bank_stories import STORIES, numbers_in
from demo_bank_syllogisms import FACTS, PROPERTIES, follows_from_facts, follows_from_properties

Row = dict[str, str]
"""One row of the bank by heading."""

Entry = TypeVar("Entry")

LABELS = "ABCDE"


def options(row: Row) -> list[str]:
    """Return the five options in the order of the file."""
    return [row[label] for label in LABELS]


def number(text: str) -> Fraction:
    """Read an Indonesian number with its unit: `12,5%`, `48 km/jam`, `Rp1.250,00`, `7/12`, `−3`."""
    digits = text.removeprefix("Rp").split(" ", maxsplit=1)[0].rstrip("%")
    return Fraction(digits.replace(".", "").replace(",", ".").replace("−", "-"))


_COMPARISONS: dict[str, list[tuple[Fraction, Fraction]]] = {
    "Jika x adalah bilangan": [(Fraction(x), Fraction(7)) for x in range(-20, 21) if x**2 == 64],
    "Dua bilangan bulat": [(Fraction(p * (12 - p)), Fraction(36)) for p in range(1, 12) if p != 6],
    "Harga sebuah barang": [
        (Fraction(x), Fraction(x) * 120 / 100 * 80 / 100) for x in range(1000, 100_000, 500)
    ],
    "Bilangan bulat a": [(Fraction(a**2), Fraction(b**2)) for a in range(-9, 10) for b in range(-9, a)],
}
"""By the beginning of the stem: many (x, y) that are possible."""

_STATED = re.compile(r"Jika x = (.+) dan y = (.+), maka …")


def _true_relations(pairs: Iterable[tuple[Fraction, Fraction]]) -> set[str]:
    """Return what may be said in the bank's words of how x and y compare in all possible cases."""
    known = list(pairs)
    signs = {(x > y) - (x < y) for x, y in known}
    if len(signs) > 1:
        return {"hubungan x dan y tidak dapat ditentukan"}
    said = {
        {1: "x lebih besar daripada y", -1: "x lebih kecil daripada y", 0: "x sama dengan y"}[signs.pop()]
    }
    return said | ({"x sama dengan dua kali y"} if all(x == 2 * y for x, y in known) else set())


def _entry(row: Row, table: Mapping[str, Entry]) -> Entry | None:
    """Return what the table says of the item whose stem begins with one of its keys."""
    return next((entry for start, entry in table.items() if row["Soal"].startswith(start)), None)


def _equal_to(row: Row, value: Fraction) -> str:
    values = [number(text) for text in options(row)]
    if len(set(values)) != 5:
        raise ValueError("two options have the same value")
    return _only(text for text in options(row) if number(text) == value)


def _by_expression(row: Row) -> str | None:
    if row["Subtopik"] != "berhitung":
        return None
    stem = row["Soal"]
    equation = re.fullmatch(
        r"Jika (\d+)\(x − (\d+)\) = (\d+)x \+ (\d+), maka nilai (\d+)x − (\d+) adalah …", stem
    )
    if equation is None:
        return _equal_to(row, value_of(stem.removesuffix(" sama dengan …").removesuffix(" = …")))
    a, b, c, d, e, f = map(int, equation.groups())
    roots = [x for x in range(-1000, 1001) if a * (x - b) == c * x + d]
    return _equal_to(row, Fraction(e * int(_only(map(str, roots))) - f))


def _by_series(row: Row) -> str | None:
    if row["Subtopik"] != "deret":
        return None
    terms = [Fraction(each) for each in row["Soal"].removesuffix(", …").split(", ")]
    possible = {str(term) for term in next_terms(terms)}
    return _only(text for text in options(row) if text in possible)


def _by_comparison(row: Row) -> str | None:
    if row["Subtopik"] != "perbandingan":
        return None
    stated = _STATED.fullmatch(row["Soal"])
    pairs = _entry(row, _COMPARISONS)
    if pairs is None and stated is not None:
        pairs = [(value_of(stated[1]), value_of(stated[2]))]
    said = _true_relations(pairs or [])
    return _only(text for text in options(row) if text in said)


def _by_story(row: Row) -> str | None:
    if row["Subtopik"] != "soal cerita":
        return None
    story = _entry(row, STORIES)
    if story is None:
        raise ValueError("nobody has told this story again")
    unit, solve = story
    if not all(text.endswith(unit) for text in options(row)):
        raise ValueError("the options have different units")
    return _equal_to(row, solve(numbers_in(row["Soal"])))


def _by_trying(row: Row) -> str | None:
    solve = _entry(row, CONDITIONS | MORE_ORDERS)
    return (
        None if solve is None or row["Subtopik"] not in {"silogisme", "analitis"} else _only(_left_by(solve))
    )


@cache
def _left_by(solve: Callable[[], set[str]]) -> frozenset[str]:
    """Return what the conditions leave; they are the same every time, and trying everything takes a while."""
    return frozenset(solve())


def _by_signs(row: Row) -> str | None:
    if row["Subtopik"] != "silogisme" or _entry(row, CONDITIONS) is not None:
        return None
    properties, facts = _entry(row, PROPERTIES), _entry(row, FACTS)
    if properties is not None:
        places = follows_from_properties(properties)
    elif facts is not None:
        places = follows_from_facts(facts)
    else:
        return None
    source = next(each for each in written_items() if each.item_id == row["ID"])
    return source.options[int(_only(map(str, places)))]


def _by_figures(row: Row) -> str | None:
    if row["Topik"] != "figural":
        return None
    drawn = [read_figures(text)[0] for text in options(row)]
    if len({picture(figure) for figure in drawn}) != 5:
        raise ValueError("two options are the same picture")
    if row["Subtopik"] == "ketidaksamaan":
        places = singled_out(drawn)
    elif row["Subtopik"] == "serial":
        following = next_figure(read_figures(row["Soal"]))
        places = {place for place, figure in enumerate(drawn) if same_picture(figure, following)}
    else:
        first, second, third = read_figures(row["Soal"])
        possible = fourth_figures(first, second, third)
        places = {place for place, figure in enumerate(drawn) if picture(figure) in possible}
    return options(row)[int(_only(map(str, places)))]


_WAYS = (_by_expression, _by_series, _by_comparison, _by_story, _by_trying, _by_signs, _by_figures)


def computed_answer(row: Row) -> str | None:
    """Return the option that a computation gives, None where there is nothing to compute.

    Raises:
        ValueError: the conditions of the item leave no or several options.
    """
    if row["Materi"] != "TIU":
        return None
    for solve in _WAYS:
        answer = solve(row)
        if answer is not None:
            return answer
    return None


def _only(found: Iterable[str]) -> str:
    """Return the one element.

    Raises:
        ValueError: there are none or several.
    """
    candidates = list(found)
    if len(candidates) != 1:
        raise ValueError(f"{len(candidates)} options fit")
    return candidates[0]
