from __future__ import annotations

import asyncio
import re
import shlex
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cat_server.actions.control_sitting import close_sitting, open_registration
from cat_server.actions.export_results import SiteIdentity
from cat_server.actions.prepare_statement import prepare_statement_now
from cat_server.actions.sign_statement import sign_statement
from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.domain.ids import OPERATOR
from cat_server.queries.officers import officers
from cat_server.queries.site_contents import exam_session_named
from cat_server.runtime import machine
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.software import software
from question_bank.console import Console

CHECKOUT = Path(__file__).parents[4]
HANDBOOK = CHECKOUT / "docs" / "handbook"
DAY_OF_TEST = "2026-11-23"
"""The date in the handbooks; a start is planned for the future only, so the test puts its own there, as readers do."""

Cat = Callable[..., Any]


def commands_of(page: str) -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_handbooks_commands_lead_from_an_empty_folder_to_a_verified_package(
    cat: Cat, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for port in ("KIOSK", "MONITORING", "SCOREBOARD"):
        monkeypatch.setenv(f"CAT_{port}_PORT", "0")
    # The doctor says GO on a good machine; the one of the tests may be busy with others.
    monkeypatch.setattr(machine, "sync_latency_ms", lambda _: 2.0)
    monkeypatch.setattr(machine, "available_memory_bytes", lambda: 4 << 30)
    commands = commands_of((HANDBOOK / f"operator.{language}.md").read_text(encoding="utf-8"))
    assert len(commands) > 20
    on_the_day = commands_of((HANDBOOK / f"officer.{language}.md").read_text(encoding="utf-8"))
    assert on_the_day
    _put_the_operators_own_files_here()
    now = datetime.fromtimestamp(SystemClock().now().at_ms / 1000, UTC)
    next_week = (now + timedelta(days=7)).date().isoformat()
    passphrases: dict[str, str] = {}
    for command in [*commands, *on_the_day]:
        program, *arguments = shlex.split(command.replace(DAY_OF_TEST, next_week))
        assert program == "cat-server"
        if arguments == ["serve"]:
            _hold_the_exam(passphrases)
            continue
        ran = cat(*arguments)
        assert ran.code == 0, f"{command}\n{ran.out}\n{ran.err}"
        if arguments[:2] == ["officer", "add"]:
            found = re.search(r"Frasa tanda tangan: (\S+)", ran.out)
            assert found is not None
            passphrases[arguments[2]] = found[1]
    assert Path("package").is_dir()
    assert len(list(Path("papers").glob("S-01-*.pdf"))) == 12
    assert Path("ranking.xlsx").is_file()


def test_both_languages_give_the_same_commands_in_the_same_order() -> None:
    for name in ("operator", "officer"):
        pages = [(HANDBOOK / f"{name}.{each}.md").read_text(encoding="utf-8") for each in ("id", "en")]
        assert commands_of(pages[0]) == commands_of(pages[1])
        blocks = [re.findall(r"^```sh\n(.*?)^```", each, re.MULTILINE | re.DOTALL) for each in pages]
        assert len(blocks[0]) == len(blocks[1])
        headings = [re.findall(r"^## ", each, re.MULTILINE) for each in pages]
        assert len(headings[0]) == len(headings[1])


def test_the_handbooks_name_the_officers_screens_as_they_are_labelled() -> None:
    for language in ("id", "en"):
        labels = tomllib.loads((CHECKOUT / "monitoring" / "locale" / f"{language}.toml").read_text("utf-8"))
        page = (HANDBOOK / f"officer.{language}.md").read_text(encoding="utf-8").casefold()
        for code in (
            *("open_room", "open_desk", "open_results", "nav_kiosks", "kiosks_assign", "check_in"),
            *("command_open_registration", "command_start", "command_pause", "command_resume"),
            *("command_close", "tab_map", "checklist_title", "urgent_title", "sign_in_title"),
        ):
            assert labels[code].casefold() in " ".join(page.split()), f"{language}: {code}"


def test_every_bold_word_in_the_officers_handbook_is_a_label_on_a_screen() -> None:
    for language in ("id", "en"):
        labels = tomllib.loads((CHECKOUT / "monitoring" / "locale" / f"{language}.toml").read_text("utf-8"))
        page = " ".join((HANDBOOK / f"officer.{language}.md").read_text(encoding="utf-8").split())
        bold = {each.casefold() for each in re.findall(r"\*\*(.+?)\*\*", page)}
        assert len(bold) > 30
        assert bold - {each.casefold() for each in labels.values()} == set(), language


def test_every_command_that_the_readme_names_exists(cat: Cat) -> None:
    page = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"cat-server ([a-z-]+(?: [a-z-]+)?)", page)
    assert named
    for each in named:
        assert cat(*each.split(), "--help").code == 0, each
    targets = re.findall(r"`?make ([a-z]+)`?", page)
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    assert {"run", "test", "help", "check", "screenshots"} <= set(targets)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def _put_the_operators_own_files_here() -> None:
    """A bank with its pictures, photos, and scores of another day: what the handbook lets the operator bring."""
    Path("bank.csv").write_bytes((files("question_bank") / "demo" / "bank.csv").read_bytes())
    for folder in ("media", "photos"):
        Path(folder).mkdir()
    Image.new("RGB", (300, 400), "gray").save(Path("photos") / "24300110001.jpg")
    place = "Pemerintah Kota Contoh;Analis Kebijakan Ahli Pertama;Sekretariat Daerah;umum"
    Path("scores.csv").write_text(
        "Nomor Peserta;Nama;Instansi;Jabatan;Formasi;Kategori;Status;TWK;TIU;TKP\n"
        f"24300110001;Contoh Nama Satu;{place};hadir;110;120;180\n"
        f"24300110003;Contoh Nama Tiga;{place};tidak hadir;;;\n",
        encoding="utf-8",
    )


def _hold_the_exam(passphrases: dict[str, str]) -> None:
    """What officers do in browsers, as actions: open, close, state, sign."""
    opened = SiteCommand(Console(catalogue(), "id"), Path("site"))
    try:
        summary = exam_session_named(opened.reader, "S-01")
        chain = summary.exam_session_id
        settings = opened.settings
        site = SiteIdentity(settings.site_code, settings.name, settings.timezone, software())
        asyncio.run(open_registration(opened.lane, chain, "", OPERATOR))
        asyncio.run(close_sitting(opened.lane, chain, "", OPERATOR))
        keys = opened.bank_files.keys(summary.bank_id)
        stated = prepare_statement_now(opened.lane, opened.reader, chain, keys, site, OPERATOR)
        for officer in officers(opened.reader):
            if officer.committee:
                asyncio.run(
                    sign_statement(
                        *(
                            opened.lane,
                            opened.reader,
                            chain,
                            officer.officer_id,
                            stated.statement_hash,
                            "signed",
                        ),
                        passphrases[officer.username],
                    )
                )
    finally:
        opened.close()
