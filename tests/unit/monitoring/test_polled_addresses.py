"""What a page asks for by itself is no sign that an officer is there."""

from __future__ import annotations

import re
from pathlib import Path

import monitoring
from monitoring.app import BY_THEMSELVES

_POLLED = re.compile(r'hx-get="([^"?]+)[^"]*"[^>]* hx-trigger="[^"]*every ')


def test_every_address_that_a_page_asks_for_again_and_again_is_known_as_such() -> None:
    templates = sorted((Path(monitoring.__file__).parent / "templates").glob("*.html"))
    polled = {
        found: each.name for each in templates for found in _POLLED.findall(each.read_text(encoding="utf-8"))
    }
    assert len(polled) >= 5
    assert {address: name for address, name in polled.items() if not address.endswith(BY_THEMSELVES)} == {}
