"""Every text that a template or a script asks for exists in both languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import kiosk_ui
from kiosk_ui.paper_view import PAPER_TEXTS
from question_bank.messages import LANGUAGES, Catalogue

FOLDER = Path(kiosk_ui.__file__).parent
CATALOGUE = Catalogue("cat_server", "kiosk_ui")
OWN = Catalogue("kiosk_ui")
COMPUTED = re.compile(
    r"language_|tutorial_\d|practice_[A-D]|pledge_\d|task_|result_(finished|time_up|force_closed)|refusal_"
)


def asked_for(pattern: str, folder: str, suffix: str) -> set[str]:
    return {
        code
        for path in (FOLDER / folder).rglob(f"*{suffix}")
        for found in re.finditer(pattern, path.read_text("utf-8"))
        for code in re.findall(r'"(\w+)"', re.sub(r'=== "\w+"', "", found[0]))
    }


def test_templates_ask_for_texts_that_exist() -> None:
    codes = asked_for(r'\bt\("(\w+)"(?= ?[,)])', "templates", ".html")
    assert len(codes) > 50
    assert codes <= CATALOGUE.codes("id")


def test_the_paper_carries_exactly_the_texts_of_its_scripts() -> None:
    scripts = asked_for(r"\bsay\([^;]*?\)(?=[,;:)\]])", "static", ".js") | asked_for(
        r"end\(live[^;]*;|showEnding\([^;]*;", "static", ".js"
    )
    paper = {code for code in scripts if code in CATALOGUE.codes("id")}
    tutorial = {"saving", "practice_saved", "task_done", "ready_done"}
    assert paper - tutorial - set(PAPER_TEXTS) == set()
    assert set(PAPER_TEXTS) <= CATALOGUE.codes("id")


def test_both_languages_say_the_same_things_with_the_same_names() -> None:
    assert CATALOGUE.codes("id") == CATALOGUE.codes("en")
    for package in ("kiosk_ui", "cat_server"):
        texts = [
            (Path(FOLDER.parent / package / "locale" / f"{language}.toml")).read_text("utf-8")
            for language in LANGUAGES
        ]
        names = [
            {
                line.split(" = ", 1)[0]: set(re.findall(r"\{(\w+)\}", line))
                for line in text.splitlines()
                if " = " in line
            }
            for text in texts
        ]
        assert names[0] == names[1]


def test_no_text_is_left_over() -> None:
    sources = "".join(
        path.read_text("utf-8") for suffix in ("html", "js", "py") for path in FOLDER.rglob(f"*.{suffix}")
    )
    unused = {
        code for code in OWN.codes("id") if not COMPUTED.match(code) and not re.search(rf'"{code}"', sources)
    }
    assert unused == set()
