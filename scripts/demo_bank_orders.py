"""Seating, orders and choices of the demo bank, solved by trying every arrangement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

Places = dict[str, int]
"""By name: the place in the order, from 0."""


def _orders(names: str, fits: Callable[[Places], bool]) -> Iterator[Places]:
    for order in permutations(names.split()):
        places = {name: place for place, name in enumerate(order)}
        if fits(places):
            yield places


def _at(place: int, names: str, fits: Callable[[Places], bool]) -> set[str]:
    """Return who may be in this place."""
    return {next(name for name, at in each.items() if at == place) for each in _orders(names, fits)}


def _queue() -> set[str]:
    return _at(
        2,
        "Rudi Sari Tono Umi Vera",
        lambda p: (
            p["Sari"] == p["Rudi"] + 1 and p["Tono"] == 0 and p["Vera"] == p["Umi"] - 1 and p["Umi"] == 4
        ),
    )


def _second_tallest() -> set[str]:
    """Places run from the tallest to the lowest."""
    return _at(1, "A B C D E", lambda p: p["A"] < p["B"] < p["C"] < p["E"] and p["D"] < p["A"])


def _thursday() -> set[str]:
    return _at(
        3,
        "Ira Joni Koko Lina Mira",
        lambda p: p["Joni"] == p["Ira"] + 1 and p["Koko"] == 2 and p["Lina"] < p["Ira"] and p["Mira"] == 0,
    )


def _left_of_a() -> set[str]:
    """Places run round the table, each to the right of the one before."""
    return {
        name
        for p in _orders(
            "A B C D E F",
            lambda p: (
                p["A"] == 0
                and p["D"] == 3
                and p["B"] == 1
                and (p["F"] - p["B"]) % 6 == 3
                and p["C"] not in {1, 5}
            ),
        )
        for name, at in p.items()
        if at == 5
    }


def _rara() -> set[str]:
    """Places are vehicles: bicycle, motorcycle, car, bus."""
    vehicles = ("sepeda", "motor", "mobil", "bus")
    return {
        vehicles[p["Rara"]]
        for p in _orders(
            "Nia Oki Puji Rara", lambda p: p["Nia"] == 0 and p["Oki"] in {0, 2} and p["Puji"] != 3
        )
    }


def _chosen() -> set[str]:
    """Return the pair that is in every permitted choice of three."""
    choices = [
        set(three)
        for three in combinations("FGHI", 3)
        if ("F" not in three or "G" in three) and not {"H", "I"} <= set(three)
    ]
    return {" dan ".join(sorted(set.intersection(*choices)))}


def _fourth_speaker() -> set[str]:
    return _at(
        3,
        "P Q R S T",
        lambda p: p["Q"] == p["T"] + 1 and p["S"] == 0 and p["R"] == p["T"] - 1 and p["P"] != 1,
    )


def _below_u() -> set[str]:
    return {
        name
        for p in _orders(
            "U V W X Y Z",
            lambda p: p["U"] == p["V"] + 2 and p["W"] == p["U"] + 1 and p["X"] == 0 and p["Y"] > p["W"],
        )
        for name, at in p.items()
        if at == p["U"] - 1
    }


def _wednesday() -> set[str]:
    return _at(
        2,
        "K1 K2 K3 K4 K5 K6 K7",
        lambda p: (
            p["K4"] == 3
            and p["K6"] == p["K2"] + 1
            and p["K7"] == 5
            and p["K1"] < p["K2"]
            and p["K5"] == p["K7"] + 1
            and p["K3"] > p["K4"]
        ),
    )


def _middle_car() -> set[str]:
    return _at(
        2,
        "biru hitam merah putih silver",
        lambda p: (
            p["merah"] not in {0, 4}
            and p["putih"] == p["hitam"] + 1
            and p["biru"] == 0
            and abs(p["merah"] - p["putih"]) == 3
        ),
    )


MORE_ORDERS: dict[str, Callable[[], set[str]]] = {
    "Lima anak": _queue,
    "Kantor A": _second_tallest,
    "Lima petugas": _thursday,
    "Enam kursi": _left_of_a,
    "Empat pegawai": _rara,
    "Dari lima pelamar": _chosen,
    "Sebuah rapat": _fourth_speaker,
    "Enam kotak": _below_u,
    "Tujuh kegiatan": _wednesday,
    "Lima mobil": _middle_car,
}
"""By the beginning of the stem: everything the conditions leave possible."""
