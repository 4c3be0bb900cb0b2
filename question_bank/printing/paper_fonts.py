"""The fonts of papers: which face has which letter, so that every name prints (scripts/paper_fonts.py makes them)."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

REGULAR, BOLD = "Paper", "Paper-Bold"
_FALLBACK = {REGULAR: "PaperMore", BOLD: "PaperMore-Bold"}
_FILES = {
    REGULAR: "AtkinsonHyperlegibleNext-Regular.ttf",
    BOLD: "AtkinsonHyperlegibleNext-Bold.ttf",
    "PaperMore": "NotoSans-Regular.ttf",
    "PaperMore-Bold": "NotoSans-Bold.ttf",
}
_SIMPLER = {"\u00ad": "", "\u2011": "-", "\u00a0": " "}


@cache
def register_fonts() -> dict[str, frozenset[int]]:
    """Make the fonts known to the PDF library, once, and return the letters of each."""
    letters = {}
    for name, file in _FILES.items():
        font = TTFont(name, BytesIO((files("question_bank.printing") / "fonts" / file).read_bytes()))
        registerFont(font)
        letters[name] = frozenset(font.face.charToGlyph)
    for plain in (REGULAR, "PaperMore"):
        registerFontFamily(
            plain, normal=plain, bold=f"{plain}-Bold", italic=plain, boldItalic=f"{plain}-Bold"
        )
    return letters


def face(text: str, font: str) -> tuple[str, str]:
    """Return the font that has every letter of a text, and the text in composed form.

    A whole name changes its font where one letter is missing, since a word in two faces is hard to read. Letters that
    no font has stay, as boxes: a name is never printed with other letters than it has.
    """
    letters = register_fonts()
    simple = "".join(_SIMPLER.get(sign, sign) for sign in unicodedata.normalize("NFC", text))
    signs = set(map(ord, simple)) - {ord("\n")}
    more = _FALLBACK[font]
    is_better = len(signs - letters[more]) < len(signs - letters[font])
    return (more if is_better else font), simple


def markup(text: str, font: str) -> str:
    """Return a text for the PDF library's paragraphs: escaped, line breaks kept, in the font that has its letters."""
    used, simple = face(text, font)
    escaped = escape(simple).replace("\n", "<br/>")
    return escaped if used == font else f'<font name="{used}">{escaped}</font>'


def draw_line(
    canvas: Canvas, text: str, style: tuple[str, float], at: tuple[float, float], width: float
) -> None:
    """Draw one line of text with every letter it needs, smaller where it would not fit into `width` points."""
    font, size = style
    used, simple = face(text, font)
    wanted = canvas.stringWidth(simple, used, size)
    canvas.setFont(used, size * min(1, width / wanted) if wanted else size)
    canvas.drawString(*at, simple)
