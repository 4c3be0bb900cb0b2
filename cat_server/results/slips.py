"""PIN slips as PDF, eight to a sheet with marks to cut along; a single one stands in the sheet's upper corner.

A PIN exists in clear only at the moment it is issued, so these pages are made then and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from cat_server.results.paper_words import PaperWords
from cat_server.results.pin_slip import Slip
from question_bank.printing.paper_fonts import BOLD, REGULAR, draw_line, register_fonts

ACROSS, DOWN = 2, 4
PER_SHEET = ACROSS * DOWN
_WIDTH, _HEIGHT = A4[0] / ACROSS, A4[1] / DOWN
_EDGE = 9 * mm
_MARK = 5 * mm


@dataclass(frozen=True, slots=True)
class SlipTexts:
    """The words on every slip, in one language."""

    title: str
    exam_session: str
    number: str
    seat: str
    hint: str


def slip_texts(words: PaperWords, exam_session: str) -> SlipTexts:
    """Return the words on slips; `exam_session` is its title with what else should stand there."""
    return SlipTexts(
        words.text("slip_title"),
        exam_session,
        words.text("participant_number"),
        words.text("seat"),
        words.text("slip_hint"),
    )


def slips_pdf(slips: Sequence[Slip], texts: SlipTexts) -> bytes:
    """Return the slips in the order given, eight to an A4 sheet, with cut marks."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(texts.title)
    for number, slip in enumerate(slips):
        place = number % PER_SHEET
        if place == 0:
            if number:
                canvas.showPage()
            _cut_marks(canvas)
        column, row = place % ACROSS, place // ACROSS
        _slip(canvas, slip, texts, (column * _WIDTH, A4[1] - (row + 1) * _HEIGHT))
    canvas.save()
    return out.getvalue()


def _slip(canvas: Canvas, slip: Slip, texts: SlipTexts, corner: tuple[float, float]) -> None:
    left, bottom = corner[0] + _EDGE, corner[1] + _EDGE
    width, top = _WIDTH - 2 * _EDGE, corner[1] + _HEIGHT - _EDGE
    draw_line(canvas, texts.title, (BOLD, 9), (left, top - 8), width)
    draw_line(canvas, texts.exam_session, (REGULAR, 8), (left, top - 18), width)
    for line, each in enumerate(_lines(canvas, slip.name, BOLD, 12, width)[:2]):
        draw_line(canvas, each, (BOLD, 12), (left, top - 36 - 14 * line), width)
    draw_line(canvas, f"{texts.number}: {slip.participant_number}", (REGULAR, 10), (left, top - 66), width)
    box = 46
    canvas.setLineWidth(1.2)
    canvas.rect(left, bottom + 24, width, box)
    canvas.line(left + width * 0.36, bottom + 24, left + width * 0.36, bottom + 24 + box)
    inner = width * 0.36 - 8
    draw_line(canvas, texts.seat, (REGULAR, 8), (left + 4, bottom + 24 + box - 10), inner)
    draw_line(canvas, str(slip.seat_no), (BOLD, 24), (left + 4, bottom + 31), inner)
    right = left + width * 0.36 + 4
    draw_line(canvas, "PIN", (REGULAR, 8), (right, bottom + 24 + box - 10), width * 0.6)
    draw_line(canvas, f"{slip.pin[:4]} {slip.pin[4:]}", (BOLD, 24), (right, bottom + 31), width * 0.64 - 8)
    draw_line(canvas, slip.room, (BOLD, 9), (left, bottom + 11), width)
    draw_line(canvas, texts.hint, (REGULAR, 7), (left, bottom), width)


def _lines(canvas: Canvas, text: str, font: str, size: float, width: float) -> list[str]:
    """Break a name into at most two lines; the second one is drawn smaller if it must be."""
    words, first = text.split(), ""
    for place, word in enumerate(words):
        wanted = f"{first} {word}".strip()
        if first and canvas.stringWidth(wanted, font, size) > width:
            return [first, " ".join(words[place:])]
        first = wanted
    return [first]


def _cut_marks(canvas: Canvas) -> None:
    """Draw short dashes where the sheet is cut, so that no line is left on a slip that is cut a little off."""
    canvas.saveState()
    canvas.setLineWidth(0.4)
    for column in range(1, ACROSS):
        for row in range(DOWN + 1):
            x, y = column * _WIDTH, row * _HEIGHT
            canvas.line(x, y - _MARK, x, y + _MARK)
    for row in range(1, DOWN):
        for column in range(ACROSS + 1):
            x, y = column * _WIDTH, row * _HEIGHT
            canvas.line(x - _MARK, y, x + _MARK, y)
    canvas.restoreState()
