"""Points as people read and write them."""

from __future__ import annotations

from question_bank.blueprint import MICROPOINTS

_DIGITS = 6


def points_text(micropoints: int, digits: int | None = None) -> str:
    """Return micropoints as a decimal string with `digits` decimals (0 to 6), rounded half up once.

    Half up means away from zero at exactly half for positive amounts and towards zero for negative ones, so that a
    lower amount is never shown above a higher one. Without `digits` the text is exact and as short as possible.

    Raises:
        ValueError: `digits` is not from 0 to 6.
    """
    if digits is not None and not 0 <= digits <= _DIGITS:
        raise ValueError(f"digits: {digits}")
    places = _DIGITS if digits is None else digits
    unit = MICROPOINTS // 10**places
    rounded = (2 * micropoints + unit) // (2 * unit)
    whole, fraction = divmod(abs(rounded), 10**places)
    text = f"{whole}.{fraction:0{places}d}" if places else str(whole)
    if digits is None:
        text = text.rstrip("0").rstrip(".")
    return f"-{text}" if rounded < 0 else text
