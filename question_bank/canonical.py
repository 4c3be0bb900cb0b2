"""Canonical JSON (`cjson/1`) and domain-separated hashes."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = "bool | int | str | list[Json] | tuple[Json, ...] | dict[str, Json] | None"

LARGEST_INTEGER = 2**53 - 1

_CONTAINERS = (dict, list, tuple)
_encode = msgspec.json.Encoder(order="sorted").encode
_encode_record = msgspec.json.Encoder().encode
"""Writes what is plain and ASCII byte for byte as the slow way does; an answer is encoded three times while it is saved."""


class NotCanonicalError(ValueError):
    """A value has no `cjson/1` form: a float, a too large integer, or a key that is not ASCII text."""


def cjson(value: Json) -> bytes:
    """Return the one `cjson/1` encoding of `value`.

    UTF-8, NFC, ASCII keys sorted, no spaces, integers below 2^53, no floats.

    Raises:
        NotCanonicalError: the value has no canonical form.
    """
    if _is_plain(value):
        encoded = _encode(value)
        if encoded.isascii():  # then every text is NFC already, and every key is ASCII
            return encoded
    return json.dumps(_normalised(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class Record(msgspec.Struct, frozen=True):
    """Content with typed fields: its types stand for the checks that `cjson` makes of a plain dictionary."""

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - options of the struct
        """Refuse fields that are not declared in the order in which they are written."""
        super().__init_subclass__(**options)
        names = list(cls.__annotations__)
        if names != sorted(names):
            raise TypeError(f"fields of {cls.__name__} are not in the order of their names")


def cjson_of(record: Record) -> bytes:
    """Return the `cjson/1` encoding of a record; a field of type `msgspec.Raw` holds what is encoded already."""
    encoded = _encode_record(record)
    return encoded if encoded.isascii() else cjson(json.loads(encoded))


def digest(kind: str, content: bytes) -> str:
    r"""Return the SHA-256 of `"cat/<kind>\n" + content` in hex; `kind` names type and version, as `ledger/1`."""
    return hashlib.sha256(_tag(kind) + content).hexdigest()


def tagged(kind: str, content: bytes) -> bytes:
    """Return `content` behind its type tag: what is hashed or signed."""
    return _tag(kind) + content


@lru_cache(maxsize=64)
def _tag(kind: str) -> bytes:
    return f"cat/{kind}\n".encode()


def _is_plain(value: Json) -> bool:
    """Tell whether `value` consists of exactly the types below, integers in range; subclasses take the slow way."""
    inner: Iterable[object] = (value,)
    if type(value) is dict:
        inner = value.values()
        for key in value:
            if type(key) is not str:
                return False
    elif type(value) is list or type(value) is tuple:
        inner = value
    for each in inner:
        kind = type(each)
        if kind is str or kind is bool or each is None:
            continue
        if kind is int:
            if not -LARGEST_INTEGER <= each <= LARGEST_INTEGER:  # type: ignore[operator]  # an int, as just seen
                return False
        elif kind not in _CONTAINERS or not _is_plain(each):  # type: ignore[arg-type]  # a container, as just seen
            return False
    return True


def _normalised(value: Json) -> Json:
    match value:
        case None | bool():
            return value
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise NotCanonicalError(f"integer out of range: {value}")
            return int(value)
        case str():
            return unicodedata.normalize("NFC", value)
        case list() | tuple():
            return [_normalised(each) for each in value]
        case dict():
            for key in value:
                if not isinstance(key, str) or not key.isascii():
                    raise NotCanonicalError(f"key is not ASCII text: {key!r}")
            return {key: _normalised(each) for key, each in value.items()}
    raise NotCanonicalError(f"no canonical form for {type(value).__name__}")
