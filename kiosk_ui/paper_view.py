"""The paper as its page shows it: positions, texts and options. What it is built from holds no key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from kiosk_ui.paper_media import shown
from question_bank.forms import Form, FormItem
from question_bank.items import Bank, Item, ItemKind
from question_bank.scoring_profile import Profile

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

PAPER_TEXTS = [
    "place",
    "item_number",
    "item_go",
    "previous",
    "next",
    "to_overview",
    "saving",
    "saved",
    "not_saved_yet",
    "late",
    "quarantined",
    "not_accepted",
    "counts",
    "word_answered",
    "word_flagged",
    "word_blank",
    "word_closed",
    "minutes_left",
    "extra_time",
    "extra_time_exact",
    "time_adjusted",
    "zero_waiting",
    "block_opened",
    "band_network",
    "band_server",
    "band_waiting",
    "rescue_needs_tls",
    "rescue_saved",
    "band_waiting_memory",
    "band_going_on",
    "band_locked",
    "band_locked_idle",
    "band_locked_memory",
    "band_memory",
    "confirm_finish",
    "confirm_block",
    "confirm_blank",
    "finish_refused",
    "ending_sending",
    "ending_finished",
    "ending_time_up",
    "ending_decided",
    "ending_waiting",
    "picture_missing",
    "picture_missing_named",
]
"""Messages that the paper's modules need in the page."""


@dataclass(frozen=True, slots=True)
class PaperOption:
    """One option as shown: the value that is sent, the letter beside it, its text."""

    value: str
    letter: str
    html: Markup


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One item as shown; no item id, topic or difficulty."""

    position: int
    kind: str
    block_no: int
    section_code: str
    section_title: str
    stimulus: Markup
    stem: Markup
    options: tuple[PaperOption, ...]

    @property
    def is_drawn(self) -> bool:
        """Whether every option begins with a drawing, so that they are shown side by side."""
        return bool(self.options) and all(option.html.startswith("<svg") for option in self.options)


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A group of the palette."""

    code: str
    title: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PaperView:
    """Everything on the page of one attempt. `texts` are for its modules; `utc_offset_ms` shows times at the site."""

    exam_title: str
    name: str
    number: str
    seat_text: str
    attempt_id: str
    utc_offset_ms: int
    blocks: int
    sections: tuple[PaperSection, ...]
    items: tuple[PaperItem, ...]
    texts: Mapping[str, str]


def paper_items(
    form: Form, bank: Bank, profile: Profile, token_of: Callable[[str], str]
) -> tuple[PaperItem, ...]:
    """Return the items of a form in its order, each option in the form's order; `token_of` names a picture by its SHA-256.

    Raises:
        KeyError: the form names an item, option, block or section that the bank or the profile lacks.
        ValueError: an item of a kind that no page can show yet.
    """
    items = {each.item_id: each for each in bank.items}
    stimuli = {each.stimulus_id: each.html for each in bank.stimuli}
    block_no = {block.code: number for number, block in enumerate(profile.blocks, start=1)}
    return tuple(
        _paper_item(
            position,
            each,
            items[each.item_id],
            partial(_markup, position, token_of),
            stimuli,
            block_no[each.block],
            profile,
        )
        for position, each in enumerate(form.items, start=1)
    )


def paper_sections(items: tuple[PaperItem, ...]) -> tuple[PaperSection, ...]:
    """Return the palette's groups, in the paper's order."""
    titles = {each.section_code: each.section_title for each in items}
    return tuple(
        PaperSection(code, title, tuple(each.position for each in items if each.section_code == code))
        for code, title in titles.items()
    )


def _markup(position: int, token_of: Callable[[str], str], html: str) -> Markup:
    return Markup(shown(html, position, token_of))  # noqa: S704 - cleaned when imported


def _paper_item(
    position: int,
    placed: FormItem,
    item: Item,
    safe: Callable[[str], Markup],
    stimuli: Mapping[str, str],
    block_no: int,
    profile: Profile,
) -> PaperItem:
    if item.kind is ItemKind.MATCH:
        raise ValueError(f"item at position {position} is of kind match")
    texts = {each.option_id: each.html for each in item.options}
    return PaperItem(
        position=position,
        kind=item.kind.value,
        block_no=block_no,
        section_code=placed.section,
        section_title=profile.section(placed.section).title,
        stimulus=safe(stimuli[item.stimulus_id] if item.stimulus_id else ""),
        stem=safe(item.stem),
        options=tuple(
            PaperOption(value, letter, safe(texts[value]))
            for letter, value in zip(_LETTERS, placed.options, strict=False)
        ),
    )
