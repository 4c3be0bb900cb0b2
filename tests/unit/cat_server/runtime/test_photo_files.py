from __future__ import annotations

import io
import stat
import zlib
from pathlib import Path

import pytest
from PIL import Image

from cat_server.domain.refusals import Refusal
from cat_server.runtime.photo_files import LARGEST_PHOTO, PhotoFiles, small_jpeg


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def code_of(content: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        small_jpeg(content)
    return refused.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_small_jpeg(kind: str) -> None:
    stored = opened(small_jpeg(encoded(Image.new("RGB", (1500, 2000), "teal"), kind)))
    assert (stored.format, stored.mode) == ("JPEG", "RGB")
    assert stored.size == (600, 800)


def test_a_small_photo_is_not_blown_up_and_transparency_is_white() -> None:
    stored = opened(small_jpeg(encoded(Image.new("RGBA", (60, 80), (0, 0, 0, 0)), "PNG")))
    assert stored.size == (60, 80)
    assert stored.getpixel((30, 40)) == (255, 255, 255)


def test_a_turned_photo_stands_upright_and_keeps_no_metadata() -> None:
    image = Image.new("RGB", (400, 200), "white")
    image.paste("black", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Jl. Rahasia 1"
    content = encoded(image, exif=exif, comment=b"a secret")
    stored = small_jpeg(content)
    upright = opened(stored)
    assert upright.size == (200, 400)
    assert upright.getpixel((100, 50)) == (0, 0, 0)
    assert upright.getpixel((100, 350)) == (255, 255, 255)
    assert dict(upright.getexif()) == {}
    assert b"secret" in content
    assert b"secret" not in stored
    assert b"Rahasia" not in stored


def test_files_that_are_no_photo_are_refused() -> None:
    good = encoded(Image.effect_noise((300, 400), 40))
    assert code_of(b"") == "PHOTO_FORMAT"
    assert code_of(b"<svg/>") == "PHOTO_FORMAT"
    assert code_of(encoded(Image.new("RGB", (50, 50)), "GIF")) == "PHOTO_FORMAT"
    assert code_of(good[: len(good) // 2]) == "PHOTO_UNREADABLE"
    assert code_of(encoded(Image.new("RGB", (20, 200)))) == "PHOTO_TOO_SMALL"
    assert code_of(good + bytes(LARGEST_PHOTO)) == "PHOTO_TOO_LARGE"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    for side in (10_000, 60_000):
        header = side.to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
        assert code_of(bomb + chunk(b"IEND", b"")) == "PHOTO_TOO_LARGE"


def test_a_kept_photo_is_read_back_by_its_hash_and_is_nobody_elses(tmp_path: Path) -> None:
    photos = PhotoFiles(tmp_path / "photos")
    content = encoded(Image.new("RGB", (90, 120), "red"), "PNG")
    photo_hash = photos.keep(content)
    assert photos.keep(content) == photo_hash
    assert photos.read(photo_hash) == small_jpeg(content)
    (path,) = photos.folder.iterdir()
    assert path.name == f"{photo_hash}.jpg"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(photos.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("photo_hash", ["", "0" * 64, "../../etc/passwd", "A" * 64])
def test_no_other_name_is_read(tmp_path: Path, photo_hash: str) -> None:
    assert PhotoFiles(tmp_path).read(photo_hash) is None
