"""The kiosk's own style sheets: each is linked, and what depends on the screen comes last."""

from __future__ import annotations

import re
from pathlib import Path

KIOSK = Path(__file__).resolve().parents[3] / "kiosk_ui"


def test_every_sheet_of_the_kiosk_is_linked_once_and_the_screens_overrule_all() -> None:
    linked = re.findall(r'asset\("(\w+\.css)"\)', (KIOSK / "templates" / "base.html").read_text("utf-8"))
    assert sorted(linked) == sorted(path.name for path in (KIOSK / "static").glob("*.css"))
    assert linked[-1] == "kiosk_screens.css"
