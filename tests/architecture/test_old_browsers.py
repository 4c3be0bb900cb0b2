"""Our pages run on Chrome 109, the last one for Windows 7 and 8.1, and on a LAN address without TLS.

The scan is a list of features with the reason why each is out of reach. It reads our own CSS, JavaScript and
HTML below `*/static` and `*/templates`; vendored files have their own test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cat_server", "kiosk_ui", "monitoring")
SUFFIXES = {".css", ".js", ".html"}
KIOSK_FOLDERS = ("kiosk_ui", "cat_server/web")
ASKS_FIRST = frozenset({"kiosk_ui/static/rescue.js"})
"""Encrypts on secure addresses alone, and elsewhere says so (design 6)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A feature that old PCs lack: a pattern, where it may stand (`css`, `js`, `html`), since when Chrome has it."""

    language: str
    pattern: str
    reason: str


RULES = (
    Rule("css", r"\bcolor-mix\(", "color-mix() came with Chrome 111"),
    Rule("css", r"\blight-dark\(", "light-dark() came with Chrome 123"),
    Rule("css", r"\b(?:oklch|oklab|lch|lab)\(", "Lab and LCH colours came with Chrome 111"),
    Rule("css", r"(?<![-\w])color\(", "color() came with Chrome 111"),
    Rule("css", r"@starting-style\b", "@starting-style came with Chrome 117"),
    Rule("css", r"@scope\b", "@scope came with Chrome 118"),
    Rule("css", r"@container\s+style\(", "style queries came with Chrome 111"),
    Rule("css", r"@view-transition\b|\bview-transition-name\b", "view transitions came with Chrome 111"),
    Rule("css", r"@position-try\b|\banchor-name\b|\banchor\(", "anchor positioning came with Chrome 125"),
    Rule("css", r"(?<![-\w])text-wrap\b", "text-wrap came with Chrome 114"),
    Rule("css", r"\btext-box(?:-trim|-edge)?\s*:", "text-box came with Chrome 133"),
    Rule("css", r"\bsubgrid\b", "subgrid came with Chrome 117"),
    Rule("css", r"\bfield-sizing\b", "field-sizing came with Chrome 123"),
    Rule("css", r"\binterpolate-size\b|\bcalc-size\(", "sizes by keyword animate since Chrome 129"),
    Rule("css", r"\btransition-behavior\b|\ballow-discrete\b", "discrete transitions came with Chrome 117"),
    Rule("css", r"\b(?:animation|scroll|view)-timeline\b", "scroll-driven animation came with Chrome 115"),
    Rule("css", r"(?<![-\w])mask(?:-\w+)*\s*:", "mask without -webkit- came with Chrome 120; use clip-path"),
    Rule("css", r"(?<![-\w])scrollbar-(?:color|width)\b", "scrollbar-color came with Chrome 121"),
    Rule("css", r":user-(?:in)?valid\b", ":user-invalid came with Chrome 119"),
    Rule("css", r":dir\(", ":dir() came with Chrome 120"),
    Rule("css", r":has\(", ":has() is missing in Firefox ESR 115"),
    Rule("css", r":popover-open\b", "popover came with Chrome 114"),
    Rule("css", r":nth-(?:last-)?child\([^)]*\bof\b", ":nth-child(… of …) came with Chrome 111"),
    Rule(
        "css", r"\b(?:sin|cos|tan|atan2?|asin|acos|pow|sqrt|hypot)\(", "CSS trigonometry came with Chrome 111"
    ),
    Rule("css", r"(?<![-\w])(?:round|rem|mod)\(", "CSS round() came with Chrome 125"),
    Rule("css", r"(?<![-\w])linear\(", "linear() easing came with Chrome 113"),
    Rule("css", r"(?<![-\w])image-set\(", "image-set() without -webkit- came with Chrome 113"),
    Rule("html", r"<[^>]*\spopover(?:target\w*)?(?=[\s=>])", "the popover attribute came with Chrome 114"),
    Rule("html", r"<search\b", "<search> came with Chrome 118"),
    Rule("html", r"<details[^>]*\sname=", "exclusive <details> came with Chrome 120"),
    Rule("html", r"<dialog[^>]*\sclosedby=|\scommandfor=", "invoker commands came with Chrome 135"),
    Rule("js", r"\.(?:toSorted|toReversed|toSpliced)\(", "copying array methods came with Chrome 110"),
    Rule("js", r"\.with\(\s*-?[\w.]+\s*,", "Array.prototype.with came with Chrome 110"),
    Rule("js", r"\bArray\.fromAsync\b", "Array.fromAsync came with Chrome 121"),
    Rule("js", r"\b(?:Object|Map)\.groupBy\b", "groupBy came with Chrome 117"),
    Rule("js", r"\bPromise\.(?:withResolvers|try)\b", "Promise.withResolvers came with Chrome 119"),
    Rule(
        "js",
        r"\.(?:union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(",
        "methods of Set came with Chrome 122",
    ),
    Rule("js", r"\bIterator\.(?:from|prototype)\b", "iterator helpers came with Chrome 122"),
    Rule("js", r"\bURL\.(?:canParse|parse)\b", "URL.canParse came with Chrome 120"),
    Rule("js", r"\bAbortSignal\.any\b", "AbortSignal.any came with Chrome 116"),
    Rule("js", r"\bRegExp\.escape\b", "RegExp.escape came with Chrome 136"),
    Rule("js", r"\.(?:isWellFormed|toWellFormed)\(", "isWellFormed came with Chrome 111"),
    Rule("js", r"\bstartViewTransition\b", "view transitions came with Chrome 111"),
    Rule("js", r"\b(?:showPopover|hidePopover|togglePopover)\b", "popover came with Chrome 114"),
    Rule("js", r"\bsetHTMLUnsafe\b|\bmoveBefore\b", "newer than Chrome 109 (124 and 133)"),
    Rule("js", r"\bscheduler\.(?:yield|postTask)\b", "scheduler.yield came with Chrome 129"),
    Rule("js", r"['\"]scrollend['\"]", "the scrollend event came with Chrome 114"),
    Rule("js", r"\bIntl\.DurationFormat\b", "Intl.DurationFormat came with Chrome 129"),
    Rule("js", r"\bUint8Array\.from(?:Base64|Hex)\b|\.to(?:Base64|Hex)\(", "came with Chrome 140"),
    Rule("js", r"^\s*(?:await\s+)?using\s+\w+\s*=", "using came with Chrome 134"),
    Rule(
        "js",
        r"\bfrom\s*['\"][^'\"]+['\"]\s*with\s*\{|\bimport\([^)]*\bwith\s*:",
        "import attributes: Chrome 123",
    ),
    Rule(
        "js",
        r"[=(,:!&|?;\[{]\s*/(?:[^/\\\n]|\\.)+/[dgimsuy]*v[dgimsuy]*(?=[\s,;.)\]])",
        "the regex flag v came with Chrome 112",
    ),
)

SECURE_CONTEXT_RULES = (
    Rule("js", r"\bcrypto\.subtle\b", "crypto.subtle is absent on a LAN address without TLS"),
    Rule("js", r"\brandomUUID\b", "crypto.randomUUID needs a secure context; use getRandomValues"),
    Rule("js", r"\bnavigator\s*\.\s*serviceWorker\b", "service workers need a secure context"),
    Rule("js", r"\bnavigator\s*\.\s*storage\b", "navigator.storage needs a secure context"),
    Rule("js", r"\bnavigator\s*\.\s*locks\b", "navigator.locks needs a secure context"),
    Rule("js", r"\bnavigator\s*\.\s*wakeLock\b", "wake locks need a secure context"),
    Rule("js", r"\bnavigator\s*\.\s*clipboard\b", "the clipboard API needs a secure context"),
    Rule("js", r"\bnavigator\s*\.\s*(?:keyboard|credentials|usb|hid|serial)\b", "needs a secure context"),
    Rule("js", r"\bgetUserMedia\b|\bmediaDevices\b", "cameras need a secure context"),
    Rule("js", r"(?<![-\w.])caches\s*\.|\bwindow\.caches\b", "the cache API needs a secure context"),
    Rule("js", r"\bshow(?:Save|Open)FilePicker\b", "file pickers need a secure context"),
    Rule("js", r"\bSharedArrayBuffer\b", "shared memory needs a secure context and isolation"),
)

_BLANKED = re.compile(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", re.DOTALL)
_JS_COMMENT = re.compile(r"(?<![:\\'\"])//[^\n]*")
_INLINE = {
    "css": re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE),
    "js": re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE),
}


def without_comments(text: str, language: str) -> str:
    """Blank comments out but keep every line where it is."""
    text = _BLANKED.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    return _JS_COMMENT.sub("", text) if language == "js" else text


def nested_rules(css: str) -> Iterator[int]:
    """Yield the line of each style rule inside another style rule (CSS nesting came with Chrome 112)."""
    stack: list[bool] = []
    start = 0
    for place, sign in enumerate(css):
        if sign == "{":
            prelude = css[start:place].strip()
            is_style_rule = not prelude.startswith("@")
            if any(stack):
                yield css.count("\n", 0, place) + 1
            stack.append(is_style_rule)
        elif sign == "}" and stack:
            stack.pop()
        if sign in "{};":
            start = place + 1


def pieces(path_suffix: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield `(language, text)`; in HTML also its inline styles and scripts, at their own lines."""
    if path_suffix != ".html":
        yield path_suffix[1:], without_comments(text, path_suffix[1:])
        return
    text = without_comments(text, "html")
    yield "html", text
    for language, pattern in _INLINE.items():
        for found in pattern.finditer(text):
            yield language, "\n" * text.count("\n", 0, found.start(1)) + without_comments(found[1], language)


def findings(path_suffix: str, text: str, *, on_kiosk: bool) -> list[tuple[int, str]]:
    """Return `(line, reason)` for everything an old PC could not run."""
    rules = RULES + (SECURE_CONTEXT_RULES if on_kiosk else ())
    found: list[tuple[int, str]] = []
    for language, piece in pieces(path_suffix, text):
        for rule in rules:
            if rule.language == language:
                hits = re.finditer(rule.pattern, piece, re.MULTILINE)
                found += [(piece.count("\n", 0, hit.start()) + 1, rule.reason) for hit in hits]
        if language == "css":
            found += [(line, "CSS nesting came with Chrome 112") for line in nested_rules(piece)]
    return sorted(found)


def our_files() -> list[Path]:
    """Return our own style sheets, scripts and templates."""
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in SUFFIXES
        and {"static", "templates"} & set(path.parts)
        and not {"vendor", "node_modules"} & set(path.parts)
    )


def test_nothing_newer_than_chrome_109() -> None:
    complaints = []
    for path in our_files():
        name = path.relative_to(ROOT).as_posix()
        is_plain = name.startswith(KIOSK_FOLDERS) and name not in ASKS_FIRST
        hits = findings(path.suffix, path.read_text("utf-8"), on_kiosk=is_plain)
        complaints += [f"{name}:{line}: {reason}" for line, reason in hits]
    assert complaints == []


def test_the_scan_reads_the_shared_style_sheets() -> None:
    assert set((ROOT / "cat_server/web/static").glob("*.css")) < set(our_files())


@pytest.mark.parametrize(
    ("suffix", "text", "line"),
    [
        (".css", ".a {\n  color: red;\n  .b { color: blue; }\n}", 3),
        (".css", ".a {\n  &:hover { color: blue; }\n}", 2),
        (".css", ".a {\n  @media print { color: blue; }\n}", 2),
        (".css", "\n.a { color: color-mix(in srgb, red, blue); }", 2),
        (".css", ".a { color: light-dark(black, white); }", 1),
        (".css", ".a { text-wrap: balance; }", 1),
        (".css", ".a { color: oklch(50% 0.1 20); }", 1),
        (".css", ".a { grid-template-rows: subgrid; }", 1),
        (".css", ".a { mask-image: url(x.svg); }", 1),
        (".css", "@starting-style { .a { opacity: 0; } }", 1),
        (".html", "<p>\n<div id=x popover>", 2),
        (".html", "<button popovertarget=x>", 1),
        (".html", "<p>\n<script>\nlist.toSorted()\n</script>", 3),
        (".html", "<style>\n.a { scrollbar-width: thin; }</style>", 2),
        (".js", "const b = a.toReversed();", 1),
        (".js", "const b = a.with(0, 1);", 1),
        (".js", "Object.groupBy(a, f);", 1),
        (".js", "const { promise } = Promise.withResolvers();", 1),
        (".js", "const c = a.union(b);", 1),
        (".js", "const p = /[a--b]/v;", 1),
        (".js", "\nawait Array.fromAsync(a);", 2),
        (".js", "  using file = open();", 1),
        (".js", "import data from './a.json' with { type: 'json' };", 1),
        (".js", "if (URL.canParse(x)) go();", 1),
        (".js", "crypto.subtle.digest('SHA-256', x)", 1),
        (".js", "const id = crypto.randomUUID();", 1),
        (".js", "navigator.serviceWorker.register('/x')", 1),
        (".js", "navigator.locks.request('a', f)", 1),
    ],
)
def test_the_scan_finds(suffix: str, text: str, line: int) -> None:
    assert [found for found, _ in findings(suffix, text, on_kiosk=True)] == [line]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".css", "@media print {\n  .a { color: red; }\n  .b { color: blue; }\n}"),
        (".css", "@keyframes x { from { opacity: 0; } to { opacity: 1; } }"),
        (".css", "/* color-mix( is too new */ .a { -webkit-mask-image: none; accent-color: red; }"),
        (".css", "@font-face { font-family: x; src: url(a.woff2) }\n@page { margin: 20mm; }"),
        (".css", ".a { border-color: red; background: linear-gradient(red, blue); }"),
        (".js", "const b = structuredClone(a); // not toSorted()"),
        (".js", "fetch('/static/v.js'); const q = a / b / v;"),
        (".js", "crypto.getRandomValues(new Uint8Array(16)); a.find(b); text.startsWith('x', 1);"),
        (".html", "<p>popover is a word</p>{# <div popover> #}"),
    ],
)
def test_the_scan_lets_pass(suffix: str, text: str) -> None:
    assert findings(suffix, text, on_kiosk=True) == []


def test_secure_context_rules_hold_for_kiosks_only() -> None:
    text = "navigator.clipboard.writeText('x')"
    assert findings(".js", text, on_kiosk=True)
    assert not findings(".js", text, on_kiosk=False)
