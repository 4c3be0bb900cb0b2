"""What officers read in a history: words, never the code of a rule."""

from __future__ import annotations

import inspect
import re

from cat_server.actions import save_answers
from cat_server.domain import answers
from monitoring.chronicle import WHY


def test_why_an_answer_was_kept_apart_has_words() -> None:
    codes = set(re.findall(r'Outcome\.QUARANTINED, "(\w+)"', inspect.getsource(answers)))
    codes |= set(re.findall(r'self\._quarantine\(.*"(\w+)"\)', inspect.getsource(save_answers)))
    assert codes >= {"FENCED", "TOO_LATE", "SEQ_REUSED"}, "the search finds what is there"
    assert codes <= WHY
