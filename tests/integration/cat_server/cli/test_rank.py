"""`results rank` on files as an agency has them; expectations are BKN's worked example (domain.md 1.7) and by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cat_server.queries.formations import formations_of
from cat_server.queries.site_contents import exam_event_named
from cat_server.records.engine import Reader
from tests.integration.cat_server.cli.conftest import Ran
from tests.site_databases import url_of

Cat = Callable[..., Ran]
HEAD = "Nomor Peserta;Nama;Instansi;Jabatan;Formasi;Kategori;Status;TKP;TIU;TWK"
EXAMPLE = {
    "Alehandro": (150, 110, 135),
    "Belinda": (148, 125, 115),
    "Doglas": (145, 105, 117),
    "Carlos": (147, 115, 105),
    "Esmeralda": (146, 112, 109),
    "Fabio": (146, 110, 100),
    "Sergio": (146, 115, 95),
}
CLERK = "Kota Contoh;Pranata Komputer;umum;umum"


@pytest.fixture
def profile_2019(cat: Cat) -> Path:
    """The example's own year: the same exam with a TKP threshold of 126."""
    text: str = cat("profile", "show", "skd_cpns_2024", "--json").json["toml"]
    assert '{ sum = ["TKP"], min = "166" }' in text
    path = Path("skd2019.toml")
    path.write_text(
        text.replace('{ sum = ["TKP"], min = "166" }', '{ sum = ["TKP"], min = "126" }'), encoding="utf-8"
    )
    return path


def scores(rows: list[str], head: str = HEAD) -> Path:
    path = Path("scores.csv")
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def formations(*rows: str) -> Path:
    path = Path("formations.csv")
    path.write_text("\n".join(["Instansi;Jabatan;Formasi;Kebutuhan", *rows]) + "\n", encoding="utf-8")
    return path


def example() -> list[str]:
    return [
        f"{number:03d};{name};{CLERK};hadir;{';'.join(map(str, points))}"
        for number, (name, points) in enumerate(EXAMPLE.items(), start=1)
    ]


def codes(formation: dict[str, Any]) -> list[tuple[int | None, str, str]]:
    return [(each["rank"], each["name"], each["code"]) for each in formation["ranked"]]


@pytest.mark.parametrize(("quota", "on"), [(1, 3), (2, 6)])
def test_the_worked_example(cat: Cat, profile_2019: Path, quota: int, on: int) -> None:
    ran = cat(
        *("results", "rank", scores(example()), "--profile", profile_2019),
        *("--formations", formations(f"Kota Contoh;Pranata Komputer;umum;{quota}"), "--json"),
    )
    assert ran.code == 0, ran.out + ran.err
    order = ["Alehandro", "Belinda", "Carlos", "Esmeralda", "Doglas", "Sergio", "Fabio"]
    (found,) = ran.json["formations"]
    assert codes(found) == [
        (rank, name, "P/L" if rank <= on else "P") for rank, name in enumerate(order, start=1)
    ]
    assert (found["quota"], found["limit"]) == (quota, 3 * quota)
    assert found["ranked"][0] | {"category": ""} == {
        "rank": 1,
        "participant_number": "001",
        "name": "Alehandro",
        "code": "P/L",
        "total": "395",
        "sections": {"TWK": "135", "TIU": "110", "TKP": "150"},
        "category": "",
    }
    assert ran.json["profile"] == "skd_cpns_2024"
    assert ran.json["problems"] == ran.json["warnings"] == []


def test_a_real_list_with_everything_in_it(cat: Cat) -> None:
    head = "No Peserta;Nama Peserta;Nama Jabatan;Kategori;Keterangan;Nilai TWK;Skor TIU;Tes Karakteristik Pribadi"
    rows = [
        "1;Ani;Guru;umum;Hadir;65;80;166",
        "2;Budi;guru;umum;;60;175;225",
        "3;Cici;GURU;disabilitas;hadir;60;60;166",
        "4;Dedi;Guru;umum;Tidak Hadir;;;",
        "5;Eka;Guru;umum;diskualifikasi;150;175;225",
        "6;Fani;Guru;umum;mengundurkan diri;-;-;-",
        "7;Gina;Bidan;papua;h;100;60;126",
    ]
    out = Path("ranked.csv")
    ran = cat(
        *("results", "rank", scores(rows, head), "--profile", "skd_cpns_2024", "--output", out, "--json"),
        *("--formations", formations("Kota;Guru;;1", "Kota;Bidan;;0", "Kota;Arsiparis;;4")),
    )
    assert ran.code == 0, ran.out + ran.err
    by_position = {each["position"]: codes(each) for each in ran.json["formations"]}
    assert by_position == {
        "Arsiparis": [],
        "Bidan": [(1, "Gina", "P")],
        "Guru": [
            (1, "Ani", "P/L"),
            (2, "Cici", "P/L"),
            (None, "Budi", "TL"),
            (None, "Dedi", "TH"),
            (None, "Eka", "DIS"),
            (None, "Fani", "APS"),
        ],
    }
    assert [each["code"] for each in ran.json["warnings"]] == ["formation_quota_zero", "formations_idle"]
    with out.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file, delimiter=";"))
    assert len(written) == 7
    assert written[1] | {"Kategori": ""} == {
        "Instansi": "Kota",
        "Jabatan": "Guru",
        "Formasi": "",
        "Kebutuhan": "1",
        "Batas": "3",
        "Peringkat": "1",
        "Nomor Peserta": "1",
        "Nama": "Ani",
        "Kategori": "",
        "TWK": "65",
        "TIU": "80",
        "TKP": "166",
        "Total": "311",
        "Kode": "P/L",
    }


def test_every_problem_at_once_with_row_and_column_and_nobody_ranked(cat: Cat) -> None:
    good = "Kota Contoh;Pranata Komputer;umum"
    rows = [
        f"001;A;{good};umum;hadir;166;80;65",
        f"001;B;{good};umum;hadir;166;80;65",
        f"003;C;{good};umun;hadir;166;80;65",
        f"004;D;{good};umum;sakit;166;80;65",
        f"005;E;{good};umum;hadir;226;80.5;abc",
        f"006;F;{good};umum;hadir;;80;65",
        f"007;G;{good};umum;;;;",
        "008;H;Kota Contoh;;umum;umum;hadir;166;80;65",
        "009;I;Kota Contoh;Dokter;umum;umum;hadir;166;80;65",
        "010;J;Kota Contoh;Dokter;umum;umum;hadir;166;80;65",
        f"011;=cmd;{good};umum;hadir;-5;80;65",
    ]
    ran = cat(
        *("results", "rank", scores(rows), "--profile", "skd_cpns_2024", "--json", "--output", "out.csv"),
        *("--formations", formations("Kota Contoh;Pranata Komputer;umum;1", "Kota Contoh;Guru;;satu")),
    )
    assert ran.code == 1
    found = [
        (each["code"], each["place"].get("row"), each["place"].get("column")) for each in ran.json["problems"]
    ]
    assert found == [
        ("formation_quota_malformed", 3, "Kebutuhan"),
        ("roster_number_twice", 3, "Nomor Peserta"),
        ("roster_category_unjudged", 4, "Kategori"),
        ("scores_status_unknown", 5, "Status"),
        ("scores_not_points", 6, "TWK"),
        ("scores_decimals", 6, "TIU"),
        ("scores_out_of_range", 6, "TKP"),
        ("scores_missing", 7, "TKP"),
        ("scores_status_missing", 8, "Status"),
        ("scores_out_of_range", 12, "TKP"),
    ]
    assert ran.json["formations"] == []
    assert not Path("out.csv").exists()
    mended = [rows[0], *rows[7:10]]
    ran = cat(
        *("results", "rank", scores(mended), "--profile", "skd_cpns_2024", "--json"),
        *("--formations", formations("Kota Contoh;Pranata Komputer;umum;1")),
    )
    places = [(each["code"], each["place"]["row"], each["params"]) for each in ran.json["problems"]]
    assert places == [
        ("scores_no_position", 3, {"number": "008"}),
        ("scores_formation_unknown", 4, {"formation": "Kota Contoh / Dokter / umum", "count": 2}),
    ]


def test_vacancies_by_category_are_found_by_the_category(cat: Cat) -> None:
    head = "Nomor;Nama;Jabatan;Jenis Formasi;TWK;TIU;TKP"
    rows = ["1;A;Guru;Umum;65;80;166", "2;B;Guru;Disabilitas;60;60;166", "3;C;Guru;disabilitas;59;60;166"]
    ran = cat(
        *("results", "rank", scores(rows, head), "--profile", "skd_cpns_2024", "--json"),
        *("--formations", formations("Kota;Guru;umum;1", "Kota;Guru;disabilitas;1")),
    )
    assert ran.code == 0, ran.out + ran.err
    assert {each["formation"]: codes(each) for each in ran.json["formations"]} == {
        "umum": [(1, "A", "P/L")],
        "disabilitas": [(1, "B", "P/L"), (None, "C", "TL")],
    }


def test_thresholdless_ranking_fills_the_vacancies(cat: Cat) -> None:
    head = "Nomor;Nama;TEKNIS;MANAJERIAL;SOSIOKULTURAL;WAWANCARA"
    rows = ["1;A;450;100;80;40", "2;B;0;25;20;10", "3;C;0;25;20;10", "4;D;0;24;20;10"]
    ran = cat(
        *("results", "rank", scores(rows, head), "--profile", "pppk_2024", "--json"),
        *("--formations", formations("Kota;Guru;;2")),
    )
    (found,) = ran.json["formations"]
    assert codes(found) == [(1, "A", "L"), (2, "B", "L"), (2, "C", "L"), (4, "D", "P")]


def test_a_workbook_works_too_and_people_see_tables(cat: Cat, profile_2019: Path) -> None:
    book = openpyxl.Workbook()
    for row in [HEAD, *example()]:
        cells = row.split(";")
        book.worksheets[0].append(
            [
                int(cell) if cell.isdigit() and len(cell) == 3 and at > 6 else cell
                for at, cell in enumerate(cells)
            ]
        )
    book.save("scores.xlsx")
    wanted = formations("Kota Contoh;Pranata Komputer;umum;1")
    ran = cat(
        "results", "rank", "scores.xlsx", "--profile", profile_2019, "--formations", wanted, "--lang", "en"
    )
    assert ran.code == 0, ran.out + ran.err
    assert "Quota 1, limit 3" in ran.out
    assert "TWK 135 + TIU 110 + TKP 150" in ran.out
    again = ("results", "rank", "scores.xlsx", "--profile", profile_2019, "--formations", wanted)
    assert cat(*again, "--output", "out.xlsx").code == 0
    refused = cat(*again, "--output", "out.xlsx", "--json")
    assert (refused.code, refused.problems) == (1, ["bank_template_exists"])


def test_usage_and_missing_things(cat: Cat) -> None:
    assert cat("results", "rank", "scores.csv").code == 2
    file = scores(["1;A;65"], "Nomor;Nama;TWK")
    ran = cat("results", "rank", file, "--profile", "skd_cpns_2024", "--formations", "none.csv", "--json")
    assert (ran.code, ran.problems) == (1, ["bank_file_missing", "scores_no_section", "scores_no_section"])
    ran = cat("results", "rank", file, "--profile", "nope", "--formations", "none.csv", "--json")
    assert (ran.code, ran.json["formations"]) == (1, [])


def test_formations_of_an_event_are_imported_and_replaced(cat: Cat) -> None:
    assert cat("site", "init", "--code", "T-1", "--name", "Tes", "--host", "cat.example").code == 0
    assert cat("event", "create", "SKD", "--name", "SKD").code == 0
    assert cat("event", "formations-template", "f.csv").code == 0
    ran = cat("event", "formations", "f.csv", "--event", "SKD", "--json")
    assert (ran.code, ran.json["formations"], ran.json["vacancies"]) == (0, 2, 3)
    bad = formations("Kota;Guru;;x", "Kota;;;1")
    ran = cat("event", "formations", bad, "--event", "SKD", "--json")
    assert (ran.code, ran.problems) == (1, ["formation_quota_malformed", "formation_no_position"])
    ran = cat("event", "formations", formations("Kota;Guru;;7"), "--event", "SKD", "--json")
    assert (ran.code, ran.json["vacancies"]) == (0, 7)
    assert stored() == [("Kota", "Guru", "", 7)]
    assert cat("event", "formations", bad, "--event", "NOPE").code == 1


def stored() -> list[tuple[str, str, str, int]]:
    reader = Reader(url_of(Path("site")))
    try:
        found = formations_of(reader, exam_event_named(reader, "SKD").exam_event_id)
    finally:
        reader.close()
    return [(each.key.agency, each.key.position, each.key.formation, each.quota) for each in found]
