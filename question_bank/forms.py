"""A form: what one seat gets, item by item and option by option. It names ids only, never a key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from sys import intern

import msgspec

from question_bank.canonical import cjson, digest

FORM_VERSION = 1


@dataclass(frozen=True, slots=True)
class FormItem:
    """One place on a form: the item, the block and section it counts for, and its options in the order shown."""

    item_id: str
    block: str
    section: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One paper. The position of an item is its index plus one. `engine` names the drawing rules and their version."""

    engine: str
    items: tuple[FormItem, ...]
    v: int = FORM_VERSION

    @property
    def encoded(self) -> bytes:
        """The form as `cjson/1`: the bytes that are stored and hashed."""
        return cjson(
            {
                "v": self.v,
                "engine": self.engine,
                "items": [
                    {
                        "item_id": each.item_id,
                        "block": each.block,
                        "section": each.section,
                        "options": list(each.options),
                    }
                    for each in self.items
                ],
            }
        )

    @property
    def hash(self) -> str:
        """SHA-256 of the form in hex."""
        return digest("form/1", self.encoded)

    @property
    def item_ids(self) -> frozenset[str]:
        """The form's items as a set, without their order."""
        return frozenset(each.item_id for each in self.items)

    @classmethod
    def decode(cls, encoded: bytes) -> Form:
        """Return the form that these bytes encode.

        Raises:
            ValueError: the bytes are not a form of this version.
        """
        try:
            content = _decode(encoded)
        except msgspec.MsgspecError as error:
            raise ValueError("not a form") from error
        if content.v != FORM_VERSION:
            raise ValueError(f"not a form of version {FORM_VERSION}")
        items = tuple(
            FormItem(intern(each.item_id), intern(each.block), intern(each.section), _shared(each.options))
            for each in content.items
        )
        return cls(content.engine, items, content.v)


class _Item(msgspec.Struct):
    item_id: str
    block: str
    section: str
    options: tuple[str, ...]


class _Content(msgspec.Struct):
    v: int
    engine: str
    items: tuple[_Item, ...]


_decode = msgspec.json.Decoder(_Content).decode


@lru_cache(maxsize=4_096)
def _shared(options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options as a tuple that all items with the same order share: thousands of forms are kept at once."""
    return tuple(map(intern, options))


@dataclass(frozen=True, slots=True)
class FormSet:
    """All forms of one drawing and the inputs it can be re-derived from, except the seed, which is only committed to.

    `forms[0]` is form number 1; the last `spares` forms belong to no seat yet. `inputs` are the public inputs.
    """

    engine: str
    blueprint_hash: str
    items_hash: str
    keys_hash: str
    stats_hash: str
    seed_commitment: str
    seats: int
    spares: int
    forms: tuple[Form, ...]
    inputs: bytes = b""

    @property
    def hashes(self) -> list[str]:
        """The hashes of all forms, in the order of their numbers."""
        return [each.hash for each in self.forms]
