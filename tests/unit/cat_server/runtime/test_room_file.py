from __future__ import annotations

from pathlib import Path

from cat_server.runtime.room_file import read_rooms, write_room_template


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rooms.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_template_reads_back(tmp_path: Path) -> None:
    write_room_template(tmp_path / "rooms.csv")
    plans, problems, _ = read_rooms(tmp_path / "rooms.csv")
    assert problems == []
    assert [(each.code, each.seats, each.columns, each.spare) for each in plans] == [
        ("A", 48, 8, 2),
        ("B", 30, 8, 1),
    ]


def test_every_problem_is_named(tmp_path: Path) -> None:
    text = "Kode;Kursi;Baris;Kolom;Cadangan\nA;0;;;\na;10;;;\nB;x;;;\nC;10;2;3;\nD;5;;;5\n?;5;;;\n"
    plans, problems, _ = read_rooms(written(tmp_path, text))
    assert plans == ()
    assert [(each.code, each.place.row) for each in problems] == [
        ("room_seats", 2),
        ("room_code_twice", 3),
        ("room_not_a_number", 4),
        ("room_grid", 5),
        ("room_spare", 6),
        ("room_code_malformed", 7),
    ]


def test_no_rooms_is_a_problem(tmp_path: Path) -> None:
    _, problems, _ = read_rooms(written(tmp_path, "Kode;Kursi\n"))
    assert [each.code for each in problems] == ["room_no_rooms"]
