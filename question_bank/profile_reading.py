"""Read a profile from TOML: all problems at once, each with its field and what to do about it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files
from pathlib import Path

from question_bank.problems import Place, Problem
from question_bank.profile_fields import Findings, nearest
from question_bank.profile_lines import Lines
from question_bank.profile_structure import read_structure
from question_bank.scoring_profile import Profile

_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the program."""
    folder = files("question_bank") / "profiles"
    return tuple(sorted(each.name[:-5] for each in folder.iterdir() if each.name.endswith(".toml")))


def load_profile(name_or_path: str) -> tuple[Profile | None, list[Problem]]:
    """Return the shipped profile of this name, or the one in this file, and every problem with it."""
    if name_or_path in shipped_profiles():
        content = (files("question_bank") / "profiles" / f"{name_or_path}.toml").read_bytes()
        return parse_profile(content, Place(file=f"{name_or_path}.toml"))
    path = Path(name_or_path)
    if not path.exists():
        near = nearest(name_or_path, shipped_profiles())
        params: dict[str, str | int] = {"name": name_or_path, "known": ", ".join(shipped_profiles())}
        if near:
            return None, [Problem("profile_not_found_near", Place(), {**params, "nearest": near})]
        return None, [Problem("profile_not_found", Place(), params)]
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, [Problem("profile_unreadable", Place(file=path.name), {"reason": error.strerror or "?"})]
    return parse_profile(content, Place(file=path.name))


def parse_profile(content: bytes, place: Place | None = None) -> tuple[Profile | None, list[Problem]]:
    """Return the profile written in `content` (TOML, UTF-8), or None and every problem with it."""
    place = place or Place()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return None, [Problem("profile_not_utf8", Place(file=place.file, sheet=place.sheet, row=row))]
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax_problem(str(error), place, text)]
    findings = Findings(place, Lines(text))
    profile = read_structure(table, findings)
    return profile, findings.problems


def _syntax_problem(reason: str, place: Place, text: str) -> Problem:
    line = _LINE.search(reason)
    row = int(line.group(1)) if line else text.count("\n") + 1
    short = reason.split(" (at ", maxsplit=1)[0]
    return Problem("profile_syntax", Place(file=place.file, sheet=place.sheet, row=row), {"reason": short})
