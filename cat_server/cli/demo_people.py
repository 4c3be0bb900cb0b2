"""Invented people for the demo: 52 plausible names and 12 more, no real person's data."""

from __future__ import annotations

from cat_server.domain.roster import RosterPerson

PEOPLE = 52
_MORE_PEOPLE = 12
_GIVEN = (
    *(
        "Andi",
        "Siti",
        "Budi",
        "Dewi",
        "Agus",
        "Rina",
        "Eko",
        "Sri",
        "Hendra",
        "Nur",
        "Yusuf",
        "Ratna",
        "Bayu",
    ),
    *("Maria", "Rizky", "Fitri", "Gede", "Ayu", "Made", "Intan", "Fajar", "Lestari", "Ilham", "Wulan"),
    *("Yohanes", "Aisyah"),
)
_FAMILY = (
    *("Pratama", "Rahmawati", "Santoso", "Lestari", "Wijaya", "Kusuma", "Saputra", "Handayani", "Nugroho"),
    *("Siregar", "Hidayat", "Permatasari", "Simanjuntak", "Maharani", "Setiawan", "Anggraini", "Gunawan"),
    *("Puspita", "Ramadhan", "Utami", "Wirawan", "Safitri", "Firmansyah", "Novitasari", "Manurung"),
)
_POSITIONS = (
    "Analis Kebijakan Ahli Pertama",
    "Pranata Komputer Terampil",
    "Auditor Ahli Pertama",
    "Arsiparis Terampil",
)
_CATEGORIES = ("umum", "umum", "umum", "cumlaude")


def demo_people() -> tuple[RosterPerson, ...]:
    """Return the demo's roster, the same every time."""
    return tuple(_person(index) for index in range(PEOPLE))


def more_demo_people() -> tuple[RosterPerson, ...]:
    """Return other people, those of the demo's long exam session."""
    return tuple(_person(PEOPLE + index) for index in range(_MORE_PEOPLE))


def _person(index: int) -> RosterPerson:
    day, month, year = index * 7 % 28 + 1, index * 5 % 12 + 1, 1990 + index % 12
    return RosterPerson(
        participant_number=f"2611001{index + 1:04d}",
        name=f"{_GIVEN[index % len(_GIVEN)]} {_FAMILY[(index * 3 + index // len(_GIVEN)) % len(_FAMILY)]}",
        nik=f"999901{day:02d}{month:02d}{year % 100:02d}{index + 1:04d}",
        birth_date=f"{year}-{month:02d}-{day:02d}",
        agency="Pemerintah Kota Contoh",
        position=_POSITIONS[index % len(_POSITIONS)],
        formation="Sekretariat Daerah",
        category=_CATEGORIES[index % len(_CATEGORIES)],
    )
