"""Syllogisms of the demo bank in signs, held against every small world or every combination of facts.

A statement about properties is a letter and two property letters: `A` all, `E` none, `I` some, `O` some are not. A
statement about facts is a Boolean expression in words: `not`, `and`, `or`, `->`; facts are single letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import product

from demo_bank_logic import World, every, follows, some, some_not

Signs = tuple[str, tuple[str, ...]]
"""The premises, comma between them, and the options in the order of the source file: the intended one first."""

PROPERTIES: dict[str, Signs] = {
    "Semua bus kota": ("Abp, Anb", ("Anp", "Apn", "Apb", "Exp", "Obp")),
    "Semua penyuluh": ("Apk, Eku", ("Epu", "Apu", "Ipu", "Avp", "Akp")),
    "Semua atlet": ("Aab, Omb", ("Oma", "Ima", "Ema", "Oam", "Aba")),
    "Semua dokumen": ("Asn, Oln", ("Ols", "Els", "Ils", "Ans", "Eln")),
    "Tidak ada perangkat lama": ("Elm, Aal, Idm", ("Oda", "Ida", "Adm", "Ala", "Edl")),
    "Sebagian peneliti": ("Ips, Asg, Ebg", ("Opb", "Ipb", "Epb", "Ibs", "Agp")),
}
"""By the beginning of the stem. `v` are those who get no travel money, `x` buses that are no city buses."""

FACTS: dict[str, Signs] = {
    "Jika lampu merah": ("m -> h, not h", ("not m", "m", "h -> m", "r", "not m -> not h")),
    "Jika pasokan": ("t -> n, n -> k, t", ("k", "n and not k", "not k", "not n", "not t or c")),
    "Rapat diadakan": (
        "s or r, not (s and r), s -> l, not l",
        ("r", "s", "s and r", "not (s or r)", "r -> l"),
    ),
    "Jika curah": ("h and s -> g, h, not g", ("not s", "s", "not h", "not s -> not h", "g -> s")),
}
"""By the beginning of the stem. `r` the machine is broken, `c` chilli gets cheaper, `l` Bu Laras presides."""


def _quantified(sign: str, order: str) -> Callable[[World], bool]:
    a, b = order.index(sign[1]), order.index(sign[2])
    return {
        "A": lambda world: every(world, a, b),
        "E": lambda world: not some(world, a, b),
        "I": lambda world: some(world, a, b),
        "O": lambda world: some_not(world, a, b),
    }[sign[0]]


@cache
def follows_from_properties(signs: Signs) -> frozenset[int]:
    """Return the places of the options that hold in every world where the premises do."""
    premises, options = signs[0].split(", "), signs[1]
    complements = {"v": "u", "x": "b"}
    order = "".join(sorted({each for sign in (*premises, *options) for each in sign[1:]}))

    def holds(world: World) -> bool:
        apart = all(
            all(thing[order.index(no)] != thing[order.index(yes)] for thing in world)
            for no, yes in complements.items()
            if no in order
        )
        return apart and all(_quantified(sign, order)(world) for sign in premises)

    conclusions = {str(place): _quantified(sign, order) for place, sign in enumerate(options)}
    return frozenset(int(place) for place in follows(len(order), holds, conclusions))


def follows_from_facts(signs: Signs) -> frozenset[int]:
    """Return the places of the options that are true whenever the premises are.

    A conditional speaks of every day, the other premises only of today: a conditional option follows only from the
    conditional premises.
    """
    premises, options = signs[0].split(", "), signs[1]
    laws = [text for text in premises if " -> " in text]
    letters = sorted({each for text in (*premises, *options) for each in re.findall(r"\b[a-z]\b", text)})
    left = set(range(len(options)))
    for values in product((False, True), repeat=len(letters)):
        facts = dict(zip(letters, values, strict=True))
        left = {
            place
            for place in left
            if _is_true(options[place], facts)
            or not all(_is_true(text, facts) for text in (laws if " -> " in options[place] else premises))
        }
    return frozenset(left)


def _is_true(text: str, facts: dict[str, bool]) -> bool:
    if " -> " in text:
        condition, result = text.split(" -> ")
        return not _is_true(condition, facts) or _is_true(result, facts)
    if text.startswith("not (") and text.endswith(")"):
        return not _is_true(text[5:-1], facts)
    if " or " in text:
        return any(_is_true(part, facts) for part in text.split(" or "))
    if " and " in text:
        return all(_is_true(part, facts) for part in text.split(" and "))
    return not facts[text[4:]] if text.startswith("not ") else facts[text]
