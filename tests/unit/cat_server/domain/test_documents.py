"""An identity document and the participant card are shown, or an officer says why not (domain.md 2.2, step 2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cat_server.domain.documents import DOCUMENTS, REQUIRED, Shown, checked, lacking, stored
from cat_server.domain.refusals import Refusal


@pytest.mark.parametrize("identity", ["KTP", "SUKET", "KK", "IKD", "KIA", "PASSPORT"])
def test_any_identity_document_and_the_card_will_do(identity: str) -> None:
    assert checked(Shown(("PARTICIPANT_CARD", identity))) == Shown((identity, "PARTICIPANT_CARD"))


@pytest.mark.parametrize(
    ("documents", "missing"),
    [((), ("IDENTITY", "CARD")), (("KTP",), ("CARD",)), (("PARTICIPANT_CARD",), ("IDENTITY",))],
)
def test_what_lacks_is_refused_without_a_reason(documents: tuple[str, ...], missing: tuple[str, ...]) -> None:
    assert lacking(documents) == missing
    for reason in ("", "  "):
        with pytest.raises(Refusal) as caught:
            checked(Shown(documents, reason))
        assert caught.value.code == "DOCUMENTS_MISSING"
    assert (
        checked(Shown(documents, " hilang, ada surat polisi ")).override_reason == "hilang, ada surat polisi"
    )


def test_a_document_nobody_knows_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        checked(Shown(("KTP", "PARTICIPANT_CARD", "SIM"), "x"))
    assert caught.value.code == "DOCUMENT_UNKNOWN"


@given(st.lists(st.sampled_from(sorted(DOCUMENTS))))
def test_what_is_stored_says_exactly_what_was_shown(documents: list[str]) -> None:
    shown = checked(Shown(tuple(documents), "alasan"))
    assert set(stored(shown).split()) == set(documents)
    assert bool(shown.override_reason) == bool(lacking(documents))
    assert len(lacking(documents)) == sum(not set(group.documents) & set(documents) for group in REQUIRED)
