"""The report on paper: the same sentences, figures and charts, on A4 with embedded fonts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from reportlab.graphics.shapes import Drawing, Polygon, PolyLine, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from question_bank.fairness_report.after_wording import AfterTable, after_parts
from question_bank.fairness_report.chart import TONES, Area, Chart, Label, Line
from question_bank.fairness_report.figures import seat_maps, section_figures
from question_bank.fairness_report.report_type import report_hash
from question_bank.fairness_report.wording import ReportWords, certificate, metric_rows
from question_bank.messages import Catalogue
from question_bank.printing.paper_fonts import BOLD, REGULAR, face, markup, register_fonts

MOST_ITEMS = 3_000
"""Items listed on paper; a longer list stays in the page and in the content itself."""
_SIDE, _TOP, _BOTTOM = 18 * mm, 16 * mm, 18 * mm
_INNER = A4[0] - 2 * _SIDE
_LINE = ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#c9c9c9"))


def report_pdf(content: bytes, language: str) -> bytes:
    """Return the report as PDF in a language. The same report makes the same bytes."""
    told = json.loads(content)
    words = ReportWords(Catalogue("question_bank"), language)
    return _built(content, told, words("report_title"), words, _story(told, words))


def after_pdf(content: bytes, language: str) -> bytes:
    """Return the report after an exam session as PDF in a language."""
    told = json.loads(content)
    words = ReportWords(Catalogue("question_bank"), language)
    return _built(content, told, words("after_title"), words, _after_story(told, words))


def _built(
    content: bytes, told: dict[str, Any], title: str, words: ReportWords, story: Iterator[Flowable]
) -> bytes:
    register_fonts()
    out = BytesIO()
    template = BaseDocTemplate(
        out,
        leftMargin=_SIDE,
        rightMargin=_SIDE,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=f"{title} · {told['profile']['title']}",
        lang=words.language,
        invariant=1,
        pageCompression=1,
    )
    inner = Frame(_SIDE, _BOTTOM, _INNER, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    fingerprint = report_hash(content)

    def footer(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont(REGULAR, 7.5)
        canvas.setFillGray(0.35)
        canvas.drawString(_SIDE, 10 * mm, f"{words('report_hash')}: {fingerprint}")
        canvas.drawRightString(A4[0] - _SIDE, 10 * mm, str(document.page))
        if told["is_simulation"]:
            canvas.saveState()
            canvas.setFont(BOLD, 64)
            canvas.setFillGray(0.9)
            canvas.translate(A4[0] / 2, A4[1] / 2)
            canvas.rotate(52)
            canvas.drawCentredString(0, 0, words("report_mark"))
            canvas.restoreState()

    template.addPageTemplates(PageTemplate("page", [inner], onPage=footer))
    template.build(list(story))
    return out.getvalue()


def _heads(told: dict[str, Any], title: str, sentences: list[str], words: ReportWords) -> Iterator[Flowable]:
    yield _text(title, BOLD, 17, 21)
    yield _text(f"{told['profile']['title']} · {told['profile']['decree']}", REGULAR, 10, 14)
    if told["is_simulation"]:
        yield _text(words("report_simulation"), BOLD, 11, 16)
    yield Spacer(0, 3 * mm)
    box = Table([[[_text(each, REGULAR, 11, 15.5, after=4) for each in sentences]]], colWidths=[_INNER])
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), colors.HexColor("#f4f4f1")),
            ("LINEBEFORE", (0, 0), (0, -1), 4, colors.HexColor(TONES["ours"])),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 7),
        ]
    )
    yield box
    yield Spacer(0, 3 * mm)


def _after_story(told: dict[str, Any], words: ReportWords) -> Iterator[Flowable]:
    parts = after_parts(told, words)
    yield from _heads(told, words("after_title"), [each.summary for each in parts], words)
    yield _text(words("after_meaning"), REGULAR, 10, 14)
    for part in parts:
        yield from _heading(part.title)
        yield _facts(list(part.facts))
        for table in part.tables:
            yield Spacer(0, 3 * mm)
            yield _text(table.title, BOLD, 10, 14, keep=True)
            yield _listed(table)


def _listed(listed: AfterTable) -> Table:
    table = Table(
        [
            [_text(each, BOLD, 8.5, 11) for each in listed.heads],
            *[[_text(cell, REGULAR, 8.5, 11) for cell in row] for row in listed.rows],
        ],
        colWidths=[_INNER / len(listed.heads)] * len(listed.heads),
        repeatRows=1,
    )
    table.setStyle([_LINE, ("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return table


def _story(told: dict[str, Any], words: ReportWords) -> Iterator[Flowable]:
    yield from _heads(told, words("report_title"), certificate(told, words), words)
    yield _text(words("report_meaning"), REGULAR, 10, 14)
    yield from _heading(words("report_held"))
    yield _facts(_held(told, words))
    for section in told["sections"]:
        yield from _heading(f"{section['title']} ({section['code']})")
        yield _facts(metric_rows(section, words))
        yield Spacer(0, 3 * mm)
        yield from _side_by_side(section_figures(section, words))
    yield _text(words("report_legend"), REGULAR, 9, 12)
    if told["seats"]:
        yield from _heading(words("report_seats"))
        yield _text(words("report_seats_text"), REGULAR, 10, 14)
        for chart in seat_maps(told["seats"], words):
            yield KeepTogether([_text(chart.title, BOLD, 9.5, 14), _drawing(chart, _INNER, 200 * mm)])
    yield from _heading(words("report_bound"))
    yield _text(words("report_bound_text"), REGULAR, 10, 14)
    hashes = (
        [(words("report_commitment"), told["drawing"]["commitment"])] if told["drawing"]["commitment"] else []
    )
    hashes += [(name, told["bank"][name]) for name in ("items_hash", "stats_hash")]
    yield _facts([*hashes, ("blueprint_hash", told["profile"]["blueprint_hash"])], first=0.28)
    yield from _heading(words("report_items"))
    if len(told["items"]) > MOST_ITEMS:
        yield _text(words("report_items_elsewhere", items=len(told["items"])), REGULAR, 10, 14)
    else:
        yield _items(told, words)


def _held(told: dict[str, Any], words: ReportWords) -> list[tuple[str, str]]:
    overlap, drawing = told["overlap"], told["drawing"]
    rows = [
        (
            words("report_forms"),
            words("report_forms_value", seats=drawing["seats"], spares=drawing["spares"]),
        ),
        (
            words("report_overlap"),
            words(
                "report_overlap_value",
                mean=words.figure(overlap["mean"], 1),
                ideal=words.figure(overlap["ideal"], 1),
            ),
        ),
    ]
    if overlap["neighbours_max"] is not None:
        mean = words.figure(overlap["neighbours_mean"], 1)
        told_neighbours = words("report_neighbours_value", mean=mean, most=overlap["neighbours_max"])
        rows.append((words("report_neighbours"), told_neighbours))
    return [
        *rows,
        (words("report_run"), str(told["key_longest_run"])),
        (words("report_engine"), drawing["engine"]),
    ]


def _items(told: dict[str, Any], words: ReportWords) -> Table:
    head = (
        *(words("report_item"), words("fair_head_section"), words("report_topic")),
        *(words("report_responses_short"), words("report_label"), "p", "a", "b", words("report_uses")),
    )
    shares = (0.2, 0.1, 0.2, 0.1, 0.1, 0.08, 0.08, 0.08, 0.06)
    rows = [
        [_text(str("–" if cell in (None, "") else cell), REGULAR, 7, 8.5) for cell in row]
        for row in told["items"]
    ]
    table = Table(
        [[_text(each, BOLD, 7, 8.5) for each in head], *rows],
        colWidths=[_INNER * share for share in shares],
        repeatRows=1,
    )
    table.setStyle(
        [
            _LINE,
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return table


def _facts(rows: list[tuple[str, str]], first: float = 0.62) -> Table:
    table = Table(
        [[_text(name, REGULAR, 9, 12), _text(value, BOLD, 9, 12)] for name, value in rows],
        colWidths=[_INNER * first, _INNER * (1 - first)],
    )
    table.setStyle(
        [
            _LINE,
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return table


def _side_by_side(charts: list[Chart]) -> Iterator[Flowable]:
    half = (_INNER - 6 * mm) / 2
    for first in range(0, len(charts), 2):
        pair = charts[first : first + 2]
        cells = [[_text(each.title, BOLD, 9, 12), _drawing(each, half, 80 * mm)] for each in pair]
        row = Table([[*cells, *[""] * (2 - len(cells))]], colWidths=[half + 6 * mm, half])
        row.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        yield KeepTogether([row])


def _drawing(chart: Chart, width: float, height: float) -> Drawing:
    scale = min(width / chart.width, height / chart.height)
    drawing = Drawing(chart.width * scale, chart.height * scale)
    for shape in chart.shapes:
        match shape:
            case Line(points, tone, line_width, dash):
                flat = [value * scale for x, y in points for value in (x, chart.height - y)]
                line = PolyLine(
                    flat, strokeColor=colors.HexColor(TONES[tone]), strokeWidth=line_width * scale
                )
                if dash:
                    line.strokeDashArray = [each * scale for each in dash]
                drawing.add(line)
            case Area(points, tone):
                flat = [value * scale for x, y in points for value in (x, chart.height - y)]
                drawing.add(Polygon(flat, fillColor=colors.HexColor(TONES[tone]), strokeColor=None))
            case Label((x, y), text, anchor, tone, size, is_bold):
                font, simple = face(text, BOLD if is_bold else REGULAR)
                drawing.add(
                    String(
                        x * scale,
                        (chart.height - y) * scale,
                        simple,
                        fontName=font,
                        fontSize=size * scale,
                        fillColor=colors.HexColor(TONES[tone]),
                        textAnchor=anchor,
                    )
                )
    return drawing


def _heading(text: str) -> Iterator[Flowable]:
    yield Spacer(0, 5 * mm)
    yield _text(text, BOLD, 13, 17, after=3, keep=True)


def _text(
    text: str, font: str, size: float, leading: float, *, after: float = 2, keep: bool = False
) -> Paragraph:
    style = ParagraphStyle(
        f"{font}{size}",
        fontName=font,
        fontSize=size,
        leading=leading,
        spaceAfter=after,
        keepWithNext=keep,
        splitLongWords=True,
    )
    return Paragraph(markup(text, font), style)
