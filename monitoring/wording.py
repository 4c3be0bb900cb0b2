"""Times and durations as officers read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from babel.dates import format_date

from question_bank.messages import Catalogue


def clock_time(at_ms: int | None, zone: tzinfo) -> str:
    """Return an instant as `10:42:07` in the site's zone, a dash where there is none."""
    return "–" if at_ms is None else f"{_local(at_ms, zone):%H:%M:%S}"


def date_and_time(at_ms: int | None, zone: tzinfo, language: str) -> str:
    """Return an instant as `Senin, 3 November 2026, 08:00`, "" where there is none."""
    if at_ms is None:
        return ""
    local = _local(at_ms, zone)
    day = format_date(local.date(), "EEEE, d MMMM y", locale=language)
    return f"{day}, {local:%H:%M}"


def written_date(iso_date: str, language: str) -> str:
    """Return `1999-01-31` as `31 Januari 1999`; what is no such date stays as it is."""
    try:
        return str(format_date(date.fromisoformat(iso_date), "d MMMM y", locale=language))
    except ValueError:
        return iso_date


def duration(milliseconds: int) -> str:
    """Return a duration as `01:12:45`, whole seconds, rounded up so that 0 means over."""
    seconds = -(-max(0, milliseconds) // 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def minutes_text(milliseconds: int) -> str:
    """Return a span as minutes, `5` or `1:30`, with a real minus sign where it was taken back."""
    minutes, rest = divmod(abs(milliseconds), 60_000)
    sign = "−" if milliseconds < 0 else ""
    return f"{sign}{minutes}" if not rest else f"{sign}{minutes}:{rest // 1000:02d}"


def masked(name: str) -> str:
    """Return a name with only the first letter of each word: `Andi Saputra` becomes `A••• S••••••`."""
    return " ".join(word[0] + "•" * min(len(word) - 1, 6) for word in name.split())


def _local(at_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, tz=zone)


def zone_ms(at_ms: int, zone: tzinfo) -> int:
    """Return how far the site's zone is ahead of UTC, for clocks that browsers draw."""
    ahead = _local(at_ms, zone).utcoffset()
    return int(ahead.total_seconds() * 1000) if ahead else 0


class _Placeholders(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"

    def __bool__(self) -> bool:
        return True


def pattern(catalogue: Catalogue, language: str, code: str) -> str:
    """Return a message with its placeholders left in, for scripts that fill them in themselves."""
    return catalogue.text(language, code, _Placeholders())


def words(catalogue: Catalogue, language: str, codes: Iterable[str]) -> dict[str, str]:
    """Return the messages of these codes as patterns."""
    return {code: pattern(catalogue, language, code) for code in codes}
