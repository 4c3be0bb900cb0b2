"""The values of single cells: points, keys, difficulty, yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from question_bank.blueprint import MICROPOINTS
from question_bank.markup import folded, plain

_POINTS = re.compile(r"([+-]?)([0-9]{1,6})(?:[.,]([0-9]{1,6}))?")
_DIFFICULTY = {
    **dict.fromkeys(("mudah", "easy", "gampang", "rendah", "low"), "easy"),
    **dict.fromkeys(("sedang", "medium", "moderate", "menengah", "cukup", "intermediate"), "medium"),
    **dict.fromkeys(("sulit", "sukar", "susah", "hard", "difficult", "tinggi", "high"), "hard"),
}
_YES = frozenset({"ya", "y", "yes", "true", "1", "benar", "acak", "diacak", "boleh"})
_NO = frozenset({"tidak", "t", "tdk", "no", "n", "false", "0", "salah", "jangan", "tetap"})
_BREAKS_SHUFFLING = re.compile(
    r"(semua|seluruh|tidak ada|bukan)( \w+)? ?(jawaban|pilihan|opsi)?.{0,12}( di ?atas|(jawaban|pilihan|opsi).* (benar|salah))"
    r"|^(semua|seluruhnya) (benar|salah)\b|^(jawaban |pilihan |opsi )?[a-e](, ?[a-e])*,? (dan|and|atau|or) [a-e]\b"
    r"|(all|none|both|neither) of the above|all of these"
)


def points_of(text: str) -> int | None:
    """Return decimal points (`2`, `2,5`, `2.5`) as micropoints; None where the text is no such number."""
    found = _POINTS.fullmatch(unicodedata.normalize("NFKC", text).strip().replace("−", "-"))
    if not found:
        return None
    micropoints = int(found[2]) * MICROPOINTS + int((found[3] or "").ljust(6, "0"))
    return -micropoints if found[1] == "-" else micropoints


def difficulty_of(text: str) -> str | None:
    """Return `easy`, `medium`, `hard`, empty for an empty text, and None for any other word."""
    word = " ".join(text.casefold().split())
    return _DIFFICULTY.get(word) if word else ""


def yes_or_no(text: str) -> bool | None:
    """Return what a cell says about a yes-or-no matter, None where it says neither."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def key_letters(text: str, options: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Return the letters that a key names, or a problem's code.

    `options` are the item's options (cleaned HTML) by letter. A key is one letter, several (`A,C`, `A dan C`), a
    number counted from 1, or the whole text of one option.
    """
    normal = unicodedata.normalize("NFKC", text).strip()
    whole = [
        letter for letter, html in options.items() if folded(html) == " ".join(normal.casefold().split())
    ]
    tokens = [
        each.strip("().[]") for each in re.split(r"[,;/&+|\s]+|\b(?:dan|and)\b", normal, flags=re.IGNORECASE)
    ]
    letters = [_letter(each, tuple(options)) for each in tokens if each]
    named = tuple(sorted({letter for letter in letters if letter}))
    if letters and all(letters):
        is_number = any(token.isdecimal() for token in tokens)
        return ((), "bank_key_ambiguous") if is_number and whole and tuple(whole) != named else (named, "")
    return (tuple(whole), "") if len(whole) == 1 else ((), "bank_key_not_an_option")


def fixes_the_order(option_html: str) -> bool:
    """Tell whether an option speaks of the others by place, as "semua jawaban di atas benar" does."""
    return _BREAKS_SHUFFLING.search(plain(option_html).casefold()) is not None


def _letter(token: str, letters: tuple[str, ...]) -> str:
    if token.isdecimal():
        place = int(token) if len(token) < 3 else 0
        return letters[place - 1] if 1 <= place <= len(letters) else ""
    return token.upper() if token.upper() in letters else ""
