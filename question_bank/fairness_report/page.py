"""The report as one page that needs nothing else: no other file, no network, no script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from question_bank.fairness_report.after_wording import AfterPart, after_parts
from question_bank.fairness_report.figures import seat_maps, section_figures
from question_bank.fairness_report.report_type import report_hash
from question_bank.fairness_report.svg import svg
from question_bank.fairness_report.wording import ReportWords, certificate, metric_rows
from question_bank.messages import Catalogue

_PAGES = Environment(
    loader=PackageLoader("question_bank.fairness_report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart ready for the page."""

    title: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One section of the page."""

    title: str
    code: str
    rows: list[tuple[str, str]]
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class ReportView:
    """All that the page shows."""

    language: str
    content: Mapping[str, Any]
    hash: str
    certificate: list[str]
    sections: list[SectionPart]
    seat_maps: list[Figure]
    w: ReportWords


def report_page(content: bytes, language: str) -> str:
    """Return the report as HTML in a language."""
    told = json.loads(content)
    words = ReportWords(Catalogue("question_bank"), language)
    view = ReportView(
        language,
        told,
        report_hash(content),
        certificate(told, words),
        [
            SectionPart(
                each["title"],
                each["code"],
                metric_rows(each, words),
                [_figure(chart.title, svg(chart)) for chart in section_figures(each, words)],
            )
            for each in told["sections"]
        ],
        [_figure(chart.title, svg(chart)) for chart in seat_maps(told["seats"], words)],
        words,
    )
    return _PAGES.get_template("report.html").render(view=view)


@dataclass(frozen=True, slots=True)
class AfterView:
    """All that the page after an exam session shows."""

    language: str
    content: Mapping[str, Any]
    hash: str
    parts: list[AfterPart]
    w: ReportWords


def after_page(content: bytes, language: str) -> str:
    """Return the report after an exam session as HTML in a language."""
    told = json.loads(content)
    words = ReportWords(Catalogue("question_bank"), language)
    view = AfterView(language, told, report_hash(content), after_parts(told, words), words)
    return _PAGES.get_template("after.html").render(view=view)


def _figure(title: str, drawing: str) -> Figure:
    return Figure(title, Markup(drawing))  # noqa: S704 - our own SVG, every text in it escaped
