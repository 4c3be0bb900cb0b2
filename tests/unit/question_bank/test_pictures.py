"""Pictures within item text: drawings in place, picture files by hash, and everything wrong by name."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from question_bank.hashes import items_hash
from question_bank.markup import folded, plain
from question_bank.media import MediaFolder, Picture, check_picture
from question_bank.pictures import Pictured, clean_with_pictures
from question_bank.reading import ReadBank, read_bank
from question_bank.storing import decode_bank, encode_bank

SVG = '<svg viewBox="0 0 4 4" aria-label="segitiga"><path d="M0 0 4 0 2 4Z"/></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 4), colour: str = "red") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def cleaned(text: str, folder: Path) -> Pictured:
    return clean_with_pictures(text, MediaFolder((folder,)).find)


def codes(text: str, folder: Path) -> list[str]:
    return [code for code, _ in cleaned(text, folder).faults]


def test_a_drawing_stands_in_its_text(tmp_path: Path) -> None:
    found = cleaned(f"Lihat <b>gambar</b>: {SVG} x < y", tmp_path)
    assert not found.faults
    assert found.cleaned.html.startswith("Lihat <b>gambar</b>: <svg aria-label=")
    assert found.cleaned.html.endswith("</svg> x &lt; y")
    assert plain(found.cleaned.html) == "Lihat gambar: ▣ segitiga x < y"


def test_items_with_other_pictures_are_other_items(tmp_path: Path) -> None:
    one, other = (cleaned(SVG.replace("2 4Z", end), tmp_path).cleaned.html for end in ("2 4Z", "1 4Z"))
    assert plain(one) == plain(other)
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "text", [f"<!-- {SVG} -->teks", f'<td title="{SVG.replace(chr(34), chr(39))}">teks</td>']
)
def test_a_picture_that_would_vanish_is_a_fault(text: str, tmp_path: Path) -> None:
    assert codes(text, tmp_path) == ["bank_picture_misplaced"]


def test_a_drawing_without_name_is_doubtful(tmp_path: Path) -> None:
    found = cleaned('<svg viewBox="0 0 1 1"/>', tmp_path)
    assert [code for code, _ in found.doubts] == ["bank_picture_unnamed"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_file_is_kept_by_its_hash(kind: str, tmp_path: Path) -> None:
    content = picture(kind)
    (tmp_path / "a b.png").write_bytes(content)
    found = cleaned('<img src="a%20b.png" alt="kotak &quot;merah&quot;" width="4" class="x">', tmp_path)
    (name,) = found.media
    assert not found.faults
    assert found.media[name] == content
    assert (
        found.cleaned.html == f'<img alt="kotak &quot;merah&quot;" height="2" src="sha256:{name}" width="4">'
    )


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ('<img src="tidak-ada.png">', "bank_picture_missing"),
        ("<img>", "bank_picture_no_name"),
        ('<img src="../rahasia.png">', "bank_picture_outside"),
        ('<img src="..%2Frahasia.png">', "bank_picture_outside"),
        ('<img src="a\\..\\..\\rahasia.png">', "bank_picture_outside"),
        ('<img src="/etc/passwd">', "bank_picture_outside"),
        ('<img src="tautan.png">', "bank_picture_outside"),
        ('<img src="http://x.test/a.png">', "bank_picture_elsewhere"),
        ('<img src="//x.test/a.png">', "bank_picture_elsewhere"),
        ('<img src="C:\\a.png">', "bank_picture_elsewhere"),
        ('<img src="javascript:alert(1)">', "bank_picture_elsewhere"),
        ('<img src="data:image/svg+xml;base64,AAAA">', "bank_picture_elsewhere"),
        ('<img src="data:image/png;base64,AAAA">', "bank_picture_format"),
        ('<img src="data:image/png;base64,A*">', "bank_picture_broken"),
        ('<img src="baik.png" onerror="alert(1)">', "bank_img_attribute"),
        ('<img src="baik.png" style="width:1px">', "bank_img_attribute"),
        ('<img src="baik.png" width="99999">', "bank_img_attribute"),
        ('<img src="teks.png">', "bank_picture_format"),
        ('<img src="putus.png">', "bank_picture_broken"),
    ],
)
def test_a_wrong_picture_file_is_refused_by_name(tag: str, code: str, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    (tmp_path / "rahasia.png").write_bytes(picture())
    (folder / "tautan.png").symlink_to(tmp_path / "rahasia.png")
    (folder / "baik.png").write_bytes(picture())
    (folder / "teks.png").write_text("bukan gambar")
    (folder / "putus.png").write_bytes(picture(size=(400, 400))[:-60])
    assert codes(tag, folder) == [code]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
    for content in (bomb, picture(size=(2_001, 2_000))):
        checked = check_picture(content)
        assert not isinstance(checked, Picture)
        assert checked[0] == "bank_picture_too_many_pixels"
    assert check_picture(bytes(3 * 1024**2)) == ("bank_picture_too_big", {"megabytes": 2})


def test_moving_and_foreign_formats_are_refused() -> None:
    frames = [Image.new("RGB", (4, 4), each) for each in ("red", "blue")]
    moving = io.BytesIO()
    frames[0].save(moving, "WEBP", save_all=True, append_images=frames[1:])
    assert check_picture(moving.getvalue()) == ("bank_picture_moves", {})
    assert check_picture(picture("GIF")) == ("bank_picture_format", {})


def test_a_data_picture_is_taken(tmp_path: Path) -> None:
    encoded = base64.b64encode(picture()).decode()
    assert list(cleaned(f'<img alt="x" src="data:image/png;base64,{encoded}">', tmp_path).media.values()) == [
        picture()
    ]


def bank(tmp_path: Path, *rows: str) -> ReadBank:
    file = tmp_path / "soal.csv"
    file.write_text("ID;Materi;Soal;A;B;Kunci\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return read_bank(file)


def test_a_bank_holds_the_pictures_of_its_items_and_its_hash_covers_them(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    for colour in ("red", "blue", "green"):
        (media / f"{colour}.png").write_bytes(picture(colour=colour))
    row = '1;TIU;<img src="red.png" alt="m">;<img src="blue.png" alt="b">;dua;B'
    read = bank(tmp_path, row, '2;TIU;<img src="green.png" alt="h">;satu;satu;A')
    assert len(read.bank.media) == 2
    assert [each.code for each in read.problems] == ["bank_options_equal"]
    stored = decode_bank(encode_bank(read.bank))
    assert stored == read.bank
    (media / "blue.png").write_bytes(picture(colour="black"))
    changed = bank(tmp_path, row)
    assert items_hash(changed.bank) != items_hash(read.bank)
    assert [each.code for each in changed.warnings] == ["bank_pictures_unused"]


def test_an_item_may_be_pictures_only_and_faults_name_row_and_column(tmp_path: Path) -> None:
    quoted = SVG.replace('"', "'")
    read = bank(
        tmp_path,
        f"1;TIU;{quoted};{quoted.replace('2 4Z', '1 4Z')};{quoted};A",
        f"2;TIU;x;{quoted.replace('<path', '<script')};dua;A",
    )
    assert [each.item_id for each in read.bank.items] == ["1"]
    (problem, *_) = read.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("bank_svg_element", 3, "A")
