"""The words of a PDF, page by page, read from its bytes alone: enough of the format for the papers that we write."""

from __future__ import annotations

import base64
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"/Length (\d+).*?stream\r?\n", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+\+\d+|F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|\[(.*?)\] TJ", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)


def pdf_pages(content: bytes) -> list[list[str]]:
    """Return the stretches of text of each page, in the order in which they are drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(content)}
    fonts = {
        name.decode(): _letters(objects, int(number))
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+(?:\+\d+)?) (\d+) 0 R", body)
    }
    pages = []
    for page in _pages(objects):
        font = ""
        shown: list[str] = []
        for name, text, _ in _SHOWN.findall(_stream(objects[page])):
            if name:
                font = name.decode()
            elif text:
                letters = fonts.get(font, {})
                shown.append("".join(letters.get(code, chr(code)) for code in _unescaped(text)))
        pages.append([each for each in shown if each.strip()])
    return pages


def pdf_words(content: bytes) -> str:
    """Return all text of a PDF with single spaces."""
    return " ".join(" ".join(" ".join(page) for page in pdf_pages(content)).split())


def _pages(objects: dict[int, bytes]) -> list[int]:
    tree = next(body for body in objects.values() if b"/Type /Pages" in body)
    kids = re.search(rb"/Kids \[(.*?)\]", tree, re.DOTALL)
    assert kids is not None
    return [
        int(re.search(rb"/Contents (\d+) 0 R", objects[int(page)]).group(1))  # type: ignore[union-attr]
        for page in re.findall(rb"(\d+) 0 R", kids.group(1))
    ]


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    # By its length: compressed bytes may end in one that looks like a space.
    raw = body[found.end() : found.end() + int(found.group(1))]
    if b"/ASCII85Decode" in body:
        raw = base64.a85decode(raw.removesuffix(b"~>"))
    return zlib.decompress(raw) if b"/FlateDecode" in body else raw


def _letters(objects: dict[int, bytes], number: int) -> dict[int, str]:
    """Return the letters of a font by their codes, from its ToUnicode map."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
    if found is None:
        return {}
    letters: dict[int, str] = {}
    table = _stream(objects[int(found.group(1))]).decode()
    for first, _, values in re.findall(r"<(\w+)> <(\w+)>\s*\[(.*?)\]", table, re.DOTALL):
        for step, value in enumerate(re.findall(r"<(\w+)>", values)):
            letters[int(first, 16) + step] = chr(int(value, 16))
    for code, value in re.findall(r"^<(\w+)> <(\w+)>$", table, re.MULTILINE):
        letters[int(code, 16)] = chr(int(value, 16))
    return letters


def _unescaped(text: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        code = match.group(1)
        if len(code) == 3:
            return bytes([int(code, 8)])
        return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(code, code)

    return _ESCAPE.sub(plain, text)
