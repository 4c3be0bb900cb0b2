"""The report's charts, made from its content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from question_bank.fairness_report.chart import Area, Chart, Label, Line, Plot, Tone, ticks

WIDTH, HEIGHT = 340.0, 190.0
_BINS = 24
_CELL = 17.0
_MOST_NUMBERED = 700
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Words(Protocol):
    """Turns a code with parameters into words of the reader's language."""

    def __call__(self, code: str, **params: object) -> str:
        """Return the words."""
        ...


def section_figures(section: Mapping[str, Any], words: Words) -> list[Chart]:
    """Return the charts of one section that its statistics allow."""
    charts = []
    if section["envelope"]:
        charts.append(_curves(section, words))
    if section["pass_chances"]:
        charts.append(_pass_chances(section, words))
    charts.append(_exposure(section, words))
    if any(section["keys"]):
        charts.append(_keys(section, words))
    return charts


def _curves(section: Mapping[str, Any], words: Words) -> Chart:
    ours = [tuple(map(float, point)) for point in section["envelope"]]
    others = {
        name: [tuple(map(float, point)) for point in each["points"]]
        for name, each in section["compared"].items()
    }
    most = max(abs(value) for points in (ours, *others.values()) for point in points for value in point[1:])
    most = max(most, 0.1) * 1.08
    plot = Plot(WIDTH, HEIGHT, (-3, 3), (-most, most))
    plot.axes(
        [(value, f"{value:+d}" if value else "0") for value in range(-3, 4)],
        ticks(-most, most),
        (words("report_axis_ability"), words("report_axis_difference")),
    )
    edge = [(x, high) for x, _, high in ours] + [(x, low) for x, low, _ in reversed(ours)]
    plot.shapes.append(Area(tuple((plot.x(x), plot.y(y)) for x, y in edge), "pale"))
    dashes = {"random": (2.0, 3.0), "labels": (6.0, 3.0)}
    for name, points in others.items():
        for place in (1, 2):
            plot.curve(
                [(point[0], point[place]) for point in points],
                "other" if name == "random" else "third",
                dash=dashes[name],
            )
    for place in (1, 2):
        plot.curve([(point[0], point[place]) for point in ours], "ours", width=1.8)
    return plot.chart(words("report_chart_curves"), words("report_alt_curves", section=section["code"]))


def _pass_chances(section: Mapping[str, Any], words: Words) -> Chart:
    chances = [100 * float(each) for each in section["pass_chances"]]
    middle, reach = sum(chances) / len(chances), max(2.0, max(chances) - min(chances))
    low, high = middle - reach, middle + reach
    counts = Counter(min(int((each - low) / (high - low) * _BINS), _BINS - 1) for each in chances)
    plot = Plot(WIDTH, HEIGHT, (low, high), (0, max(counts.values()) * 1.1))
    plot.axes(
        ticks(low, high),
        ticks(0, max(counts.values()) * 1.1),
        (words("report_axis_chance"), words("report_axis_seats")),
    )
    step = (high - low) / _BINS
    for place, count in sorted(counts.items()):
        plot.bar(low + place * step, low + (place + 0.92) * step, count, "ours")
    return plot.chart(
        words("report_chart_chances"),
        words("report_alt_chances", low=f"{min(chances):.1f}", high=f"{max(chances):.1f}"),
    )


def _exposure(section: Mapping[str, Any], words: Words) -> Chart:
    rounded = [(round(float(even)), uses) for even, uses in section["exposure"]]
    most = max((uses for _, uses in rounded), default=0)
    width = max(1, -(-(most + 1) // 40))
    counts = Counter(uses // width for _, uses in rounded)
    plot = Plot(WIDTH, HEIGHT, (0, (most // width + 1) * width), (0, max(counts.values(), default=1) * 1.1))
    plot.axes(
        ticks(0, (most // width + 1) * width),
        ticks(0, max(counts.values(), default=1) * 1.1),
        (words("report_axis_uses"), words("report_axis_items")),
    )
    for place, count in sorted(counts.items()):
        plot.bar((place + 0.06) * width, (place + 0.94) * width, count, "ours")
    evens = [float(even) for even, _ in section["exposure"]]
    if evens:
        even = sum(evens) / len(evens)
        plot.curve([(even, 0), (even, max(counts.values()) * 1.1)], "other", dash=(4.0, 3.0))
    return plot.chart(
        words("report_chart_exposure"),
        words("report_alt_exposure", most=most, least=min((uses for _, uses in rounded), default=0)),
    )


def _keys(section: Mapping[str, Any], words: Words) -> Chart:
    counts: Sequence[int] = section["keys"]
    plot = Plot(WIDTH, HEIGHT, (0, len(counts)), (0, max(counts) * 1.1))
    plot.axes(
        [(place + 0.5, _LETTERS[place % 26]) for place in range(len(counts))],
        ticks(0, max(counts) * 1.1),
        (words("report_axis_position"), words("report_axis_keys")),
    )
    for place, count in enumerate(counts):
        plot.bar(place + 0.15, place + 0.85, count, "ours")
    return plot.chart(
        words("report_chart_keys"), words("report_alt_keys", counts=", ".join(map(str, counts)))
    )


def seat_maps(seats: Sequence[Sequence[int]], words: Words) -> list[Chart]:
    """Return a map of each room: how many items a seat shares, at most, with a seat beside it."""
    charts = []
    most = max((each[3] for each in seats), default=0)
    for room in sorted({each[0] for each in seats}):
        here = [each for each in seats if each[0] == room]
        rows, columns = [each[1] for each in here], [each[2] for each in here]
        first_row, first_column = min(rows), min(columns)
        shapes: list[Line | Area | Label] = []
        for _, row, column, shared in here:
            x, y = (column - first_column) * _CELL, (row - first_row) * _CELL
            box = ((x, y), (x + _CELL - 2, y), (x + _CELL - 2, y + _CELL - 2), (x, y + _CELL - 2))
            is_strong = most > 0 and shared > most * 0.66
            shapes.append(Area(box, "ours" if is_strong else "pale" if shared else "grid"))
            if len(here) <= _MOST_NUMBERED:
                middle = (x + _CELL / 2 - 1, y + _CELL / 2 + 2)
                tone: Tone = "grid" if is_strong else "ink"
                shapes.append(Label(middle, str(shared), "middle", tone, 7.5, is_strong))
        charts.append(
            Chart(
                words("report_chart_seats", room=room + 1),
                words("report_alt_seats", most=most),
                (max(columns) - first_column + 1) * _CELL,
                (max(rows) - first_row + 1) * _CELL,
                tuple(shapes),
            )
        )
    return charts
