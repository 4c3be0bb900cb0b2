"""The vendored browser files are the ones on the list, whole, licensed and old enough for Chrome 109."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[4] / "cat_server" / "web" / "static"


def _listed() -> dict[str, str]:
    lines = (STATIC / "vendor.sha256").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def test_list_names_exactly_the_files_present() -> None:
    present = {
        path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").rglob("*") if path.is_file()
    }
    assert set(_listed()) == present


@pytest.mark.parametrize("name", sorted(_listed()))
def test_file_has_the_listed_digest(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == _listed()[name]


def test_every_third_party_work_has_its_licence_beside_it() -> None:
    licences = {
        "vendor/htmx-LICENSE.txt": "Zero-Clause BSD",
        "vendor/sse-LICENSE.txt": "Zero Clause",
        "vendor/fonts/atkinson-hyperlegible-next-OFL.txt": "SIL OPEN FONT LICENSE",
        "vendor/fonts/atkinson-hyperlegible-mono-OFL.txt": "SIL OPEN FONT LICENSE",
    }
    for name, phrase in licences.items():
        assert phrase.lower() in (STATIC / name).read_text("utf-8").lower(), name


def test_fonts_named_in_the_style_sheet_exist_and_are_woff2() -> None:
    named = re.findall(r'url\("([^"]+\.woff2)"\)', (STATIC / "tokens.css").read_text("utf-8"))
    assert len(named) == 8
    for name in named:
        assert (STATIC / name).read_bytes()[:4] == b"wOF2", name


@pytest.mark.parametrize("name", ["vendor/htmx.min.js", "vendor/sse.js"])
def test_scripts_use_nothing_newer_than_chrome_109(name: str) -> None:
    """Both parse as ES2020 (checked with acorn when they were taken); here the newer methods are looked for."""
    text = (STATIC / name).read_text("utf-8")
    newer = r"\.(toSorted|toReversed|toSpliced|isSubsetOf)\(|Object\.groupBy|withResolvers|Array\.fromAsync|canParse"
    assert re.findall(newer, text) == []
