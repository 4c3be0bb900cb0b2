"""The language of a paper: its sentences, and how it writes days, times and durations."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import cache

from babel.dates import format_date

from cat_server.results.date_words import date_in_words
from question_bank.messages import Catalogue

NOTHING = "–"


class PaperWords:
    """Texts in one language; instants are shown in the site's zone."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self.zone = zone
        self._catalogue = _catalogue()
        self._codes = self._catalogue.codes(language)

    def text(self, code: str, /, **params: str | int) -> str:
        """Return a message of the papers, `paper_` left out of its code."""
        return self._catalogue.text(self.language, f"paper_{code}", params)

    def named(self, family: str, code: str) -> str:
        """Return the name of a code of some family, such as a state; an unknown code is shown as it is."""
        key = f"{family}_{code}"
        return self._catalogue.text(self.language, key) if key in self._codes else code

    def nil(self, text: str) -> str:
        """Return a text, or the word that says that there is nothing to say."""
        return text or self.text("nil")

    def day(self, at_ms: int | None) -> str:
        """Return `Jumat, 27 November 2026`."""
        if at_ms is None:
            return NOTHING
        return str(format_date(self.date_of(at_ms), "EEEE, d MMMM y", locale=self.language))

    def date_of(self, at_ms: int) -> date:
        """Return the calendar day at the site."""
        return self._local(at_ms).date()

    def day_in_words(self, at_ms: int) -> str:
        """Return the day in words, with the digits behind it in brackets."""
        day = self.date_of(at_ms)
        return f"{date_in_words(day, self.language)} ({day:%d-%m-%Y})"

    def clock(self, at_ms: int | None) -> str:
        """Return `08.00.07 WIB` (English: `08:00:07 WIB`), a dash where there is no instant."""
        if at_ms is None:
            return NOTHING
        local = self._local(at_ms)
        digits = f"{local:%H:%M:%S}"
        return (
            f"{digits.replace(':', '.') if self.language == 'id' else digits} {local.tzname() or ''}".strip()
        )

    def moment(self, at_ms: int | None) -> str:
        """Return the day in digits and the clock."""
        return NOTHING if at_ms is None else f"{self._local(at_ms):%d-%m-%Y} {self.clock(at_ms)}"

    def duration(self, milliseconds: int | None) -> str:
        """Return `1 jam 40 menit 5 detik` without the parts that are zero."""
        if milliseconds is None:
            return NOTHING
        seconds = abs(milliseconds) // 1000
        parts = (("hours", seconds // 3600), ("minutes", seconds // 60 % 60), ("seconds", seconds % 60))
        told = [self.text(name, count=count) for name, count in parts if count]
        text = " ".join(told) or self.text("seconds", count=0)
        return f"−{text}" if milliseconds < 0 else text

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, tz=self.zone)


@cache
def _catalogue() -> Catalogue:
    return Catalogue("cat_server")
