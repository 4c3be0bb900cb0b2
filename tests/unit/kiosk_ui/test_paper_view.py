from __future__ import annotations

from dataclasses import fields

import pytest

from kiosk_ui.paper_view import PaperItem, paper_items, paper_sections
from question_bank.forms import Form, FormItem
from question_bank.items import Bank, Item, ItemKind, Option, Stimulus
from question_bank.profile_reading import load_profile

PROFILE = load_profile("simulation_20x10")[0]
assert PROFILE is not None
BLOCK = PROFILE.blocks[0]


def item(number: int, kind: ItemKind = ItemKind.CHOICE, stimulus_id: str = "") -> Item:
    options = tuple(Option(f"o{place}", f"<b>option {place}</b>") for place in (1, 2, 3))
    return Item(
        item_id=f"secret-{number}", version=1, kind=kind, section=BLOCK.sections[0], topic="hidden", subtopic="",
        stem=f"stem {number}", options=options, source_order=("o1", "o2", "o3"), stimulus_id=stimulus_id,
    )  # fmt: skip


def form(*items: Item) -> Form:
    return Form(
        "engine/1",
        tuple(FormItem(each.item_id, BLOCK.code, each.section, ("o3", "o1", "o2")) for each in items),
    )


def test_positions_and_options_follow_the_form() -> None:
    first, second = item(1), item(2, stimulus_id="s1")
    bank = Bank("b", "t", (first, second), (Stimulus("s1", "<p>shared</p>"),))
    shown = paper_items(form(second, first), bank, PROFILE, str)
    assert [each.stem for each in shown] == ["stem 2", "stem 1"]
    assert [each.position for each in shown] == [1, 2]
    assert [(each.letter, each.value) for each in shown[0].options] == [("A", "o3"), ("B", "o1"), ("C", "o2")]
    assert shown[0].stimulus == "<p>shared</p>"
    assert shown[1].stimulus == ""
    assert [each.positions for each in paper_sections(shown)] == [(1, 2)]


def test_a_page_gets_neither_item_ids_nor_topics() -> None:
    bank = Bank("b", "t", (item(1),))
    shown = repr(paper_items(form(item(1)), bank, PROFILE, str))
    assert "secret" not in shown
    assert "hidden" not in shown
    assert not {"key", "item_id", "topic", "difficulty"} & {each.name for each in fields(PaperItem)}


def test_a_form_that_names_what_the_bank_lacks_is_a_bug() -> None:
    with pytest.raises(KeyError):
        paper_items(form(item(1)), Bank("b", "t", ()), PROFILE, str)


def test_a_kind_that_no_page_can_show_is_loud() -> None:
    odd = item(1, ItemKind.MATCH)
    with pytest.raises(ValueError, match="match"):
        paper_items(form(odd), Bank("b", "t", (odd,)), PROFILE, str)
