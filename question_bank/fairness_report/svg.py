"""Charts as SVG for the page."""

from __future__ import annotations

from html import escape

from question_bank.fairness_report.chart import TONES, Area, Chart, Label, Line, Point


def svg(chart: Chart) -> str:
    """Return a chart as one SVG element."""
    drawn = "".join(_shape(each) for each in chart.shapes)
    return f'<svg viewBox="0 0 {chart.width:g} {chart.height:g}" role="img" aria-label="{escape(chart.alt)}">{drawn}</svg>'


def _shape(shape: Line | Area | Label) -> str:
    match shape:
        case Line(points, tone, width, dash):
            dashed = f' stroke-dasharray="{" ".join(f"{each:g}" for each in dash)}"' if dash else ""
            return (
                f'<polyline points="{_points(points)}" fill="none" stroke="{TONES[tone]}"'
                f' stroke-width="{width:g}"{dashed}/>'
            )
        case Area(points, tone):
            return f'<polygon points="{_points(points)}" fill="{TONES[tone]}"/>'
        case Label((x, y), text, anchor, tone, size, is_bold):
            weight = ' font-weight="700"' if is_bold else ""
            return (
                f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{TONES[tone]}"{weight}>'
                f"{escape(text)}</text>"
            )


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
