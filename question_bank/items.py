"""Items, and apart from them what must never reach a kiosk: keys and statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEDIA_PREFIX = "sha256:"
"""What stands before the hash in the `src` of a picture file in cleaned HTML."""


class ItemKind(StrEnum):
    """How an item is answered. `MULTIPLE` takes several options, the others as their names say."""

    CHOICE = "choice"
    MULTIPLE = "multiple"
    TEXT = "text"
    NUMERIC = "numeric"
    ORDER = "order"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer option. `html` is cleaned; ids `o1..on` are in hash order, so they say nothing about the key."""

    option_id: str
    html: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item without its key. `options` are in `option_id` order; `source_order` keeps the author's order."""

    item_id: str
    version: int
    kind: ItemKind
    section: str
    topic: str
    subtopic: str
    stem: str
    options: tuple[Option, ...]
    source_order: tuple[str, ...]
    shuffle: bool = True
    enemies: tuple[str, ...] = ()
    stimulus_id: str = ""
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A text or figure that several items share."""

    stimulus_id: str
    html: str


@dataclass(frozen=True, slots=True)
class Bank:
    """An item bank as a kiosk may know it: no keys, no statistics. `media` maps SHA-256 (hex) to bytes."""

    bank_id: str
    title: str
    items: tuple[Item, ...]
    stimuli: tuple[Stimulus, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemKey:
    """The key of one item: `correct` responses for keyed items, or `points` by option for graded ones.

    `correct` is a response as in design 13 (a list of strings); `points` are micropoints.
    """

    correct: tuple[str, ...] = ()
    points: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeySheet:
    """Keys by item id. `salt` (hex, 128 bits) keeps `keys_hash` from being guessed."""

    bank_id: str
    keys: Mapping[str, ItemKey]
    salt: str


@dataclass(frozen=True, slots=True)
class IrtParameters:
    """Parameters of an item response model in millionths: 2PL or 3PL, or with `steps` the partial credit model.

    `a` is the slope, `b` the location in logits, `c` the chance of guessing right; `steps` are the offsets of a graded
    item's steps from `b`. Errors are standard errors of estimate, 0 where unknown.
    """

    a_micro: int
    b_micro: int
    c_micro: int = 0
    steps_micro: tuple[int, ...] = ()
    a_error_micro: int = 0
    b_error_micro: int = 0


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What is known of an item's difficulty, and from how many `responses`.

    `label` is an expert's estimate: `easy`, `medium`, `hard` or empty. `p_micro` is the mean score as a share of the
    highest, in millionths. `group_means_micro` are mean raw scores (one for a right answer, or the points of the
    option) within groups of earlier participants of equal size, from the weakest to the strongest.
    `seconds` is the expected time.
    """

    label: str = ""
    p_micro: int | None = None
    responses: int = 0
    irt: IrtParameters | None = None
    group_means_micro: tuple[int, ...] = ()
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics by item id; items not named have none."""

    bank_id: str
    items: Mapping[str, ItemStatistics] = field(default_factory=dict)
