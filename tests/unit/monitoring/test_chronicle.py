"""What officers read in a history: words, never the code of a rule."""

from __future__ import annotations

import inspect
import re
from datetime import UTC

import pytest

from cat_server.actions import save_answers
from cat_server.domain import answers
from cat_server.domain.events import EventKind, Recorded
from cat_server.queries.attempt_history import AttemptHistory
from monitoring.chronicle import WHY, chronicle
from question_bank.messages import Catalogue


def test_why_an_answer_was_kept_apart_has_words() -> None:
    codes = set(re.findall(r'Outcome\.QUARANTINED, "(\w+)"', inspect.getsource(answers)))
    codes |= set(re.findall(r'self\._quarantine\(.*"(\w+)"\)', inspect.getsource(save_answers)))
    assert codes >= {"FENCED", "TOO_LATE", "SEQ_REUSED"}, "the search finds what is there"
    assert codes <= WHY


@pytest.mark.parametrize(
    ("kiosk_id", "told"),
    [
        ("k12", "Masuk di komputer kursi 12 ditolak (sudah masuk di kursi lain)"),
        ("new", "Masuk di komputer tanpa kursi ditolak (sudah masuk di kursi lain)"),
    ],
)
def test_a_sign_in_that_was_refused_names_the_pc(kiosk_id: str, told: str) -> None:
    body = {"attempt_id": "a", "kiosk_id": kiosk_id, "code": "SIGNED_IN_ELSEWHERE"}
    event = Recorded(
        "s", 7, EventKind.SIGN_IN_REFUSED, 1_730_419_327_000, None, "kiosk", kiosk_id, "", body, {}
    )
    words = Catalogue("monitoring")
    [line] = chronicle(
        AttemptHistory((event,), {}, {"k12": 12}, {}),
        lambda code, params: words.text("id", code, params),
        UTC,
    )
    assert (line.text, line.is_odd) == (told, True)
