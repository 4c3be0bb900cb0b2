"""QR codes on papers: black modules as rectangles, for any renderer."""

from __future__ import annotations

from dataclasses import dataclass

import segno

_MASK = 2
"""One mask for all: trying all eight for the prettiest takes far longer, and readers take any."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """`modules` is the side in modules without a border; `runs` are dark stretches (column, row, length)."""

    modules: int
    runs: tuple[tuple[int, int, int], ...]


def qr_code(text: str) -> QrCode:
    """Return the code of a text, with medium error correction, so that a creased sheet still scans."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False, mask=_MASK).matrix]
    runs: list[tuple[int, int, int]] = []
    for row, modules in enumerate(rows):
        start = None
        for column, is_dark in enumerate((*modules, 0)):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                runs.append((start, row, column - start))
                start = None
    return QrCode(len(rows), tuple(runs))


def qr_svg(text: str) -> str:
    """Return the code of a text as a data address of an SVG picture, with a quiet zone of one module; the page around it is white."""
    return str(segno.make(text, error="m", micro=False, mask=_MASK).svg_data_uri(scale=2, border=1))
