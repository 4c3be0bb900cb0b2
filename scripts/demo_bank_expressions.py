"""The value of an arithmetic expression as Indonesian texts write it: `25% dari 640`, `2½ × 1⅗`, `√0,0625 + 3²`."""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction

_TOKEN = re.compile(
    r"\d+/\d+|\d+(?:\.\d{3})*(?:,\d+)?[½⅓¼⅔¾⅕⅖⅗⅘]?|[½⅓¼⅔¾⅕⅖⅗⅘]|ditambah|dikurangi|dari|[+−×÷()√²³%]"
)
_VULGAR = "½⅓¼⅔¾⅕⅖⅗⅘"


def value_of(text: str) -> Fraction:
    """Return the exact value.

    Raises:
        ValueError: the text is no such expression, or a root is not rational.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != "".join(text.split()):
        raise ValueError(f"no expression: {text}")
    value = _sum(tokens)
    if tokens:
        raise ValueError(f"no expression: {text}")
    return value


def _sum(tokens: list[str]) -> Fraction:
    value = _product(tokens)
    while tokens and tokens[0] in {"+", "−", "ditambah", "dikurangi"}:
        sign = 1 if tokens.pop(0) in {"+", "ditambah"} else -1
        value += sign * _product(tokens)
    return value


def _product(tokens: list[str]) -> Fraction:
    value = _power(tokens)
    while tokens and tokens[0] in {"×", "÷", "dari"}:
        if tokens.pop(0) == "÷":
            value /= _power(tokens)
        else:
            value *= _power(tokens)
    return value


def _power(tokens: list[str]) -> Fraction:
    if tokens and tokens[0] == "√":
        tokens.pop(0)
        return _root(_atom(tokens))
    value = _atom(tokens)
    while tokens and tokens[0] in {"²", "³", "%"}:
        value = {"²": value**2, "³": value**3, "%": value / 100}[tokens.pop(0)]
    return value


def _atom(tokens: list[str]) -> Fraction:
    if not tokens:
        raise ValueError("the expression breaks off")
    sign = tokens.pop(0)
    if sign == "(":
        value = _sum(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("a bracket is not closed")
        return value
    if "/" in sign:
        return Fraction(sign)
    digits = sign.rstrip(_VULGAR)
    whole = Fraction(digits.replace(".", "").replace(",", ".")) if digits else Fraction(0)
    part = sign[len(digits) :]
    return whole + (Fraction(unicodedata.numeric(part)).limit_denominator(100) if part else 0)


def _root(value: Fraction) -> Fraction:
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    if root**2 != value:
        raise ValueError(f"{value} has no rational root")
    return root
