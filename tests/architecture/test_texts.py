"""Every code that people may see has a text in both languages, and both ask for the same parameters."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("id", "en")
PACKAGES = ("cat_server", "question_bank", "kiosk_ui", "monitoring")
CATALOGUES = {
    "question_bank": ("question_bank",),
    "cat_server/cli": ("question_bank", "cat_server", "cat_server/cli"),
    "kiosk_ui": ("cat_server", "kiosk_ui"),
    "monitoring": ("cat_server", "monitoring"),
}
"""Whose texts an app or command has at hand; the other layers of cat_server speak through any of them."""
OWNERS = ("cat_server", "cat_server/cli", "kiosk_ui", "monitoring", "question_bank")


@dataclass(frozen=True, slots=True)
class Use:
    """A code named in the source, with the parameters given beside it (None where they cannot be read off)."""

    where: str
    code: str
    params: frozenset[str] | None


def texts(owner: str, language: str) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(
        (ROOT / owner / "locale" / f"{language}.toml").read_text(encoding="utf-8")
    )
    return found


ALL = {owner: {language: texts(owner, language) for language in LANGUAGES} for owner in OWNERS}


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def at_hand(where: str, code: str) -> list[dict[str, str]]:
    """Return the texts of a code, by language, in each catalogue through which this place may speak."""
    app = next((each for each in CATALOGUES if where.startswith(f"{each}/")), None)
    owners = CATALOGUES[app] if app else OWNERS
    found = [ALL[owner] for owner in owners if code in ALL[owner]["id"]]
    return [{language: each[language][code] for language in LANGUAGES} for each in found]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    called = node.func
                    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                    if name in names:
                        yield path.relative_to(ROOT).as_posix(), node


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keys_of(node: ast.expr | None) -> frozenset[str] | None:
    if node is None:
        return frozenset()
    if isinstance(node, ast.Dict) and all(constant(key) for key in node.keys):
        return frozenset(str(constant(key)) for key in node.keys)
    return None


def refusals() -> list[Use]:
    found = []
    for where, call in calls("Refusal"):
        code = constant(call.args[0]) if call.args else None
        if code:
            params = call.args[1] if len(call.args) > 1 else None
            found.append(Use(where, f"refusal_{code}", keys_of(params)))
    return found


def problems() -> list[Use]:
    found = []
    for where, call in calls("Problem"):
        code = constant(call.args[0]) if call.args else None
        named = {each.arg: each.value for each in call.keywords}
        if code:
            params = call.args[2] if len(call.args) > 2 else named.get("params")
            found.append(Use(where, code, keys_of(params)))
    return found


def sentences() -> list[Use]:
    """Texts that commands and routes ask for by name."""
    found = []
    for where, call in calls("say", "text"):
        speaker = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if not speaker.endswith(("console", "pages")):
            continue
        code = next((constant(each) for each in call.args[:2] if constant(each)), None)
        if code and re.fullmatch(r"[A-Za-z]\w*", code):
            is_open = any(each.arg is None for each in call.keywords) or len(call.args) > 2
            names = frozenset(each.arg for each in call.keywords if each.arg)
            found.append(Use(where, code, None if is_open else names))
    return found


@pytest.mark.parametrize("owner", OWNERS)
def test_both_languages_have_the_same_codes_with_the_same_parameters(owner: str) -> None:
    here, there = (ALL[owner][language] for language in LANGUAGES)
    assert sorted(set(here) ^ set(there)) == []
    assert [code for code in here if placeholders(here[code]) != placeholders(there[code])] == []
    assert [code for code in here if not here[code].strip() or not there[code].strip()] == []


@pytest.mark.parametrize("uses", [refusals, problems, sentences], ids=lambda each: each.__name__)
def test_every_code_in_the_source_has_its_text(uses: object) -> None:
    found = uses()  # type: ignore[operator]  # one of the three functions above
    assert len(found) > 30
    wrong = []
    for use in found:
        versions = at_hand(use.where, use.code)
        if not versions:
            wrong.append(f"{use.where}: {use.code} has no text")
        for version in versions:
            for language, text in version.items():
                missing = placeholders(text) - use.params if use.params is not None else frozenset()
                if missing:
                    wrong.append(f"{use.where}: {use.code} ({language}) lacks {sorted(missing)}")
    assert wrong == []


TEMPLATE_CODE = re.compile(r"""\bt\(\s*(["'])(\w+)\1\s*([,)~+])""")


@pytest.mark.parametrize("app", ["kiosk_ui", "monitoring"])
def test_every_text_of_a_template_exists(app: str) -> None:
    known = {code for owner in CATALOGUES[app] for code in ALL[owner]["id"]}
    used = 0
    wrong = []
    for path in sorted((ROOT / app / "templates").rglob("*.html")):
        for _, code, after in TEMPLATE_CODE.findall(path.read_text(encoding="utf-8")):
            used += 1
            is_known = code in known if after in ",)" else any(each.startswith(code) for each in known)
            if not is_known:
                wrong.append(f"{path.name}: {code}")
    assert used > 40
    assert wrong == []


def test_every_text_that_a_script_fills_in_is_sent_with_its_page() -> None:
    sources = {
        "paper": ["paper", "paper_screen", "overview", "palette", "paper_keys"],
        "tutorial": ["tutorial"],
    }
    sent = {
        "paper": (ROOT / "kiosk_ui" / "paper_view.py").read_text(encoding="utf-8"),
        "tutorial": (ROOT / "kiosk_ui" / "routes" / "tutorial.py").read_text(encoding="utf-8"),
    }
    for page, modules in sources.items():
        for name in modules:
            script = (ROOT / "kiosk_ui" / "static" / f"{name}.js").read_text(encoding="utf-8")
            said = set(re.findall(r"""\bsay\(\s*["'](\w+)["']""", script))
            said |= {
                each
                for pair in re.findall(r"""\bsay\([^)]*?\? "(\w+)" : "(\w+)\"""", script)
                for each in pair
            }
            assert {each for each in said if f'"{each}"' not in sent[page]} == set(), name
            assert said <= set(ALL["kiosk_ui"]["id"]), name
