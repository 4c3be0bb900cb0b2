"""Every code that pages, scripts and events name has a text in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import monitoring
from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import EventKind
from cat_server.domain.exam_session import SittingState
from monitoring.chronicle import WHY
from monitoring.permissions import ROLES
from monitoring.room_commands import COMMANDS
from monitoring.room_rows import URGENCY
from question_bank.messages import LANGUAGES, Catalogue

FOLDER = Path(monitoring.__file__).parent
CATALOGUE = Catalogue("cat_server", "monitoring")
ABOUT_AN_ATTEMPT = {
    kind
    for kind in EventKind
    if kind.name.startswith(
        ("PARTICIPANT_", "ATTEMPT_", "ANSWER_", "BLOCK_", "PIN_", "SIGN_IN_", "CHECK_IN_")
    )
} | {EventKind.IDENTITY_CONFIRMED, EventKind.PLEDGE_ACCEPTED, EventKind.TIME_GRANTED}


def wanted() -> set[str]:
    codes = {f"state_{each}" for each in AttemptState} | {f"sitting_{each}" for each in SittingState}
    codes |= {f"role_{each}" for each in ROLES} | {f"event_{each}" for each in ABOUT_AN_ATTEMPT}
    codes |= {f"why_{each}" for each in WHY}
    codes |= {f"need_{each}" for each in URGENCY} | {f"about_{each}" for each in URGENCY}
    for each in COMMANDS:
        name = each.name.replace("-", "_")
        codes |= {f"command_{name}", f"confirm_{name}", f"confirm_{name}_text", f"confirm_{name}_yes"}
    for path in (FOLDER / "templates").glob("*.html"):
        codes |= set(re.findall(r"""\bt\(["'](\w+)["']\s*[,)]""", path.read_text(encoding="utf-8")))
    for path in (FOLDER / "static").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        codes |= set(re.findall(r"\bwords\.(\w+)", text)) | set(re.findall(r"""\bfill\("(\w+)\"""", text))
    for path in FOLDER.rglob("*.py"):
        found = re.findall(r"""\bRefusal\("(\w+)\"""", path.read_text(encoding="utf-8"))
        codes |= {f"refusal_{each}" for each in found}
    return codes


def test_every_code_has_a_text_in_both_languages() -> None:
    for language in LANGUAGES:
        assert not wanted() - CATALOGUE.codes(language)


def test_both_languages_have_the_same_codes_and_parameters() -> None:
    first, second = LANGUAGES
    assert CATALOGUE.codes(first) == CATALOGUE.codes(second)
