"""Papers as PDF: the one document model laid out on A4 with embedded fonts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Literal, TypeAlias, cast

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Frame as PageFrame
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable

from cat_server.results.document import (
    Document,
    DocumentPart,
    Facts,
    Heading,
    Paragraph,
    Signature,
    Signatures,
    Table,
)
from cat_server.results.paper_canvas import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, PaperCanvas
from question_bank.printing.paper_fonts import BOLD, REGULAR, markup, register_fonts

_INNER = WIDTH - LEFT - RIGHT
_Side: TypeAlias = Literal["left", "center", "right", "justify"]
_SIDES: dict[_Side, Literal[0, 1, 2, 4]] = {"left": 0, "center": 1, "right": 2, "justify": 4}
_RULE = 0.5
_TALL = 11 * mm


def pdf_of(documents: Sequence[Document]) -> bytes:
    """Return the papers as one PDF: each starts on a page of its own and counts its own pages.

    The same papers make the same bytes.
    """
    register_fonts()
    out = BytesIO()

    def canvas(*arguments: Any, **named: Any) -> PaperCanvas:  # noqa: ANN401 - passed on as they are
        made = PaperCanvas(*arguments, **named)
        made.documents = tuple(documents)
        return made

    first = documents[0]
    template = BaseDocTemplate(
        out,
        leftMargin=LEFT,
        rightMargin=RIGHT,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=first.title,
        subject=first.subtitle,
        author=first.frame.letterhead[0],
        creator=first.origin.software,
        lang=first.language,
        invariant=1,
        pageCompression=1,
    )
    inner = PageFrame(LEFT, BOTTOM, _INNER, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [inner]))
    story: list[Flowable] = []
    for number, document in enumerate(documents):
        if number:
            story.append(PageBreak())
        story.append(_Start(number))
        story += _story(document)
    template.build(story, canvasmaker=canvas)
    return out.getvalue()


class _Start(Flowable):
    """Tells the canvas which paper begins here."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        cast("PaperCanvas", self.canv).paper = self._number


def _story(document: Document) -> Iterator[Flowable]:
    yield PdfParagraph(markup(document.title.upper(), BOLD), _style(BOLD, 13, "center", 17))
    yield PdfParagraph(markup(document.subtitle, REGULAR), _style(REGULAR, 10.5, "center", 14))
    yield PdfParagraph(markup(document.frame.status, BOLD), _style(BOLD, 9, "center", 12))
    yield Spacer(0, 4 * mm)
    parts = list(document.parts)
    for place, part in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else None
        if isinstance(part, Paragraph) and isinstance(following, Signatures):
            yield KeepTogether([*_flowables(part), *_signatures(following)])
        elif not (isinstance(part, Signatures) and place and isinstance(parts[place - 1], Paragraph)):
            yield from _flowables(part)


def _flowables(part: DocumentPart) -> Iterator[Flowable]:
    match part:
        case Heading(text):
            style = _style(BOLD, 10.5, "left", 14)
            style.keepWithNext = 1
            style.spaceBefore = 2.5 * mm
            style.spaceAfter = 1 * mm
            yield PdfParagraph(markup(text, BOLD), style)
        case Paragraph(text, tone):
            font = BOLD if tone == "lead" else REGULAR
            size = {"lead": 15, "note": 8.5, "body": 10}[tone]
            style = _style(font, size, "justify" if tone == "body" else "left", size * 1.35)
            style.spaceBefore = style.spaceAfter = 1.2 * mm
            yield PdfParagraph(markup(text, font), style)
        case Facts():
            yield _facts(part)
            yield Spacer(0, 2 * mm)
        case Table():
            yield _table(part)
            yield Spacer(0, 2 * mm)
        case Signatures():
            yield KeepTogether(list(_signatures(part)))


def _facts(part: Facts) -> Flowable:
    label, value = _style(REGULAR, 9.5, "left", 12.5), _style(REGULAR, 9.5, "left", 12.5)
    if part.is_mono:
        label, value = _style(REGULAR, 8, "left", 10.5), _style(REGULAR, 8, "left", 10.5)
        value.splitLongWords = 1
    rows = [
        [
            PdfParagraph(markup(name, REGULAR), label),
            PdfParagraph(":", label),
            PdfParagraph(markup(text, REGULAR), value),
        ]
        for name, text in part.rows
    ]
    first = 48 * mm
    return PdfTable(
        rows,
        colWidths=(first, 3 * mm, _INNER - first - 3 * mm),
        hAlign="LEFT",
        splitInRow=1,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 0.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6),
        ],
    )


def _table(part: Table) -> Flowable:
    whole = sum(each.width for each in part.columns)
    widths = [_INNER * each.width / whole for each in part.columns]
    size = 9 if len(part.columns) < 7 else 8
    heads = [
        PdfParagraph(markup(each.heading, BOLD), _style(BOLD, size, each.align, size * 1.2))
        for each in part.columns
    ]
    styles = [_style(REGULAR, size, each.align, size * 1.25) for each in part.columns]
    body: list[list[Any]] = [
        [PdfParagraph(markup(cell, REGULAR), style) for cell, style in zip(row, styles, strict=True)]
        for row in part.rows
    ]
    heights = None
    if part.is_tall:
        heights = [None, *(max(_TALL, _height(row, widths)) for row in body)]
    return PdfTable(
        [heads, *body],
        colWidths=widths,
        rowHeights=heights,
        repeatRows=1,
        splitInRow=0 if part.is_tall else 1,
        style=[
            ("GRID", (0, 0), (-1, -1), _RULE, colors.black),
            ("LINEABOVE", (0, 0), (-1, 0), 1, colors.black),
            ("LINEBELOW", (0, 0), (-1, 0), 1, colors.black),
            ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
            ("VALIGN", (0, 1), (-1, -1), "MIDDLE" if part.is_tall else "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 1.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
        ],
    )


def _height(row: list[Any], widths: list[float]) -> float:
    """Return how high a row must be for its tallest cell."""
    return 4 + max(float(cell.wrap(width - 6, HEIGHT)[1]) for cell, width in zip(row, widths, strict=True))


def _signatures(part: Signatures) -> Iterator[Flowable]:
    across = min(len(part.blocks), 3)
    yield Spacer(0, 3 * mm)
    yield PdfParagraph(markup(part.place_and_date, REGULAR), _style(REGULAR, 10, "right", 14))
    yield Spacer(0, 2 * mm)
    blocks = [_signature(each) for each in part.blocks]
    blocks += [[] for _ in range(-len(blocks) % across)]
    lines = [blocks[start : start + across] for start in range(0, len(blocks), across)]
    yield PdfTable(
        lines,
        colWidths=[_INNER / across] * across,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("ALIGN", (0, 0), (-1, -1), "CENTER"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ],
    )


def _signature(block: Signature) -> list[Flowable]:
    role, small = _style(REGULAR, 9.5, "center", 12), _style(REGULAR, 8, "center", 10)
    name = _style(BOLD, 10, "center", 13)
    person = markup(block.person, BOLD) if block.person else "." * 36
    number = block.number if block.person and any(sign.isdigit() for sign in block.number) else ""
    return [
        PdfTable(
            [
                [PdfParagraph(markup(block.role, REGULAR), role)],
                [PdfParagraph(markup(block.note, REGULAR), small)],
                [
                    [
                        PdfParagraph(person, name),
                        PdfParagraph(markup(number or f"{block.number} " + "." * 28, REGULAR), small),
                    ]
                ],
            ],
            colWidths=[_INNER / 3 - 8],
            rowHeights=[28, 52, None],
            style=[("VALIGN", (0, 0), (0, 0), "TOP"), ("VALIGN", (0, 1), (-1, -1), "BOTTOM")],
        )
    ]


def _style(font: str, size: float, side: _Side, leading: float) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}{size}",
        fontName=font,
        fontSize=size,
        leading=leading,
        alignment=_SIDES[side],
        splitLongWords=1,
    )
