"""The log's vocabulary is closed: nothing else is written, everything in it is used, and a sentence says each."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cat_server.domain import log_entries
from cat_server.domain.log_entries import LogEntry

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cat_server", "question_bank", "kiosk_ui", "monitoring")
LEVELS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "fatal"}
ENTRIES = {
    name: found
    for name, found in vars(log_entries).items()
    if inspect.isclass(found) and issubclass(found, LogEntry) and found is not LogEntry
}
WITH_A_VARIABLE = {"cat_server/actions/keep_time.py": "the stops of one tick, each a ClockStoodStill"}
"""Where an entry is made apart from its line in the log; typed all the same."""
_SOURCES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for each in PACKAGES
    for path in (ROOT / each).rglob("*.py")
}


def loggers(tree: ast.Module) -> set[str]:
    """Return the names under which a module knows a logger, and the library itself."""
    names = {"logging"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "getLogger" in ast.unparse(node.value):
            names |= {ast.unparse(each) for each in node.targets}
    return names


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    for path, tree in _SOURCES.items():
        known = loggers(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
            ):
                speaker = ast.unparse(node.func.value)
                if speaker in known or "getLogger" in speaker:
                    yield path.relative_to(ROOT).as_posix(), node


def test_nothing_is_logged_but_the_vocabulary() -> None:
    found = list(log_calls())
    assert len(found) > 15
    for where, call in found:
        said = call.args[0] if len(call.args) == 1 else None
        is_entry = isinstance(said, ast.Call) and ast.unparse(said.func) in ENTRIES
        assert is_entry or where in WITH_A_VARIABLE, f"{where}:{call.lineno} {ast.unparse(call)}"
        assert {each.arg for each in call.keywords} <= {"exc_info"}, f"{where}:{call.lineno}"


def test_whoever_logs_has_a_logger_of_its_own_name_and_nobody_prints() -> None:
    for path, tree in _SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("print", "warnings.warn", "logging.basicConfig"), path
                if called == "logging.getLogger" and path.name != "logs.py":
                    assert [ast.unparse(each) for each in node.args] == ["__name__"], path


def test_every_entry_is_used_and_has_a_code_of_its_own() -> None:
    made = {
        ast.unparse(node.func)
        for path, tree in _SOURCES.items()
        if path.name != "log_entries.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert set(ENTRIES) - made == set()
    codes = [each.code for each in ENTRIES.values()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda each: each.code)
def test_every_entry_has_plain_parameters_and_a_sentence_that_says_them(entry: type[LogEntry]) -> None:
    names = {each.name for each in dataclasses.fields(entry)}  # type: ignore[arg-type]  # every entry is a dataclass
    assert {each.type for each in dataclasses.fields(entry)} <= {"int", "str"}  # type: ignore[arg-type]
    for language in ("id", "en"):
        texts = tomllib.loads(
            (ROOT / "cat_server" / "cli" / "locale" / f"{language}.toml").read_text("utf-8")
        )
        asked = {name for _, name, _, _ in string.Formatter().parse(texts[f"log_{entry.code}"]) if name}
        assert asked == names, language


def test_no_sentence_is_of_an_entry_that_is_gone() -> None:
    for language in ("id", "en"):
        texts = tomllib.loads(
            (ROOT / "cat_server" / "cli" / "locale" / f"{language}.toml").read_text("utf-8")
        )
        said = {
            each.removeprefix("log_") for each in texts if each.startswith("log_") and each != "log_left_out"
        }
        assert said == {each.code for each in ENTRIES.values()}
