"""One question per file: nothing over about 300 lines, except what is data or generated."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 320
FOLDERS = ("cat_server", "question_bank", "kiosk_ui", "monitoring", "scripts", "tests")
SUFFIXES = {".py", ".js", ".html", ".css"}
LARGER = {
    "scripts/verify_forms.py": "one file by design, so that it can be carried to another machine and read there",
    "scripts/verify_results.py": "the same",
}
GENERATED = ("vendor", "migrations", "__pycache__")


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    return sorted(path for path in found if not set(GENERATED) & set(path.parts))


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() not in LARGER:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= LIMIT, f"{lines} lines: split it by what it answers"


def test_exceptions_are_still_needed() -> None:
    for name in LARGER:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LIMIT, name
