"""The glossary is binding: names that mean several things, and modules that may hold anything, stay out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cat_server", "question_bank", "kiosk_ui", "monitoring")
ANYTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
}
WORDS = {
    "session": "exam_session, sign_in or tx",
    "user": "participant or officer",
    "student": "participant",
    "question": "item",
    "exam": "exam_session or exam_event",
    "test_taker": "participant",
}
ALLOWED = {
    (
        "cat_server/cli/results.py",
        "session",
    ): "the argument SESSION of the command line is what operators type",
    ("monitoring/scoreboard_app.py", "session"): "the address of the scoreboard says ?session=CODE",
}


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each name that our code itself gives to something, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_are_the_glossarys(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        f"line {line}: {found}, say {WORDS[found.lower()]}"
        for found, line in identifiers(tree)
        if found.lower() in WORDS and (name, found) not in ALLOWED
    ]
    assert wrong == []


def test_no_module_may_hold_anything() -> None:
    wrong = [
        path.relative_to(ROOT)
        for folder in (*PACKAGES, "scripts", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".js") and ANYTHING & set(re.split(r"[_\W]", path.stem.lower()))
    ]
    assert wrong == []


def test_packages_are_four_and_layers_are_as_designed() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == set(PACKAGES)
    layers = {path.name for path in (ROOT / "cat_server").iterdir() if (path / "__init__.py").exists()}
    assert layers == {"actions", "cli", "domain", "queries", "records", "results", "runtime", "web"}
    assert not (ROOT / "scripts" / "__init__.py").exists()
