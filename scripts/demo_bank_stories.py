"""The word problems told again: counted, tried or walked through step by step instead of by a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

Numbers = list[Fraction]


def numbers_in(text: str) -> Numbers:
    """Return the numbers of a text in their order, as Indonesian writes them."""
    found = re.findall(r"\d+(?:\.\d{3})*(?:,\d+)?", text)
    return [Fraction(each.replace(".", "").replace(",", ".")) for each in found]


def _profit(given: Numbers) -> Fraction:
    kilograms, cost, price = given
    earned = -cost
    for _ in range(int(kilograms)):
        earned += price
    return earned / cost * 100


def _joined_mean(given: Numbers) -> Fraction:
    men, their_mean, women, other_mean = given
    marks = [their_mean] * int(men) + [other_mean] * int(women)
    return sum(marks, Fraction(0)) / len(marks)


def _books(given: Numbers) -> Fraction:
    total, *shares = given
    part = next(n for n in range(1, 1000) if sum(share * n for share in shares) == total)
    return part * (max(shares) - min(shares))


def _courier(given: Numbers) -> Fraction:
    kilometres, out, back = given
    return (kilometres + kilometres) / (kilometres / out + kilometres / back)


def _bag(given: Numbers) -> Fraction:
    price, *discounts = given
    for discount in discounts:
        price -= price * discount / 100
    return price


def _pumps(given: Numbers) -> Fraction:
    """Empty a pool of as many buckets as both pumps divide evenly, a quarter of an hour at a time."""
    fast, slow = given
    buckets, quarters = fast * slow * 4, 0
    while buckets > 0:
        buckets -= slow + fast
        quarters += 1
    return Fraction(quarters, 4)


def _map(given: Numbers) -> Fraction:
    _one, scale, centimetres, speed = given
    metres = scale * centimetres / 100
    return metres / (speed * 1000)


def _salary(given: Numbers) -> Fraction:
    tenths, ten, percent, left = given
    for salary in range(0, 20_000_000, 10_000):
        rest = salary - salary * tenths / ten
        if rest - rest * percent / 100 == left:
            return Fraction(salary)
    raise ValueError("no salary fits")


def _training(given: Numbers) -> Fraction:
    people, percent, more = given
    room = ["P" if place < people * percent / 100 else "L" for place in range(int(people))]
    room += ["L"] * int(more)
    return Fraction(100 * room.count("P"), len(room))


def _clerks(_given: Numbers) -> Fraction:
    left, days = 8 * 15, 0
    while left > 0:
        left -= 8 if days < 6 else 6
        days += 1
    return Fraction(days)


def _meeting(given: Numbers) -> Fraction:
    """Walk both by the minute until they meet."""
    kilometres, one, other = given[0], given[-2], given[-1]
    anton, beni, minutes = Fraction(0), kilometres, 0
    while anton < beni:
        minutes += 1
        anton += one / 60
        beni -= other / 60 if minutes > 60 else 0
    if anton != beni:
        raise ValueError("they do not meet on a full minute")
    return anton


def _sugar(given: Numbers) -> Fraction:
    low, high, litres, target = given
    tenths = [
        n for n in range(int(litres * 10) + 1) if low * (litres * 10 - n) + high * n == target * litres * 10
    ]
    return Fraction(tenths[0], 10)


STORIES: dict[str, tuple[str, Callable[[Numbers], Fraction]]] = {
    "Seorang pedagang": ("%", _profit),
    "Nilai rata-rata": ("", _joined_mean),
    "Sebanyak": ("buku", _books),
    "Kurir menempuh": ("km/jam", _courier),
    "Sebuah tas": (",00", _bag),
    "Pompa A": ("jam", _pumps),
    "Jarak dua kota": ("jam", _map),
    "Seorang pegawai memakai": (",00", _salary),
    "Dalam pelatihan": ("%", _training),
    "Delapan petugas": ("hari", _clerks),
    "Jarak kota P": ("km", _meeting),
    "Larutan A": ("liter", _sugar),
}
"""By the beginning of the stem: what the options end with, and the answer from the stem's numbers."""
