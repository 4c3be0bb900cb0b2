"""Inline SVG: what is allowed, what is refused by name, and one spelling for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.drawing import LARGEST_DRAWING_BYTES, read_drawing


def svg(inside: str, attributes: str = 'viewBox="0 0 10 10" aria-label="gambar"') -> str:
    return f"<svg {attributes}>{inside}</svg>"


def codes(source: str) -> list[str]:
    return [code for code, _ in read_drawing(source).faults]


FIGURE = svg(
    '<g transform="translate(1 2) rotate(45)"><path d="M 0 0 L 5 5 Z" fill="#1a1a1a" stroke="none"/></g>'
    '<text x="1" y="2" font-size="3" text-anchor="middle">A &amp; B</text>'
    '<polyline points="0,0 1,1" stroke="black" stroke-width="0.5" stroke-dasharray="1 2" opacity="50%"/>'
)

HOSTILE = [
    "<script>alert(1)</script>",
    '<g onload="alert(1)"/>',
    '<rect width="1" height="1" onclick="alert(1)"/>',
    '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>',
    "<style>*{fill:red}</style>",
    '<rect style="fill:url(http://x.test/a)"/>',
    '<image href="http://x.test/a.png"/>',
    '<use href="#a"/>',
    '<a href="javascript:alert(1)"><text>x</text></a>',
    '<a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:alert(1)"/>',
    '<rect fill="url(http://x.test/a#b)"/>',
    '<rect fill="url(javascript:alert(1))"/>',
    '<rect fill="red;background:url(x)"/>',
    '<animate attributeName="href" to="javascript:alert(1)"/>',
    '<set attributeName="onload" to="alert(1)"/>',
    '<rect><animate attributeName="x"/></rect>',
    '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
    '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    '<g xml:base="http://x.test/"/>',
    '<filter id="f"/>',
    '<svg viewBox="0 0 1 1"/>',
    '<title><g onload="alert(1)"/></title>',
    '<path d="M0 0&quot; onload=&quot;alert(1)"/>',
]


@pytest.mark.parametrize("inside", HOSTILE)
def test_whatever_could_run_load_or_draw_otherwise_is_a_fault(inside: str) -> None:
    drawing = read_drawing(svg(inside))
    assert drawing.faults
    assert drawing.svg == ""


@pytest.mark.parametrize(
    "source",
    [
        '<!DOCTYPE svg [<!ENTITY a "x">]><svg viewBox="0 0 1 1">&a;</svg>',
        "<svg viewBox='0 0 1 1'><g></svg>",
        "<svg onload=alert(1)></svg>",
        "<svg viewBox='0 0 1 1'>&undefined;</svg>",
        "<html><svg/></html>",
    ],
)
def test_what_is_no_drawing_is_a_fault(source: str) -> None:
    assert codes(source) == ["bank_svg_broken"]


def test_text_that_looks_like_markup_stays_text() -> None:
    drawing = read_drawing(
        svg(
            "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title><text>&lt;b&gt;\"'</text>",
            'viewBox="0 0 1 1"',
        )
    )
    assert not drawing.faults
    assert "<script" not in drawing.svg
    assert "<b" not in drawing.svg
    assert drawing.name == "<script>alert(1)</script>"


def test_a_plain_figure_is_kept_whole() -> None:
    drawing = read_drawing(FIGURE)
    assert not drawing.faults
    assert drawing.name == "gambar"
    assert 'transform="translate(1 2) rotate(45)"' in drawing.svg
    assert 'd="M 0 0 L 5 5 Z"' in drawing.svg
    assert "A &amp; B</text>" in drawing.svg
    assert drawing.svg.startswith('<svg aria-label="gambar" role="img" viewBox="0 0 10 10">')


def test_the_canonical_form_is_stable_and_the_same_however_it_was_written() -> None:
    pattern = '<defs><pattern id="{0}" width="2" height="2"><rect width="1" height="1"/></pattern></defs><rect fill="url(#{0})"/>'
    one = read_drawing(svg(pattern.format("a")))
    other = read_drawing(
        "<svg  xmlns='http://www.w3.org/2000/svg' class='x' version='1.1' aria-label='gambar' viewBox='0 0 10 10'>"
        "<!-- catatan --><defs>\n <pattern height='2' id='Pola_1' width='2'><rect height='1' width='1' data-x='y'/>"
        "</pattern></defs>\n<rect fill='url(\"#Pola_1\")' id='tak-dipakai'></rect></svg>"
    )
    assert one.svg == other.svg
    assert read_drawing(one.svg).svg == one.svg
    assert read_drawing(svg(pattern.format("a") + "<g></g>")).svg != one.svg


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_whatever_breaks_out_of_a_drawing(text: str) -> None:
    drawing = read_drawing(f'<svg viewBox="0 0 1 1"><text>{text}</text></svg>')
    assert drawing.faults or read_drawing(drawing.svg).svg == drawing.svg


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (svg("", 'aria-label="x"'), "bank_svg_no_size"),
        (svg("", 'viewBox="0 0 0 10"'), "bank_svg_no_size"),
        (svg("", 'width="100%" height="50%"'), "bank_svg_no_size"),
        (svg("<g/>" * 4_000), "bank_svg_too_intricate"),
        (svg("<g>" * 60 + "</g>" * 60), "bank_svg_too_intricate"),
        (svg(f'<path d="{"M0 0 " * LARGEST_DRAWING_BYTES}"/>'), "bank_svg_too_big"),
        (svg('<rect fill="url(#tidak-ada)"/>'), "bank_svg_reference"),
        (svg('<pattern id="a"/><pattern id="a"/><rect fill="url(#a)"/>'), "bank_svg_reference"),
        (
            svg('<pattern id="a"><rect fill="url(#b)"/></pattern><pattern id="b"/><rect fill="url(#a)"/>'),
            "bank_svg_attribute",
        ),
    ],
)
def test_sizes_and_references_are_held(source: str, code: str) -> None:
    assert codes(source) == [code]


def test_width_and_height_are_size_enough() -> None:
    assert codes(svg("", 'width="20px" height="10"')) == []


def test_a_fault_names_what_is_wrong() -> None:
    faults = dict(read_drawing(svg('<use href="#a"/><rect onclick="x()" class="y"/>')).faults)
    assert faults["bank_svg_element"]["elements"] == "use"
    assert faults["bank_svg_attribute"]["attributes"] == 'rect onclick="x()"'
