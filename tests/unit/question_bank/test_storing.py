from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.items import (
    Bank,
    Item,
    ItemKey,
    ItemKind,
    ItemStatistics,
    KeySheet,
    Option,
    Statistics,
    Stimulus,
)
from question_bank.storing import (
    decode_bank,
    decode_keys,
    decode_statistics,
    encode_bank,
    encode_keys,
    encode_statistics,
)

ids = st.text(alphabet="abcXYZ019._-", min_size=1, max_size=12)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30).map(
    lambda text: unicodedata.normalize("NFC", text)
)
options = st.lists(texts, min_size=2, max_size=10).map(
    lambda each: tuple(Option(f"o{number}", html) for number, html in enumerate(each, start=1))
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    drawn = draw(options)
    return Item(
        item_id=draw(ids),
        version=draw(st.integers(1, 9)),
        kind=draw(st.sampled_from(ItemKind)),
        section=draw(texts),
        topic=draw(texts),
        subtopic=draw(texts),
        stem=draw(texts),
        options=drawn,
        source_order=tuple(draw(st.permutations([each.option_id for each in drawn]))),
        shuffle=draw(st.booleans()),
        enemies=tuple(sorted(draw(st.sets(ids, max_size=3)))),
        stimulus_id=draw(st.just("") | ids),
        is_retired=draw(st.booleans()),
    )


banks = st.builds(
    Bank,
    bank_id=ids,
    title=texts,
    items=st.lists(items(), max_size=5, unique_by=lambda item: item.item_id).map(tuple),
    stimuli=st.lists(
        st.builds(Stimulus, ids, texts), max_size=3, unique_by=lambda each: each.stimulus_id
    ).map(tuple),
    media=st.dictionaries(
        st.text("0123456789abcdef", min_size=4, max_size=8), st.binary(max_size=20), max_size=2
    ),
)
item_keys = st.builds(
    ItemKey,
    correct=st.lists(ids, max_size=3).map(tuple),
    points=st.dictionaries(ids, st.integers(-(10**9), 10**9), max_size=5),
)
statistics = st.builds(
    ItemStatistics,
    label=st.sampled_from(["", "easy", "medium", "hard"]),
    p_micro=st.none() | st.integers(0, 10**6),
    responses=st.integers(0, 10**6),
)


@given(banks)
def test_a_bank_comes_back_as_it_was(bank: Bank) -> None:
    assert decode_bank(encode_bank(bank)) == bank


@given(st.builds(KeySheet, ids, st.dictionaries(ids, item_keys, max_size=4), st.just("00" * 16)))
def test_a_key_sheet_comes_back_as_it_was(keys: KeySheet) -> None:
    assert decode_keys(encode_keys(keys)) == keys


@given(st.builds(Statistics, ids, st.dictionaries(ids, statistics, max_size=4)))
def test_statistics_come_back_as_they_were(found: Statistics) -> None:
    assert decode_statistics(encode_statistics(found)) == found


@pytest.mark.parametrize("stored", [b"", b"{}", b"[]", b"\x80", b"null", b'{"v":2}', b"\xff\xfe"])
def test_other_bytes_are_refused(stored: bytes) -> None:
    for decode in (decode_bank, decode_keys, decode_statistics):
        with pytest.raises(ValueError, match="not "):
            decode(stored)
