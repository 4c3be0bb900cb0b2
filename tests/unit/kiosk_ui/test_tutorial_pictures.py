"""The six tutorial pictures are well-formed, self-contained and need no translation."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "kiosk_ui" / "static" / "tutorial"
NAMES = ["1-choose", "2-saved", "3-move", "4-numbers", "5-doubtful", "6-finish"]
SECTION_CODES = {"TWK", "TIU", "TKP"}


def test_there_are_exactly_six() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_picture(name: str) -> None:
    root = ET.parse(FOLDER / f"{name}.svg").getroot()
    assert root.get("viewBox") == "0 0 480 270"
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags <= {"svg", "g", "rect", "circle", "path", "text"}, "no scripts, styles or outside references"
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        words = element.text or ""
        assert words in SECTION_CODES or re.fullmatch(r"[A-E]|[\d:]+", words), f"{words} needs a translation"
