from __future__ import annotations

import pytest

from question_bank.formats.column_map import field_named, map_columns

LETTERS = "ABCDE"


def fields(headings: str, overrides: dict[str, str] | None = None) -> dict[str, str]:
    header = headings.split(";")
    return {heading: field for heading, field in map_columns(header, overrides).headings if field}


@pytest.mark.parametrize(
    "headings",
    [
        "No;Materi;Soal;A;B;Kunci;Bobot A;Bobot B",
        "NOMOR;SUBTES;PERTANYAAN;Opsi A;Opsi B;KUNCI JAWABAN;NILAI A;NILAI B",
        "ID Soal;Section;Question Text;Option 1;Option 2;Correct Answer;Score 1;Score 2",
        "kode_soal;mata uji;isi soal:;pilihan a;pilihan b;jawaban;skor_a;skor_b",
        " Item ID ;Kategori;Butir Soal;Jawaban A;Jawaban B;Jawaban Benar;Poin Opsi A;Poin Opsi B",
        "No.;Bagian;Naskah Soal;(A);(B);Kunci;A Bobot;B Bobot",
        "No;Materi;Soal;A;B;Kunci;A;B",
    ],
)
def test_other_peoples_headings_are_understood(headings: str) -> None:
    found = [field for _, field in map_columns(headings.split(";")).headings]
    assert found == ["id", "section", "stem", "option_A", "option_B", "key", "points_A", "points_B"]


def test_materi_is_the_topic_where_another_column_is_the_section() -> None:
    assert fields("Subtes;Materi;Soal;A;B;Kunci")["Materi"] == "topic"
    assert fields("Materi;Sub Materi;Soal;A;B;Kunci") == {
        "Materi": "section",
        "Sub Materi": "topic",
        "Soal": "stem",
        "A": "option_A",
        "B": "option_B",
        "Kunci": "key",
    }


def test_tags_and_switches_are_understood() -> None:
    found = fields("Kisi-kisi;Sub Topik;Tingkat Kesukaran;Acak Opsi;Butir Lawan;Soal;A;B;Kunci")
    assert list(found.values())[:5] == ["topic", "subtopic", "difficulty", "shuffle", "enemies"]


def test_a_second_column_for_a_field_is_left_and_named() -> None:
    columns = map_columns(["Soal", "Jawaban", "Kunci", "A", "B"])
    assert columns.columns["key"] == 2
    assert columns.twice == (("Jawaban", "key"),)


def test_overrides_win_over_every_guess() -> None:
    found = fields("Teks;Soal;A;B;Kunci;Catatan", {"teks": "soal", "Soal": "id", "CATATAN": "Opsi C"})
    assert found["Teks"] == "stem"
    assert found["Soal"] == "id"
    assert found["Catatan"] == "option_C"
    assert "Kunci" not in fields("Soal;A;B;Kunci", {"Kunci": "abaikan"})


def test_overrides_that_cannot_be_followed_are_named() -> None:
    columns = map_columns(["Soal", "A", "B"], {"Tidak ada": "stem", "A": "ngawur"})
    assert columns.unknown_headings == ("Tidak ada",)
    assert columns.unknown_fields == ("ngawur",)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("stem", "stem"),
        ("Soal", "stem"),
        ("c", "option_C"),
        ("points_B", "points_B"),
        ("-", ""),
        ("xyz", None),
    ],
)
def test_fields_may_be_named_in_many_ways(name: str, field: str | None) -> None:
    assert field_named(name) == field
