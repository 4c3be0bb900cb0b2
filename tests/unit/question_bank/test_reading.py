from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank.items import ItemKind
from question_bank.reading import ReadBank, read_bank, slug

HEADER = "No;Materi;Topik;Soal;A;B;C;Kunci;Bobot A;Bobot B;Bobot C;Kesulitan;Acak;Lawan\n"
GOOD = "1;TIU;deret;1, 2, 3, …;4;5;6;A;;;;mudah;;\n"


def read(tmp_path: Path, content: str | bytes, name: str = "soal.csv", **options: object) -> ReadBank:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_bank(path, **options)  # type: ignore[arg-type] # tests pass options by name


def codes(found: ReadBank) -> list[str]:
    return [each.code for each in found.problems]


def test_a_good_file_becomes_items_keys_and_statistics(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD + "2;TKP;;Saya …;diam;pergi;bertanya;;1;2,5;5;;tidak;1\n")
    assert found.problems == found.warnings == found.rejected == ()
    first, second = found.bank.items
    assert (first.item_id, first.section, first.topic, first.shuffle) == ("1", "TIU", "deret", True)
    texts = {each.option_id: each.html for each in first.options}
    assert [texts[each] for each in first.source_order] == ["4", "5", "6"]
    assert [each.option_id for each in first.options] == ["o1", "o2", "o3"]
    assert [texts[each] for each in found.keys.keys["1"].correct] == ["4"]
    assert found.statistics.items["1"].label == "easy"
    points = found.keys.keys["2"].points
    assert [points[each] for each in second.source_order] == [1_000_000, 2_500_000, 5_000_000]
    assert (second.shuffle, second.enemies) == (False, ("1",))
    assert found.bank.bank_id == "soal"
    assert len(found.keys.salt) == 32


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("9;TIU;x;;4;5;6;A;;;;;;", "bank_stem_missing", "Soal"),
        ("9;TIU;x;s;4;;;A;;;;;;", "bank_too_few_options", "A"),
        ("9;TIU;x;s;4;;6;A;;;;;;", "bank_option_gap", "B"),
        ("9;TIU;x;s;4;5;6;D;;;;;;", "bank_key_not_an_option", "Kunci"),
        ("9;TIU;x;s;4;5;6;;;;;;;", "bank_key_missing", "Kunci"),
        ("9;TIU;x;s;4;5;6;A;1;2;3;;;", "bank_key_and_points", "Kunci"),
        ("9;TIU;x;s;4;5;6;;1;dua;3;;;", "bank_points_not_number", "Bobot B"),
        ("9;TIU;x;s;4;5;6;;1;;3;;;", "bank_points_missing", "Bobot B"),
        ("9;TIU;x;s;4;5;;;1;2;3;;;", "bank_points_without_option", "Bobot C"),
        ("9;TIU;x;s;4;4;6;A;;;;;;", "bank_options_equal", "B"),
        ("9;TIU;x;s;4;5;6;A;;;;lumayan;;", "bank_difficulty_unknown", "Kesulitan"),
        ("9;TIU;x;s;4;5;6;A;;;;;entah;", "bank_shuffle_unknown", "Acak"),
        ("9;TIU;x;s;4;5;6;A;;;;;;77", "bank_enemy_unknown", "Lawan"),
        ("9;;x;s;4;5;6;A;;;;;;", "bank_section_missing", "Materi"),
        (f"9;TIU;x;{'s' * 20_001};4;5;6;A;;;;;;", "bank_text_too_long", "Soal"),
        ("9;TIU;x;s\x07;4;5;6;A;;;;;;", "bank_control_character", "Soal"),
        ("9;TIU;x;s\u202eabc;4;5;6;A;;;;;;", "bank_control_character", "Soal"),
        ("9;TIU;x;<img src=a.png>;4;5;6;A;;;;;;", "bank_picture_missing", "Soal"),
        ("9;TIU;x;<video src=a.mp4>;4;5;6;A;;;;;;", "bank_image_refused", "Soal"),
        ("1;TIU;x;lain;4;5;6;A;;;;;;", "bank_item_id_twice", "No"),
        ("9;TIU;x;1,  2, 3, …;6;4;5;B;;;;;;", "bank_item_twice", "Soal"),
    ],
)
def test_each_fault_is_named_with_row_column_and_item(
    tmp_path: Path, row: str, code: str, column: str
) -> None:
    found = read(tmp_path, HEADER + GOOD + row + "\n")
    assert code in codes(found)
    problem = next(each for each in found.problems if each.code == code)
    assert (problem.place.file, problem.place.row, problem.place.column) == ("soal.csv", 3, column)
    assert problem.place.item == row.partition(";")[0]
    assert [each.row for each in found.rejected] == [3]
    assert [each.item_id for each in found.bank.items] == ["1"]
    assert set(found.keys.keys) == {"1"}


def test_every_problem_is_reported_at_once_in_the_order_of_rows(tmp_path: Path) -> None:
    rows = "2;TIU;;;4;5;6;X;;;;ngawur;;\n3;TIU;;s;;;;;;;;;;\n"
    found = read(tmp_path, HEADER + GOOD + rows)
    assert [(each.place.row, each.code) for each in found.problems] == [
        (3, "bank_stem_missing"),
        (3, "bank_key_not_an_option"),
        (3, "bank_difficulty_unknown"),
        (4, "bank_too_few_options"),
        (4, "bank_key_missing"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bank_file_empty"),
        (b"  \r\n ", "bank_file_empty"),
        (b";;;\n;;\n", "bank_file_empty"),
        (HEADER.encode(), "bank_no_items"),
        (b"nama;alamat\nBudi;Jakarta\n", "bank_no_header"),
        (b"No;Naskah;A;B;Kunci\n1;s;x;y;A\n", "bank_no_stem_column"),
        (b"No;Soal;Materi;Kunci\n1;s;x;A\n", "bank_no_option_columns"),
        (b"No;Soal;A;B\n1;s;x;y\n", "bank_no_key_column"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "bank_file_not_table"),
        (b"%PDF-1.7\n%\x81\x8d\x8f\0", "bank_file_not_table"),
        (b"PK\x03\x04 not a zip at all", "bank_workbook_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "bank_file_old_format"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "bank_file_encrypted"),
        (b'No;Soal;A;B;Kunci\n1;"tidak ditutup;x;y;A\n2;s;x;y;B\n', "bank_quote_open"),
    ],
)
def test_files_that_are_no_bank_are_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    assert code in codes(read(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert codes(read_bank(tmp_path / "tidak-ada.csv")) == ["bank_file_missing"]
    assert codes(read_bank(tmp_path)) == ["bank_file_is_folder"]
    assert codes(read_bank(Path("/dev/zero"))) == ["bank_file_unreadable"]
    assert codes(read_bank(tmp_path / ("x" * 300))) == ["bank_file_unreadable"]


def test_html_is_cleaned_and_plain_signs_survive(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "1;TIU;;Jika x<5 & y>3 <b>maka</b><br>z;a < b;<i>b</i>;c;A;;;;;;\n")
    item = found.bank.items[0]
    assert item.stem == "Jika x&lt;5 &amp; y&gt;3 <b>maka</b><br>z"
    assert {each.html for each in item.options} == {"a &lt; b", "<i>b</i>", "c"}


def test_options_that_differ_only_by_case_are_different(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "1;TIU;;Ejaan?;Lidah Buaya;lidah buaya;Lidah buaya;A;;;;;;\n")
    assert found.problems == ()


def test_several_keys_make_a_multiple_item(tmp_path: Path) -> None:
    item = read(tmp_path, HEADER + "1;TIU;;s;x;y;z;A,C;;;;;;\n").bank.items[0]
    assert item.kind is ItemKind.MULTIPLE


def test_points_of_zero_beside_a_key_say_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "1;TIU;;s;x;y;z;A;0;0;0;;;\n2;TIU;;t;x;y;z;;0;0;0;;;\n")
    assert codes(found) == ["bank_key_missing"]
    assert not found.keys.keys["1"].points


def test_items_without_an_id_get_one_from_their_content(tmp_path: Path) -> None:
    table = "Materi;Soal;A;B;Kunci\nTIU;s;x;y;A\nTIU;t;x;y;A\n"
    first, second = (read(tmp_path, table).bank.items for _ in range(2))
    assert [each.item_id for each in first] == [each.item_id for each in second]
    assert all(each.item_id.startswith("i-") and len(each.item_id) == 18 for each in first)


def test_an_id_with_odd_characters_is_replaced_with_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "TIU/01 a;TIU;;s;x;y;z;A;;;;;;\n")
    assert found.problems == ()
    assert [each.code for each in found.warnings] == ["bank_item_id_replaced"]
    assert found.bank.items[0].item_id.startswith("i-")


def test_numbers_that_start_again_in_each_section_are_no_ids(tmp_path: Path) -> None:
    rows = "1;TWK;;s1;x;y;z;A;;;;;;\n2;TWK;;s2;x;y;z;A;;;;;;\n1;TIU;;s3;x;y;z;A;;;;;;\n"
    found = read(tmp_path, HEADER + rows)
    assert found.problems == ()
    assert [each.code for each in found.warnings] == ["bank_numbers_restart"]
    assert len({each.item_id for each in found.bank.items}) == 3


def test_option_ids_do_not_follow_the_key(tmp_path: Path) -> None:
    rows = "".join(f"{number};TIU;;s{number};kunci {number};b;c;A;;;;;;\n" for number in range(1, 61))
    found = read(tmp_path, HEADER + rows)
    assert {key.correct for key in found.keys.keys.values()} == {("o1",), ("o2",), ("o3",)}


def test_the_key_is_no_part_of_an_id(tmp_path: Path) -> None:
    one, other = (read(tmp_path, f"Materi;Soal;A;B;Kunci\nTIU;s;x;y;{key}\n").bank for key in ("A", "B"))
    assert one.items == other.items


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [["No", "Soal", "A", "B", "Kunci"], ["1", "“Tanda” – é", "x", "y", "B"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    found = read(tmp_path, content)
    assert found.problems == ()
    assert found.bank.items[0].stem == "“Tanda” – é"


def test_windows_letters_are_read_with_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, "No;Soal;A;B;Kunci\n1;“Tanda”;x;y;B\n".encode("cp1252"))
    assert found.bank.items[0].stem == "“Tanda”"
    assert "bank_encoding_guessed" in [each.code for each in found.warnings]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = 'Bank soal 2024;;;;\n\nNo;Soal;A;B;Kunci\n1;"dua\nbaris, ""kutip""";x;y;A\n\n2;s;x;y;Z\n'
    found = read(tmp_path, table)
    assert found.bank.items[0].stem == 'dua<br>baris, "kutip"'
    assert [each.place.row for each in found.problems] == [6]


def test_a_line_that_names_the_delimiter_is_skipped(tmp_path: Path) -> None:
    found = read(tmp_path, "sep=|\nNo|Soal|A|B|Kunci\n1|s|x|y|Q\n")
    assert [(each.place.row, each.code) for each in found.problems] == [(3, "bank_key_not_an_option")]


def test_numbered_but_empty_rows_are_left_out_with_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD + "2;TIU;;;;;;;;;;;;\n")
    assert found.problems == ()
    assert [each.code for each in found.warnings] == ["bank_row_empty"]


def test_columns_are_shown_and_may_be_overridden(tmp_path: Path) -> None:
    table = "No;Naskah;Pil 1;Pil 2;Kunci;Catatan\n1;s;x;y;A;?\n"
    assert codes(read(tmp_path, table)) == ["bank_no_stem_column"]
    found = read(tmp_path, table, column_map={"naskah": "soal"})
    assert found.problems == ()
    assert dict(found.columns) == {
        "No": "id",
        "Naskah": "stem",
        "Pil 1": "option_A",
        "Pil 2": "option_B",
        "Kunci": "key",
        "Catatan": "",
    }


def test_options_that_name_others_are_not_shuffled(tmp_path: Path) -> None:
    found = read(
        tmp_path, HEADER + "1;TIU;;s;x;y;Semua jawaban benar;C;;;;;;\n2;TIU;;t;x;y;Semua benar;C;;;;;ya;\n"
    )
    assert [each.shuffle for each in found.bank.items] == [False, True]
    assert [each.code for each in found.warnings] == ["bank_order_kept"]


def test_long_names_of_sections_become_their_codes(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "1;Tes Intelegensia Umum;;s;x;y;z;A;;;;;;\n2;tiu;;t;x;y;z;A;;;;;;\n")
    assert {each.section for each in found.bank.items} == {"TIU"}


@pytest.mark.parametrize(
    ("name", "bank_id"),
    [("SKD Tryout (2024)", "skd-tryout-2024"), ("Süß", "su"), ("…", "bank"), ("a" * 99, "a" * 64)],
)
def test_a_file_name_becomes_an_id(name: str, bank_id: str) -> None:
    assert slug(name) == bank_id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet=st.sampled_from('No;SoalABKunci"\n\r\t,&<>\0\x85\u2028 1x'), max_size=300).map(
            str.encode
        ),
    )
)
def test_no_bytes_make_it_stumble(tmp_path: Path, content: bytes) -> None:
    found = read(tmp_path, content)
    assert found.problems or found.bank.items


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=6, max_size=6), min_size=1, max_size=4))
def test_no_cells_make_it_stumble(tmp_path: Path, rows: list[list[str]]) -> None:
    header = "No\tSoal\tA\tB\tKunci\tBobot A\n"
    lines = ("\t".join(cell.replace("\t", " ") for cell in row) for row in rows)
    found = read(tmp_path, (header + "\n".join(lines)).encode("utf-8", "replace"))
    assert len(found.keys.keys) == len(found.bank.items)
