"""Nothing that an author's programs wrote beside the pixels reaches a participant."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from question_bank.bare_picture import bare
from question_bank.media import Picture, check_picture

SECRET = b"kunci: B"


def drawn(mode: str = "RGB") -> Image.Image:
    image = Image.effect_noise((61, 43), 80).convert(mode)
    image.putpixel((5, 7), 1 if mode in "LP" else (250, 3, 9, 77)[: len(mode)])
    return image


def told(kind: str, mode: str = "RGB", **more: Any) -> bytes:
    """Return a picture whose file tells a key in every way that its format knows."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x9286] = SECRET
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", SECRET.decode())
        text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        text.add_text("Jawaban", SECRET.decode(), zip=False)
        more |= {"pnginfo": text}
    if kind == "JPEG":
        more |= {"comment": SECRET}
    if kind == "WEBP":
        more |= {"xmp": SECRET, "lossless": True}
    stream = io.BytesIO()
    drawn(mode).save(stream, kind, exif=exif, icc_profile=b"profil " + SECRET, dpi=(96, 96), **more)
    return stream.getvalue() + b"\n<!-- " + SECRET + b" -->"


@pytest.mark.parametrize(
    ("kind", "mode", "more"),
    [
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("PNG", "L", {}),
        ("JPEG", "RGB", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "L", {"restart_marker_rows": 1}),
        ("JPEG", "CMYK", {}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {}),
    ],
)
def test_the_same_pixels_and_nothing_else(kind: str, mode: str, more: dict[str, Any]) -> None:
    content = told(kind, mode, **more)
    assert SECRET in content
    found = check_picture(content)
    assert isinstance(found, Picture)
    assert SECRET not in found.content
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(found.content)) as after:
        assert (after.size, after.mode, after.tobytes()) == (before.size, before.mode, before.tobytes())
        assert not after.getexif()
        assert not {"comment", "icc_profile", "xmp", "exif", "Comment"} & after.info.keys()
    assert bare(found.content, kind) == found.content
    assert check_picture(found.content) == found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_file_that_is_cut_off_is_refused(kind: str) -> None:
    content = bare(told(kind), kind)
    for length in (0, 3, 11, 40, len(content) // 2, len(content) - 9):
        with pytest.raises(ValueError, match=r".*"):
            bare(content[:length], kind)
