"""What a roster says of a person, checked field by field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,31}")
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_WORDS = re.compile(r"(\d{1,2})[- ]([A-Za-z]+)[- ](\d{4})")
_MONTHS = {
    name: number
    for names in (
        "januari februari maret april mei juni juli agustus september oktober november desember",
        "january february march april may june july august september october november december",
        "jan feb mar apr mei jun jul agu sep okt nov des",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
}
OLDEST_YEAR = 1920
LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """A person as read from a roster; dates are ISO, `accommodation` holds codes separated by spaces."""

    participant_number: str
    name: str
    nik: str = ""
    birth_date: str = ""
    agency: str = ""
    position: str = ""
    formation: str = ""
    category: str = ""
    accommodation: str = ""


def number_problem(text: str) -> str:
    """Return the code of what is wrong with a participant number, empty if nothing."""
    if not text:
        return "roster_number_missing"
    if _ROUNDED.fullmatch(text):
        return "roster_number_rounded"
    return "" if _NUMBER.fullmatch(text) else "roster_number_malformed"


def name_problem(text: str) -> str:
    """Return the code of what is wrong with a name, empty if nothing."""
    if not text:
        return "roster_name_missing"
    if not text.isprintable() or "\ufffd" in text:
        return "roster_text_broken"
    return "roster_text_too_long" if len(text) > LONGEST_TEXT else ""


def text_problem(text: str) -> str:
    """Return the code of what is wrong with an optional text, empty if nothing."""
    return name_problem(text) if text else ""


def nik_problem(text: str) -> str:
    """Return the code of what is wrong with a national id number (16 digits or empty), empty if nothing."""
    if _ROUNDED.fullmatch(text):
        return "roster_nik_rounded"
    return "" if re.fullmatch(r"(\d{16})?", text, re.ASCII) else "roster_nik_malformed"


def parse_birth_date(text: str, last_year: int) -> str | None:
    """Return a date as ISO (day first where it is numbers), empty for none, None where it is no date of birth."""
    if not text:
        return ""
    if found := _ISO.fullmatch(text):
        year, month, day = (int(each) for each in found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(each) for each in found.groups())
    elif found := _WORDS.fullmatch(text):
        day, month, year = int(found[1]), _MONTHS.get(found[2].lower(), 0), int(found[3])
    else:
        return None
    try:
        return date(year, month, day).isoformat() if OLDEST_YEAR <= year <= last_year else None
    except ValueError:
        return None
