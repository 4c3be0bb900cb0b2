from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from cat_server.runtime.photo_files import PhotoFiles
from cat_server.runtime.roster_file import read_roster
from cat_server.runtime.roster_photos import find_photos, keep_photos, usual_photo_folder


def photo(folder: Path, name: str, colour: str, kind: str = "JPEG") -> None:
    folder.mkdir(exist_ok=True)
    file = io.BytesIO()
    Image.new("RGB", (90, 120), colour).save(file, kind)
    (folder / name).write_bytes(file.getvalue())


def roster(tmp_path: Path, rows: str, heading: str = "Nomor;Nama;Foto") -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(f"{heading}\n{rows}", encoding="utf-8")
    return path


def test_files_are_found_by_their_column_or_by_number(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    photo(folder, "budi.PNG", "red", "PNG")
    photo(folder, "002.jpeg", "blue")
    photo(folder, "3-A.webp", "green", "WEBP")
    photo(folder, "x.jpg", "black")
    (folder / "Thumbs.db").write_bytes(b"not ours")
    path = roster(tmp_path, "001;Andi;Budi\n002;Budi;\n3/A;Citra;\n004;Dewi;\n")
    assert usual_photo_folder(path) == folder
    found = find_photos(read_roster(path, 2026).photos, folder)
    assert [(each.participant_number, file.name) for each, file in found.files] == [
        ("001", "budi.PNG"),
        ("002", "002.jpeg"),
        ("3/A", "3-A.webp"),
    ]
    assert found.problems == ()
    assert [(each.code, each.params["count"], each.params["names"]) for each in found.warnings] == [
        ("roster_photos_lacking", 1, "004"),
        ("roster_photos_unused", 1, "x.jpg"),
    ]
    kept = keep_photos(PhotoFiles(tmp_path / "kept"), found.files, lambda: None)
    assert (set(kept.hashes), kept.problems) == ({"001", "002", "3/a"}, ())
    assert kept.new == frozenset(kept.hashes.values()) == PhotoFiles(tmp_path / "kept").stored()


def test_every_problem_with_photos_is_named_at_once_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "foto"
    photo(folder, "001.jpg", "red")
    photo(folder, "002.jpg", "blue")
    photo(folder, "002.png", "blue", "PNG")
    (folder / "003.jpg").write_bytes(b"this is no picture")
    photo(folder, "004.jpg", "red")
    photo(folder, "006.jpg", "yellow")
    rows = "001;A;\n002;B;\n003;C;\n004;D;\n005;E;gone.jpg\n006;F;\n007;G;006.jpg\n;nobody;../001.jpg\n"
    read = read_roster(roster(tmp_path, rows + "008;H;../roster.csv\n"), 2026)
    found = find_photos(read.photos, folder)
    seen = []
    kept = keep_photos(PhotoFiles(tmp_path / "kept"), found.files, lambda: seen.append(1))
    assert len(seen) == len(found.files) == 4
    every = [(each.code, each.place.row, each.place.column) for each in (*found.problems, *kept.problems)]
    assert every == [
        ("roster_photo_several", 3, "Foto"),
        ("roster_photo_missing", 6, "Foto"),
        ("roster_photo_twice", 8, "Foto"),
        ("roster_photo_missing", 10, "Foto"),
        ("refusal_PHOTO_FORMAT", 4, "Foto"),
        ("roster_photo_same", 5, "Foto"),
    ]
    assert found.problems[2].params["row"] == 7
    assert kept.problems[0].place.item == "003.jpg"
    assert kept.problems[1].params["row"] == 2


def test_a_missing_folder_is_said_once_and_only_where_photos_are_named(tmp_path: Path) -> None:
    named = read_roster(roster(tmp_path, "001;A;a.jpg\n002;B;b.jpg\n"), 2026).photos
    assert [each.code for each in find_photos(named, None).problems] == ["roster_photos_needed"]
    assert [each.code for each in find_photos(named, tmp_path / "no").problems] == ["roster_photos_no_folder"]
    plain = read_roster(roster(tmp_path, "001;A\n", "Nomor;Nama"), 2026).photos
    assert find_photos(plain, None) == find_photos((), None)
