"""A roster with photos, from files to the site's folder and its database."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PIL import Image, ImageFilter

from cat_server.queries.site_contents import exam_event_named, participants
from cat_server.records.engine import Reader
from cat_server.runtime.photo_files import PhotoFiles
from tests.integration.cat_server.cli.conftest import Ran
from tests.site_databases import url_of

Cat = Callable[..., Ran]


@pytest.fixture
def site(cat: Cat) -> Path:
    assert cat("site", "init", "--code", "T-1", "--name", "Tes", "--host", "cat.example").code == 0
    assert cat("event", "create", "SKD", "--name", "SKD").code == 0
    return Path("site")


def picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (90, 120), colour).save(file, "JPEG")
    return file.getvalue()


def hashes(site: Path) -> dict[str, str]:
    reader = Reader(url_of(site))
    try:
        event = exam_event_named(reader, "SKD")
        return {
            each.participant_number: each.photo_hash for each in participants(reader, event.exam_event_id)
        }
    finally:
        reader.close()


def write(kind: str, rows: list[list[str]]) -> Path:
    path = Path(f"roster{kind}")
    if kind == ".csv":
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_photos_are_kept_with_their_people(cat: Cat, site: Path, kind: str) -> None:
    Path("pas").mkdir()
    Path("pas/001.jpg").write_bytes(picture("red"))
    Path("pas/siti.jpg").write_bytes(picture("blue"))
    file = write(
        kind, [["Nomor Peserta", "Nama", "Pas Foto"], ["001", "A"], ["002", "B", "siti"], ["003", "C"]]
    )
    ran = cat("roster", "import", file, "--event", "SKD", "--photos", "pas", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert (ran.json["participants"], ran.json["photos"]) == (3, 2)
    assert [each["code"] for each in ran.json["warnings"]] == ["roster_photos_lacking"]
    found = hashes(site)
    assert found["003"] == ""
    photos = PhotoFiles(site / "photos")
    for number, colour in (("001", (254, 0, 0)), ("002", (0, 0, 254))):
        content = photos.read(found[number])
        assert content is not None
        assert Image.open(io.BytesIO(content)).getpixel((9, 9)) == colour


def test_one_bad_photo_stops_all_and_leaves_no_photo_behind(cat: Cat, site: Path) -> None:
    Path("foto").mkdir()
    Path("foto/001.jpg").write_bytes(picture("red"))
    Path("foto/002.jpg").write_bytes(b"GIF89a")
    file = write(".csv", [["Nomor Peserta", "Nama"], ["001", "A"], ["002", "B"]])
    ran = cat("roster", "import", file, "--event", "SKD", "--json")
    assert (ran.code, ran.problems) == (1, ["refusal_PHOTO_FORMAT"])
    assert ran.json["problems"][0]["place"]["row"] == 3
    assert hashes(site) == {}
    assert PhotoFiles(site / "photos").stored() == frozenset()
    kept = cat("roster", "import", file, "--event", "SKD", "--keep-good", "--json")
    assert (kept.code, kept.json["participants"], kept.json["photos"]) == (0, 2, 1)
    assert [bool(each) for each in hashes(site).values()] == [True, False]


def test_a_profile_warns_of_time_that_nobody_will_get(cat: Cat, site: Path) -> None:
    rows = [["Nomor Peserta", "Nama", "Kategori", "Akomodasi"], ["001", "A", "umum", "netra"]]
    file = write(".csv", rows)
    ran = cat("roster", "import", file, "--event", "SKD", "--profile", "skd_cpns_2024", "--json")
    assert ran.code == 0
    (warning,) = ran.json["warnings"]
    assert (warning["code"], warning["place"]["row"], warning["place"]["column"]) == (
        "roster_accommodation_category",
        2,
        "Akomodasi",
    )
    assert cat("roster", "import", file, "--event", "SKD", "--profile", "nope", "--json").code == 1
    assert hashes(site) == {"001": ""}


@pytest.mark.usefixtures("site")
def test_five_hundred_people_with_photos_cost_no_more_than_reading_and_writing_each_a_few_times(
    cat: Cat,
) -> None:
    folder = Path("photos")
    folder.mkdir()
    noise = Image.effect_noise((1200, 800), 60).filter(ImageFilter.GaussianBlur(3)).convert("RGB")
    for number in range(500):
        small = noise.crop((number, 0, number + 600, 800))
        small.save(folder / f"{number:05d}.jpg", quality=85)
    file = write(".csv", [["Nomor Peserta", "Nama"], *([f"{n:05d}", f"Peserta {n}"] for n in range(500))])
    least = processor_seconds(lambda: read_and_write(folder))
    ran: list[Ran] = []
    worked = processor_seconds(lambda: ran.append(cat("roster", "import", file, "--event", "SKD", "--json")))
    assert (ran[0].code, ran[0].json["photos"]) == (0, 500)
    # Held against what the same machine needs at the least: its speed, and what else it does, say nothing of the import.
    assert worked < 4 * least, f"{worked:.1f} s of processor time, {least:.1f} s at the least"


def processor_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def read_and_write(folder: Path) -> None:
    """Decode and encode each photo once, as the import must."""
    for each in sorted(folder.iterdir()):
        with Image.open(each) as opened:
            opened.convert("RGB").save(io.BytesIO(), "JPEG", quality=85)
