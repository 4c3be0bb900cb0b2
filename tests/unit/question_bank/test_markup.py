from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.markup import ALLOWED_TAGS, clean, folded, plain

XSS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<b onmouseover=alert(1)>x</b>",
    "<b/onclick=alert(1)>x</b>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div hx-get=/x hx-trigger=load>x</div>",
    "<span data-hx-on:click='alert(1)'>x</span>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<base href=//x.example/>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    "<form action=//x.example><input name=pin></form>",
    "<style>*{display:none}</style>",
    "<textarea><img title='</textarea><img src onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- <!-- --><img src=x onerror=alert(1)> -->",
    "<table><td background=javascript:alert(1)>x</td></table>",
    "<td colspan='2\" onclick=\"alert(1)'>x</td>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<b>&#x338;x</b><i>\u0338onclick=alert(1)</i>",
    "<p\u0338 onclick=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<x onclick=alert(1)>x</x>",
    "<\x00script>alert(1)</script>",
]


class _Page(HTMLParser):
    """Collects what a browser would take for tags and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


def _assert_harmless(html: str) -> None:
    page = _Page()
    page.feed(html)
    page.close()
    assert page.tags <= ALLOWED_TAGS
    assert all(
        name in {"colspan", "rowspan"} and re.fullmatch("[0-9]+", value) for name, value in page.attributes
    )


@pytest.mark.parametrize("text", XSS)
def test_nothing_active_survives(text: str) -> None:
    _assert_harmless(clean(text).html)
    _assert_harmless(unicodedata.normalize("NFC", clean(text).html))


@given(
    st.lists(st.sampled_from([*XSS, "<b>", "</b>", "<", ">", "&", "'", '"', " ", "\u0338", "x"]), max_size=6)
)
def test_no_mixture_of_attacks_survives(parts: list[str]) -> None:
    _assert_harmless(clean("".join(parts)).html)


@given(st.text(alphabet=st.sampled_from("<>&;/=\"'!- abipq\n\u0338\u0301#x3"), max_size=40))
def test_cleaned_text_is_stable_and_canonical(text: str) -> None:
    once = clean(text).html
    assert clean(once).html == once
    assert unicodedata.normalize("NFC", once) == once


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("R&D", "R&amp;D"),
        ("x<5 dan y>3", "x&lt;5 dan y&gt;3"),
        ("𝑥 < 𝑦", "𝑥 &lt; 𝑦"),
        ("a<b dan c>d", "a&lt;b dan c&gt;d"),
        ("a<b>c", "a&lt;b&gt;c"),
        ("if (a<b && c>d)", "if (a&lt;b &amp;&amp; c&gt;d)"),
        ("&copy tetap, &copy; menjadi tanda", "&amp;copy tetap, © menjadi tanda"),
        ("baris 1\r\nbaris 2", "baris 1<br>baris 2"),
        ("x<sup>2</sup> dan H<sub>2</sub>O", "x<sup>2</sup> dan H<sub>2</sub>O"),
        ("<I>kecuali</I>", "<i>kecuali</i>"),
        ("<div>a</div>", "<p>a</p>"),
        ("soal<br><br>lanjut", "soal<br><br>lanjut"),
        ("<b>tidak ditutup", "&lt;b&gt;tidak ditutup"),
        ("", ""),
    ],
)
def test_text_and_markup_are_told_apart(text: str, html: str) -> None:
    assert clean(text).html == html


def test_images_and_removed_tags_are_named() -> None:
    cleaned = clean("<a href=x>teks</a> <img src=a.png> <h1>judul</h1>")
    assert cleaned.images == ("img",)
    assert cleaned.removed == ("a",)


def test_plain_text_shows_powers_and_breaks() -> None:
    assert plain("2<sup>3</sup><br>a&lt;b<p>c</p>") == "2^3 a<b c"
    assert folded("  Kota <b>BOGOR</b>\n") == "kota bogor"
    assert plain(clean("&amp;lt;").html) == "&lt;"


@pytest.mark.parametrize(
    "hostile", ["<!--" * 5000, "<" * 20000, "<a " * 6000, "<b>" * 5000 + "</b>", "<a x=" * 4000]
)
def test_hostile_lengths_are_cleaned_in_time(hostile: str) -> None:
    _assert_harmless(clean(hostile).html)
