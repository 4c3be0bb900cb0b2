"""A bank with pictures in every item, for tests that need one: a drawing in the stem, picture files in options."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

from PIL import Image

from question_bank.drawing import read_drawing
from question_bank.items import Bank, Item

COLOURS = ("red", "green", "blue", "orange", "purple")
DRAWING = read_drawing(
    '<svg viewBox="0 0 40 40" aria-label="segitiga"><pattern id="p" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 2H4" stroke="black"/>'
    '</pattern><path d="M4 36 20 4 36 36Z" fill="url(#p)" stroke="currentColor"/></svg>'
).svg


def png(colour: str) -> bytes:
    """Return a small picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(stream, "PNG")
    return stream.getvalue()


def with_pictures(bank: Bank) -> Bank:
    """Return the bank with a drawing after every stem and a picture file in every option."""
    files = {hashlib.sha256(png(each)).hexdigest(): png(each) for each in COLOURS}
    names = list(files)

    def pictured(item: Item) -> Item:
        options = tuple(
            replace(
                each,
                html=f'{each.html} <img alt="warna {at}" height="80" src="sha256:{names[at]}" width="120">',
            )
            for at, each in enumerate(item.options)
        )
        return replace(item, stem=item.stem + DRAWING, options=options)

    return replace(bank, items=tuple(pictured(each) for each in bank.items), media=files)
