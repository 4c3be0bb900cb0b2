"""The shared style sheets keep the contrasts that `look.md` asks for, in every theme; every page links them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
WEB = ROOT / "cat_server" / "web"
LINKED = re.findall(r"asset\('(\w+\.css)'\)", (WEB / "templates" / "style_sheets.html").read_text("utf-8"))
CSS = "\n".join((WEB / "static" / name).read_text("utf-8") for name in LINKED)

TEXT_PAIRS = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "accent-wash"),
    ("ink", "warn-wash"),
    ("ink", "danger-wash"),
    ("ink-soft", "ground"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("accent", "ground"),
    ("accent", "surface"),
    ("accent", "accent-wash"),
    ("accent-strong", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    ("danger", "surface"),
    ("danger", "ground"),
    ("ok", "ok-wash"),
    ("ok", "surface"),
    ("warn", "warn-wash"),
    ("warn", "surface"),
]
EDGE_PAIRS = [
    ("edge", "surface"),
    ("edge", "ground"),
    ("accent", "surface"),
    ("focus", "focus-halo"),
    ("focus", "surface"),
]


def _tokens(selector: str) -> dict[str, str]:
    body = CSS.split(f"\n{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))


THEMES = {
    "light": _tokens(":root"),
    "dark": _tokens(':root[data-theme="dark"]'),
    "contrast": _tokens(':root[data-theme="contrast"]'),
}


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_shared_sheet_is_linked_once_and_print_overrules_all() -> None:
    assert sorted(LINKED) == sorted(path.name for path in (WEB / "static").glob("*.css"))
    assert [
        name for name in LINKED if "@media print" in (WEB / "static" / name).read_text("utf-8")
    ] == LINKED[-1:]


@pytest.mark.parametrize("template", ["kiosk_ui/base", "monitoring/base", "monitoring/scoreboard"])
def test_a_whole_page_links_the_shared_sheets_before_its_own(template: str) -> None:
    package, name = template.split("/")
    links = re.findall(
        r"style_sheets\.html|\w+\.css", (ROOT / package / "templates" / f"{name}.html").read_text("utf-8")
    )
    assert links.index("style_sheets.html") == 0
    assert len(links) > 1


def test_contrast_formula_knows_its_two_ends() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert _contrast("#777777", "#777777") == pytest.approx(1.0)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_text_has_at_least_4_5_to_1(theme: str, front: str, back: str) -> None:
    colours = THEMES["light"] | THEMES[theme]
    assert _contrast(colours[front], colours[back]) >= (7.0 if theme == "contrast" else 4.5)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), EDGE_PAIRS)
def test_edges_of_controls_have_at_least_3_to_1(theme: str, front: str, back: str) -> None:
    colours = THEMES["light"] | THEMES[theme]
    assert _contrast(colours[front], colours[back]) >= 3.0


def test_the_dark_theme_is_the_same_whether_chosen_or_preferred() -> None:
    preferred = CSS.split(":root:not([data-theme]) {", 1)[1].split("}", 1)[0]
    assert dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", preferred)) == THEMES["dark"]


def test_one_shadow_two_radii_two_weights() -> None:
    assert set(re.findall(r"font-weight: ([^;]+);", CSS)) == {"400", "700", "var(--regular)", "var(--bold)"}
    assert len(re.findall(r"--radius-[\w]+:", CSS)) == 2
    assert set(re.findall(r"border-radius: ([^;]+);", CSS)) == {
        "var(--radius-control)",
        "var(--radius-card)",
        "50%",
    }
    assert set(re.findall(r"box-shadow: ([^;]+);", CSS)) == {
        "var(--shadow)",
        "none",
        "0 0 0 6px var(--focus-halo)",
    }


def test_the_focus_ring_is_never_hidden_from_the_keyboard() -> None:
    hidden = re.findall(r"([^{}]+)\{[^{}]*outline: none", CSS)
    assert [selector.strip() for selector in hidden] == [
        ":focus:not(:focus-visible)",
        'h1[tabindex="-1"]:focus,\nmain[tabindex="-1"]:focus',
    ]
