"""What the paper and the result run is fetched while people wait, all of it, or the start would fetch it for a whole room."""

from __future__ import annotations

import re
from pathlib import Path

KIOSK = Path(__file__).resolve().parents[3] / "kiosk_ui"


def needed(name: str, found: set[str]) -> set[str]:
    """Return a script with everything that it imports, and what these import."""
    if name not in found:
        found.add(name)
        content = (KIOSK / "static" / f"{name}.js").read_text(encoding="utf-8")
        for each in re.findall(r'from "\./(\w+)\.js"', content):
            needed(each, found)
    return found


def test_the_waiting_page_fetches_every_script_of_the_paper_and_the_result() -> None:
    ahead = (KIOSK / "templates" / "paper_ahead.html").read_text(encoding="utf-8")
    listed = re.findall(r'"(\w+)"', ahead.partition("in (")[2].partition(")")[0])
    assert listed == sorted(needed("paper", set()) | needed("result", set()))


def test_the_page_on_which_people_wait_brings_them_and_the_instructions_do_not() -> None:
    having = {
        each.name for each in (KIOSK / "templates").glob("*.html") if '"paper_ahead.html"' in each.read_text()
    }
    assert having == {"waiting.html"}, "what people click on has the line to itself"
