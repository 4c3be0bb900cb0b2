"""What follows from the conditions of the demo bank's verbal items, found by trying everything.

Seating and orders: all arrangements. Syllogisms: all small worlds in which every property has an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations, product


def _right_end() -> set[str]:
    return {
        order[4]
        for order in permutations(("Ani", "Bayu", "Citra", "Dedi", "Eka"))
        if order[0] == "Ani" and order[2] == "Citra" and order[1] == "Bayu" and order[4] != "Eka"
    }


def _third_counter() -> set[str]:
    return {
        order[2]
        for order in permutations("PQRST")
        if order.index("P") < order.index("Q") < order.index("R")
        and order.index("T") == order.index("P") + 1
        and order[4] == "S"
    }


def _mates_of_k() -> set[str]:
    found = set()
    for team in combinations("KLMNOP", 3):
        if "K" in team and "L" not in team and ("M" in team) == ("N" in team) and "O" not in team:
            found.add(" dan ".join(mate for mate in team if mate != "K"))
    return found


def _third_best() -> set[str]:
    return {
        best_first[2]
        for best_first in permutations(("Umar", "Vino", "Wati", "Yuni", "Zaki"))
        if best_first.index("Vino") < best_first.index("Zaki") < best_first.index("Wati")
        and best_first.index("Wati") < best_first.index("Yuni") < best_first.index("Umar")
    }


ORDERS: dict[str, Callable[[], set[str]]] = {
    "Ani, Bayu": _right_end,
    "Loket P": _third_counter,
    "Enam pegawai": _mates_of_k,
    "Nilai Wati": _third_best,
}
"""By the beginning of the stem: everything the conditions leave possible."""

World = frozenset[tuple[bool, ...]]
"""Things by their properties; things alike in all of them are one."""


def every(world: World, a: int, b: int) -> bool:
    """Whether everything with property `a` has property `b`."""
    return all(thing[b] for thing in world if thing[a])


def some(world: World, a: int, b: int) -> bool:
    """Whether something has both properties."""
    return any(thing[a] and thing[b] for thing in world)


def some_not(world: World, a: int, b: int) -> bool:
    """Whether something with property `a` lacks property `b`."""
    return any(thing[a] and not thing[b] for thing in world)


def _worlds(properties: int) -> Iterator[World]:
    """Yield every world of things that differ in their properties; each property has an instance."""
    kinds = list(product((False, True), repeat=properties))
    for size in range(1, len(kinds) + 1):
        for world in map(frozenset, combinations(kinds, size)):
            if all(any(thing[place] for thing in world) for place in range(properties)):
                yield world


def follows(
    properties: int, premises: Callable[[World], bool], conclusions: dict[str, Callable[[World], bool]]
) -> set[str]:
    """Return the conclusions that hold in every world where the premises do."""
    left = set(conclusions)
    for world in _worlds(properties):
        if premises(world):
            left = {text for text in left if conclusions[text](world)}
    return left


def _roll_call() -> set[str]:
    pegawai, apel, warga = 0, 1, 2
    return follows(
        3,
        lambda w: every(w, pegawai, apel) and some(w, warga, pegawai),
        {
            "Sebagian warga Desa Sukamaju wajib mengikuti apel.": lambda w: some(w, warga, apel),
            "Semua warga Desa Sukamaju wajib mengikuti apel.": lambda w: every(w, warga, apel),
            "Sebagian warga Desa Sukamaju tidak wajib mengikuti apel.": lambda w: some_not(w, warga, apel),
            "Semua yang wajib mengikuti apel adalah warga Desa Sukamaju.": lambda w: every(w, apel, warga),
            "Tidak ada warga Desa Sukamaju yang wajib mengikuti apel.": lambda w: not some(w, warga, apel),
        },
    )


def _secret_files() -> set[str]:
    rahasia, pulang, naskah, meja = 0, 1, 2, 3
    return follows(
        4,
        lambda w: not some(w, rahasia, pulang) and every(w, naskah, rahasia) and some(w, meja, naskah),
        {
            "Sebagian dokumen di meja Rini tidak boleh dibawa pulang.": lambda w: some_not(w, meja, pulang),
            "Semua dokumen di meja Rini tidak boleh dibawa pulang.": lambda w: not some(w, meja, pulang),
            "Sebagian dokumen di meja Rini boleh dibawa pulang.": lambda w: some(w, meja, pulang),
            "Semua dokumen di meja Rini adalah berkas rahasia.": lambda w: every(w, meja, rahasia),
            "Semua berkas rahasia adalah naskah ujian.": lambda w: every(w, rahasia, naskah),
        },
    )


def _interview() -> set[str]:
    lulus, wawancara, dimas = 0, 1, 2
    return follows(
        3,
        lambda w: (
            every(w, lulus, wawancara) and some_not(w, wawancara, lulus) and not some(w, dimas, wawancara)
        ),
        {
            "Dimas tidak lulus tes tulis.": lambda w: not some(w, dimas, lulus),
            "Dimas lulus tes tulis tetapi tidak hadir.": lambda w: every(w, dimas, lulus),
            "Semua peserta yang mengikuti wawancara lulus tes tulis.": lambda w: every(w, wawancara, lulus),
            "Semua peserta yang tidak lulus tes tulis tidak mengikuti wawancara.": lambda w: (
                not some_not(w, wawancara, lulus)
            ),
            "Sebagian peserta yang lulus tes tulis tidak mengikuti wawancara.": lambda w: some_not(
                w, lulus, wawancara
            ),
        },
    )


def _rainy_day() -> set[str]:
    """The day's facts: rain since morning, rain in the afternoon, mud, moved to the hall, called off."""
    conclusions: dict[str, Callable[[bool, bool, bool, bool], bool]] = {
        "Hari ini hujan tidak turun sejak pagi.": lambda morning, _afternoon, _mud, _off: not morning,
        "Hari ini hujan turun sejak pagi.": lambda morning, _afternoon, _mud, _off: morning,
        "Hari ini lapangan becek karena hujan.": lambda _morning, _afternoon, mud, _off: mud,
        "Hari ini upacara dibatalkan karena hujan.": lambda _morning, _afternoon, _mud, off: off,
        "Hari ini hujan turun pada sore hari.": lambda _morning, afternoon, _mud, _off: afternoon,
    }
    left = set(conclusions)
    for morning, afternoon, mud, moved, off in product((False, True), repeat=5):
        if (not morning or mud) and (not mud or moved) and not moved:
            left = {text for text in left if conclusions[text](morning, afternoon, mud, off)}
    return left


SYLLOGISMS: dict[str, Callable[[], set[str]]] = {
    "Semua pegawai": _roll_call,
    "Jika hujan": _rainy_day,
    "Tidak ada berkas": _secret_files,
    "Semua peserta yang lulus": _interview,
}
"""By the beginning of the stem: the options that follow from the premises."""

CONDITIONS = ORDERS | SYLLOGISMS
"""By the beginning of the stem: everything that the conditions or premises leave."""
