"""Item text as safe HTML: an allow-list, and nothing that a text without tags would lose."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

import nh3


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALLOWED_TAGS = _names(
    "b br blockquote code col colgroup em i li ol p pre s small span strong sub sup table tbody td tfoot th thead"
    " tr u ul"
)
_ALLOWED_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_CONTENT_GOES_TOO = frozenset(
    {"script", "style", "iframe", "object", "noscript", "template", "textarea", "title"}
)
_RENAMED = {
    "caption": "p",
    "center": "p",
    "del": "s",
    "div": "p",
    "ins": "u",
    "strike": "s",
    "tt": "code",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "p"),
}

IMAGE_TAGS = frozenset(
    {"img", "svg", "picture", "video", "audio", "canvas", "object", "embed", "iframe", "math", "image"}
)
"""Tags whose meaning would be lost with them: a text that has one is refused rather than cleaned."""

_OTHER_TAGS = _names(
    "a abbr acronym address applet area article aside base basefont bdi bdo big body button caption center cite"
    " data datalist dd del details dfn dialog dir div dl dt fieldset figcaption figure font footer form frame frameset"
    " h1 h2 h3 h4 h5 h6 head header hgroup hr html input ins kbd label legend link main map mark marquee menu meta"
    " meter nav noscript optgroup option output param progress q rp rt ruby samp script search section select source"
    " strike style summary template textarea time title track tt var wbr"
)
_KNOWN_TAGS = ALLOWED_TAGS | IMAGE_TAGS | _OTHER_TAGS
_NEEDS_END = frozenset({"a", "b", "i", "q", "s", "u"})
"""One-letter tags that are read as text where no end tag follows, as in `a<b>c`."""
_BREAKS = _names("blockquote br li ol p pre table td th tr ul")

_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]*)
        (?P<attributes>(?:[\s/]+[^\s<>/="']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]*))?)*)[\s/]*>""",
    re.VERBOSE,
)
_COMMENT = re.compile(
    r"<!--(?:(?!<!--).)*?-->|<!DOCTYPE[^<>]*>|<\?xml[^<>]*\?>|<!\[CDATA\[", re.DOTALL | re.IGNORECASE
)
_BARE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")
_PICTURE = re.compile(r"<svg[ >].*?</svg>|<img [^>]*>", re.DOTALL)
"""A picture in cleaned HTML, where `<` and `>` within texts and attributes are entities."""
_PICTURE_NAME = re.compile(r'(?:aria-label|alt)="([^"]*)"|<title>([^<]*)</title>')
_ANY_TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_BOOLEAN_ATTRIBUTES = frozenset(
    {
        "async",
        "autofocus",
        "autoplay",
        "checked",
        "controls",
        "defer",
        "disabled",
        "hidden",
        "loop",
        "muted",
        "nowrap",
    }
    | {"noshade", "open", "readonly", "required", "reversed", "selected"}
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Safe HTML, and what was left out of it: tags that are not allowed, and images, which lose their meaning."""

    html: str
    removed: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def clean(text: str) -> Cleaned:
    """Return `text`, plain or HTML, as HTML that is safe to put on a page.

    Only what is a known tag counts as one: `&`, `x<5` and `a<b dan c>d` stay text. Line breaks of a text without
    block tags become `<br>`.
    """
    tags: set[str] = set()
    prepared = _escape_what_is_text(_tidy(text), tags)
    if not {_RENAMED.get(tag, tag) for tag in tags} & _BREAKS:
        prepared = prepared.strip().replace("\n", "<br>")
    cleaned = nh3.clean(
        prepared,
        tags=set(ALLOWED_TAGS),
        clean_content_tags=set(_CONTENT_GOES_TOO),
        attributes={name: set(names) for name, names in _ALLOWED_ATTRIBUTES.items()},
        attribute_filter=_small_number,
        link_rel=None,
    )
    cleaned = unicodedata.normalize("NFC", keep_marks_off_tags(cleaned.replace("&nbsp;", "\u00a0"))).strip()
    images = tags & IMAGE_TAGS
    removed = tags - ALLOWED_TAGS - IMAGE_TAGS - _RENAMED.keys()
    return Cleaned(cleaned, tuple(sorted(removed)), tuple(sorted(images)))


def plain(cleaned_html: str) -> str:
    """Return cleaned HTML as the text a reader sees on one line: NFC, white space folded; `^` and `_` before sup, sub."""
    pictured = _PICTURE.sub(_picture_in_words, cleaned_html)
    marked = re.sub(r"<su([pb])>", lambda found: "^" if found[1] == "p" else "_", pictured)
    spaced = _ANY_TAG.sub(lambda found: " " if found[2] in _BREAKS else "", marked)
    return " ".join(unicodedata.normalize("NFC", html.unescape(spaced)).split())


def folded(cleaned_html: str) -> str:
    """Return the plain text without regard to case, pictures by what they show: what duplicates are compared by."""
    pictured = _PICTURE.sub(lambda found: f" [{sha256(found[0].encode()).hexdigest()[:32]}] ", cleaned_html)
    return " ".join(unicodedata.normalize("NFC", plain(pictured).casefold()).split())


def has_picture(cleaned_html: str) -> bool:
    """Tell whether cleaned HTML holds a drawing or a picture file."""
    return _PICTURE.search(cleaned_html) is not None


def _picture_in_words(found: re.Match[str]) -> str:
    named = _PICTURE_NAME.search(found[0])
    return f" ▣ {named[1] or named[2] or ''} " if named else " ▣ "


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return _COMMENT.sub("", text.replace("\u200b", "").replace("\ufeff", ""))


def _escape_what_is_text(text: str, tags: set[str]) -> str:
    """Escape every `<` that starts no known tag and every `&` that starts no entity; note the tags in `tags`."""
    parts: list[str] = []
    position = 0
    lower = text.lower()
    for found in _TAG.finditer(text):
        name = found["name"].lower()
        if not _is_tag(found, name, lower):
            continue
        tags.add(name)
        parts.append(_escape(text[position : found.start()]))
        parts.append(f"<{found['end']}{_RENAMED[name]}>" if name in _RENAMED else found[0])
        position = found.end()
    parts.append(_escape(text[position:]))
    return "".join(parts)


def _is_tag(found: re.Match[str], name: str, lower: str) -> bool:
    if name not in _KNOWN_TAGS:
        return False
    if name in _NEEDS_END and not found["end"] and lower.find(f"</{name}", found.end()) < 0:
        return False
    words = (
        re.sub(r"""=\s*(?:"[^"]*"|'[^']*'|[^\s]*)""", "=", found["attributes"])
        .replace("/", " ")
        .lower()
        .split()
    )
    return all("=" in word or word in _BOOLEAN_ATTRIBUTES for word in words)


def _escape(text: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _small_number(_tag: str, _attribute: str, value: str) -> str | None:
    return value if re.fullmatch("[1-9][0-9]?", value) else None


def keep_marks_off_tags(cleaned: str) -> str:
    """Write a combining mark behind a tag as an entity: NFC would melt it into the tag's `>`, as U+0338 does."""
    return re.sub(
        ">(.)",
        lambda found: f">&#x{ord(found[1]):x};" if unicodedata.combining(found[1]) else found[0],
        cleaned,
        flags=re.DOTALL,
    )
