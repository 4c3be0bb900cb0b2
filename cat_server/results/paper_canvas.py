"""What stands on every page of a PDF: letterhead, mark, footer with page x of y, hash and QR code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from cat_server.results.document import Document
from cat_server.results.qr import qr_code
from question_bank.printing.paper_fonts import BOLD, REGULAR, draw_line

LEFT, RIGHT, TOP, BOTTOM = 25 * mm, 15 * mm, 29 * mm, 34 * mm
"""Margins; the left one is for binding."""
WIDTH, HEIGHT = A4
_QR = 21 * mm


class PaperCanvas(Canvas):
    """Keeps every page until the last one is laid out, because only then the number of pages is known."""

    documents: Sequence[Document] = ()

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().__init__(*arguments, **named)
        self.paper = 0
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        """Keep the page."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # the library's own way to count pages before printing them

    def save(self) -> None:
        """Print all pages, each with its frame."""
        totals = Counter(int(each["paper"]) for each in self._kept)
        seen: Counter[int] = Counter()
        codes: set[int] = set()
        for kept in self._kept:
            self.__dict__.update(kept)
            seen[self.paper] += 1
            document = self.documents[self.paper]
            if self.paper not in codes:
                codes.add(self.paper)
                self._define_code(document)
            self._frame(document, seen[self.paper], totals[self.paper])
            super().showPage()
        super().save()

    def text(self, at: tuple[float, float], text: str, font: str, size: float) -> None:
        """Draw a line of text that ends before the right margin."""
        draw_line(self, text, (font, size), at, WIDTH - RIGHT - at[0])

    def _frame(self, document: Document, page: int, pages: int) -> None:
        frame = document.frame
        self.saveState()
        self.setFillGray(0)
        self.text((LEFT, HEIGHT - 15 * mm), frame.letterhead[0], BOLD, 11)
        for line, each in enumerate(frame.letterhead[1:], start=1):
            self.text((LEFT, HEIGHT - 15 * mm - 13 * line), each, REGULAR, 9)
        self.setLineWidth(1.2)
        self.line(LEFT, HEIGHT - 23 * mm, WIDTH - RIGHT, HEIGHT - 23 * mm)
        self.setLineWidth(0.6)
        self.line(LEFT, 30 * mm, WIDTH - RIGHT, 30 * mm)
        x, y = LEFT + _QR + 3 * mm, 25.5 * mm
        self.text((x, y), f"{document.title} · {document.subtitle}", BOLD, 8)
        self.text((x, y - 10), frame.status, REGULAR, 7.5)
        for line, (label, value) in enumerate(
            (
                (frame.document_hash, document.hash),
                (frame.statement_hash, document.origin.statement_hash or "–"),
            )
        ):
            self.text((x, y - 20 - 17.5 * line), label, REGULAR, 6.5)
            self.text((x, y - 28 - 17.5 * line), value, REGULAR, 8)
        number = frame.page_of.format(page=page, pages=pages)
        self.setFont(BOLD, 9)
        self.drawRightString(WIDTH - RIGHT, 9 * mm, number)
        self.saveState()
        self.translate(LEFT, 8 * mm)
        self.doForm(f"qr{self.paper}")
        self.restoreState()
        if frame.mark:
            self._mark(frame.mark)
        self.restoreState()

    def _mark(self, mark: str) -> None:
        self.saveState()
        self.translate(WIDTH / 2, HEIGHT / 2)
        self.rotate(50)
        self.setFillGray(0.55, 0.22)
        size = 96 if len(mark) < 10 else 84
        self.setFont(BOLD, size)
        self.drawCentredString(0, -size / 3, mark)
        self.restoreState()

    def _define_code(self, document: Document) -> None:
        code = qr_code(document.qr_text)
        unit = _QR / code.modules
        self.beginForm(f"qr{self.paper}", 0, 0, _QR, _QR)
        self.setFillGray(0)
        modules = self.beginPath()
        for column, row, length in code.runs:
            modules.rect(column * unit, _QR - (row + 1) * unit, length * unit, unit)
        self.drawPath(modules, stroke=0, fill=1)
        self.endForm()
