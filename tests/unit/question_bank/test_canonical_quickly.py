"""The quick way of `cjson/1` writes exactly what the slow way writes."""

from __future__ import annotations

import json
import unicodedata
from enum import IntEnum, StrEnum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from question_bank.canonical import LARGEST_INTEGER, NotCanonicalError, Record, cjson, cjson_of

texts = some.text(some.characters(exclude_categories=["Cs"]))
plain_texts = some.text(some.characters(max_codepoint=127))
integers = some.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
values = some.recursive(
    some.none() | some.booleans() | integers | texts | plain_texts,
    lambda inner: (
        some.lists(inner) | some.lists(inner).map(tuple) | some.dictionaries(plain_texts, inner, max_size=6)
    ),
    max_leaves=12,
)


def slowly(value: Any) -> bytes:
    def normal(each: Any) -> Any:
        if isinstance(each, str):
            return unicodedata.normalize("NFC", each)
        if isinstance(each, list | tuple):
            return [normal(inner) for inner in each]
        if isinstance(each, dict):
            return {key: normal(inner) for key, inner in each.items()}
        return each

    return json.dumps(normal(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@given(values)
def test_any_value_is_written_alike(value: Any) -> None:
    assert cjson(value) == slowly(value)


def test_every_sign_is_escaped_alike() -> None:
    for code in range(0x180):
        assert cjson({"text": chr(code)}) == slowly({"text": chr(code)}), hex(code)


class Kind(StrEnum):
    SAVED = "saved"


class Number(IntEnum):
    ONE = 1


def test_enums_are_what_they_stand_for() -> None:
    assert cjson({"kind": Kind.SAVED, "number": Number.ONE}) == b'{"kind":"saved","number":1}'


@pytest.mark.parametrize(
    "value", [1.5, [0.0], {"a": {"b": 2.0}}, 2**53, [-(2**53)], {"ä": 1}, {1: 2}, {"a": b"x"}, {"a": {1, 2}}]
)
def test_what_has_no_canonical_form_is_refused_at_any_depth(value: Any) -> None:
    with pytest.raises(NotCanonicalError):
        cjson(value)


class Inner(Record, frozen=True):
    id: str
    kind: str


class Outer(Record, frozen=True):
    actor: Inner
    body: msgspec.Raw
    clock_ms: int | None
    name: str
    parts: tuple[str, ...]


@given(texts, some.dictionaries(plain_texts, integers | texts, max_size=4), integers | some.none())
def test_a_record_is_written_like_the_dictionary_of_its_fields(
    text: str, body: dict[str, Any], clock_ms: int | None
) -> None:
    record = Outer(Inner(text, "k"), msgspec.Raw(cjson(body)), clock_ms, text, (text, "b"))
    plain = {
        "actor": {"id": text, "kind": "k"},
        "body": body,
        "clock_ms": clock_ms,
        "name": text,
        "parts": [text, "b"],
    }
    assert cjson_of(record) == slowly(plain)


def test_a_record_whose_fields_are_out_of_order_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="order"):

        class Unordered(Record, frozen=True):
            b: int
            a: int
