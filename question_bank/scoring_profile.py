"""A scoring profile: the rules of one kind of exam as data, with the number of the decree they come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Literal, TypeAlias

from question_bank.blueprint import Block, Graded, Keyed, Quota, Section
from question_bank.canonical import Json, cjson, digest

EVERY_CATEGORY = "*"
"""In a threshold set: every category that no other set names, and participants without one."""

LateStart: TypeAlias = Literal["refuse", "full_time", "remaining_time"]
Scoreboard: TypeAlias = Literal["live", "delayed", "progress", "off"]
Masking: TypeAlias = Literal["none", "partial", "number"]
KioskBinding: TypeAlias = Literal["enrolled", "open"]
RankingOrder: TypeAlias = Literal["total", "none"]

TWO_PERSON_ACTIONS = (
    "grant_time",
    "force_finish",
    "move_seat",
    "disqualify",
    "annul_item",
    "accept_quarantined",
)
"""Actions that a profile may bind to a second officer's approval."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The sum of the named sections must reach `minimum` micropoints; equality passes."""

    sums: tuple[str, ...]
    minimum: int


@dataclass(frozen=True, slots=True)
class ThresholdSet:
    """What a participant of one of these formation categories must reach, all of it (domain.md 1.4)."""

    categories: tuple[str, ...]
    all: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Accommodation:
    """Extra time by right, in milliseconds per block (in the order of `Profile.blocks`).

    `categories` are the formation categories that carry the right; empty means every category (domain.md 1.3: the
    blind have it on the disability formation only).
    """

    code: str
    title: str
    add_ms: tuple[int, ...]
    categories: tuple[str, ...] = ()

    def is_for(self, category: str) -> bool:
        """Tell whether participants of this category have the right; case and surrounding space do not matter."""
        folded = category.strip().casefold()
        return not self.categories or folded in (each.casefold() for each in self.categories)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How results are ordered: by total, then by these sections, the first one first.

    `factor` times the number of vacancies go on to the next stage; 0 means no limit. `order` "none" ranks nobody.
    """

    order: RankingOrder = "total"
    tie: tuple[str, ...] = ()
    factor: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What an event decides beside scoring; the defaults are the careful choice.

    `offline_grace_s`: how long after time-up a cut-off kiosk may deliver what was answered in time.
    `late_start`: a participant who comes after the start is refused, or gets the full or the remaining time.
    `registration_cutoff_s`: PIN issuing closes this long before the start.
    `scoreboard`, `scoreboard_delay_s`, `masking`: what the public board shows, how late, and how much of a name.
    `two_person`: actions that need a second officer. `kiosk_binding`: "open" is for a demo only.
    """

    offline_grace_s: int = 300
    late_start: LateStart = "refuse"
    registration_cutoff_s: int = 300
    scoreboard: Scoreboard = "delayed"
    scoreboard_delay_s: int = 300
    masking: Masking = "partial"
    two_person: tuple[str, ...] = ("grant_time", "disqualify", "annul_item", "accept_quarantined")
    kiosk_binding: KioskBinding = "enrolled"


@dataclass(frozen=True, slots=True)
class Profile:
    """The rules one attempt is taken and scored by. Points are micropoints, durations milliseconds.

    `digits` is the number of decimals in displays. `content` is the `cjson/1` form of all of it, the bytes that are
    stored and hashed; it follows from the other fields, also after `dataclasses.replace`.
    """

    profile_id: str
    version: int
    title: str
    decree: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    threshold_sets: tuple[ThresholdSet, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    ranking: Ranking = Ranking()
    policy: Policy = Policy()
    digits: int = 0
    content: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", cjson(_plain(self)))

    @property
    def hash(self) -> str:
        """The profile's hash in hex, as sign-offs and attempts name it."""
        return digest("profile/1", self.content)

    @property
    def items(self) -> int:
        """How many items a form has."""
        return sum(section.items for section in self.sections)

    @property
    def maximum(self) -> int:
        """The highest possible total in micropoints."""
        return sum(section.maximum for section in self.sections)

    @property
    def categories(self) -> tuple[str, ...]:
        """Every formation category that a threshold set names, in order, without the catch-all."""
        named = (category for each in self.threshold_sets for category in each.categories)
        return tuple(dict.fromkeys(category for category in named if category != EVERY_CATEGORY))

    def block_no(self, code: str) -> int:
        """Return the number of the block with this code, counted from 1; 0 for none."""
        for number, block in enumerate(self.blocks, 1):
            if block.code == code:
                return number
        return 0

    def section(self, code: str) -> Section:
        """Return the section with this code.

        Raises:
            KeyError: the profile has no such section.
        """
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)

    def paper_order(self) -> tuple[tuple[Block, Section], ...]:
        """Return the sections as a paper shows them: block by block, each in the block's order."""
        return tuple((block, self.section(code)) for block in self.blocks for code in block.sections)

    def thresholds_for(self, category: str) -> tuple[Threshold, ...]:
        """Return what a participant of `category` must reach; empty where the profile sets nothing for it.

        Case and surrounding space do not matter, since categories come from rosters typed by hand.
        """
        for wanted in (category.strip().casefold(), EVERY_CATEGORY):
            for each in self.threshold_sets:
                if wanted in (named.casefold() for named in each.categories):
                    return each.all
        return ()

    def allowed_ms(self, block_no: int, accommodations: Iterable[str] = (), category: str = "") -> int:
        """Return the time for block `block_no` (1-based) with those accommodations that `category` has a right to.

        Raises:
            KeyError: the profile has no such accommodation.
            IndexError: the profile has no such block.
        """
        if not 1 <= block_no <= len(self.blocks):
            raise IndexError(block_no)
        known = {each.code: each for each in self.accommodations}
        wanted = [known[code] for code in dict.fromkeys(accommodations)]
        extra = sum(each.add_ms[block_no - 1] for each in wanted if each.is_for(category))
        return self.blocks[block_no - 1].allotted_ms + extra


def _plain(value: object) -> Json:
    """Return a value of this module or of `blueprint` as JSON: field names are keys, a rule names its kind."""
    match value:
        case bool() | int() | str():
            return value
        case tuple():
            return [_plain(each) for each in value]
        case Keyed(correct, wrong, blank):
            return {"kind": "keyed", "correct": correct, "wrong": wrong, "blank": blank}
        case Graded(minimum, maximum, blank):
            return {"kind": "graded", "minimum": minimum, "maximum": maximum, "blank": blank}
        case (
            Profile()
            | Block()
            | Section()
            | Quota()
            | ThresholdSet()
            | Threshold()
            | Accommodation()
            | Ranking()
            | Policy()
        ):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.init}
    raise TypeError(f"not part of a profile: {type(value).__name__}")
