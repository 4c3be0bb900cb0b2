"""What a server finds at its start, says, mends by itself, or refuses with the command that mends it."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3  # noqa: TID251 - the database is damaged from outside
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.cli.site_lane import open_lane
from cat_server.cli.start_checks import check_pages, check_records, has_base
from cat_server.cli.start_found import Found
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.write_lane import NotDurableError, Tx
from cat_server.runtime.ballast import BALLAST_FILE, hold_back
from question_bank.console import Console
from tests.served_site import CHECKOUT, CLI
from tests.site_databases import copied, sqlite_only

pytestmark = sqlite_only(
    "pages, log and journal of a file; test_postgresql_site.py asks the same of a PostgreSQL"
)

Cat = Callable[..., Any]


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Path:
    site = copied(prepared, tmp_path / "site")
    (tmp_path / "second").mkdir()
    _set_journal(site, 'path = "../second"\nrequired = true\n')
    return site


def _set_journal(site: Path, lines: str) -> None:
    settings = (site / "site.toml").read_text(encoding="utf-8")
    settings = re.sub(r"\[journal\]\n(?:.+\n)+", f"[journal]\n{lines}", settings)
    (site / "site.toml").write_text(settings, encoding="utf-8")


@contextmanager
def opened(site: Path) -> Iterator[SiteCommand]:
    found = SiteCommand(Console(catalogue(), "en"), site)
    yield found
    found.close()


def start(site: Path, *, new_journal: bool = False) -> None:
    with opened(site) as command:
        check_records(command, new_journal=new_journal)


def note(tx: Tx) -> None:
    tx.append(SITE_CHAIN, Event(EventKind.OFFICER_SIGNED_OUT, {"officer_id": "x"}), SERVER)


def write(site: Path) -> None:
    with opened(site) as command:
        command.lane.run_now(note)


def test_all_well_is_said(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start(site)
    said = capsys.readouterr().out
    assert "A new journal begins" in said
    assert "sound" in said
    write(site)
    with opened(site) as command:
        assert not has_base(command)
    start(site)
    assert "equal, up to transaction 1" in capsys.readouterr().out


def test_a_missing_database_is_never_made_anew(site: Path) -> None:
    (site / "exam.db").unlink()
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            start(site)
        assert refused.value.code == "DATABASE_MISSING"
        assert f"restore --from {site.parent.resolve() / 'second' / 'backups'} --from" in str(
            refused.value.params["command"]
        )
        (site / "exam.db").touch()


def test_no_command_makes_a_lost_database_anew(site: Path, cat: Cat) -> None:
    """Not even the one that a UPS calls by itself, after which a start found an empty site and called it sound."""
    (site / "exam.db").unlink()
    for words in (
        ["doctor"],
        ["ups", "--notice", "ONLINE"],
        ["officer", "list"],
        ["backup"],
        ["event", "list"],
    ):
        ran = cat(*words, "--site", site, "--lang", "en")
        assert ran.code == 1
        assert (ran.out + ran.err).count("exam.db is not there") == 1
        assert not (site / "exam.db").exists()


@pytest.mark.parametrize("at", ["header", "page"])
def test_a_damaged_page_is_not_served(site: Path, at: str) -> None:
    content = bytearray((site / "exam.db").read_bytes())
    place = 20 if at == "header" else 5 * 4096
    content[place : place + 60] = b"\xff" * 60
    (site / "exam.db").write_bytes(content)
    with pytest.raises(Refusal) as refused:
        start(site)
    assert refused.value.code == "DATABASE_DAMAGED"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start has no time for the pages of tables that grow with every answer."""
    monkeypatch.setattr("cat_server.cli.start_checks.PAGE_CHECK_S", 0)
    monkeypatch.setattr("cat_server.records.health._STEPS", 1)


def damage_root(site: Path, table: str) -> None:
    with contextlib.closing(sqlite3.connect(site / "exam.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with (site / "exam.db").open("r+b") as database:
        database.seek((page - 1) * 4096)
        database.write(b"\xff" * 60)


@pytest.mark.usefixtures("hurried")
def test_what_a_start_has_no_time_for_is_said_and_read_later(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(site) as command:
        assert check_records(command, new_journal=False) is Found.PAGES_LEFT
        assert "checked while the server runs" in capsys.readouterr().out
        assert check_pages(command) is Found.SOUND
    assert "every page of the database is sound" in capsys.readouterr().out


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("table", ["participant", "answer", "receipt", "ledger"])
def test_what_open_exam_sessions_need_is_never_left_for_later(site: Path, table: str) -> None:
    damage_root(site, table)
    with pytest.raises(Refusal) as refused:
        start(site)
    assert refused.value.code == "DATABASE_DAMAGED"


def test_a_command_that_meets_damage_says_so_in_a_sentence(site: Path) -> None:
    damage_root(site, "chain_head")
    ran = subprocess.run(
        [*CLI, "ups", "--site", str(site), "--notice", "ONBATT", "--lang", "en"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )
    assert ran.returncode == 1
    (line,) = (ran.stdout + ran.stderr).splitlines()
    assert "is damaged" in line


def test_damage_that_is_found_later_is_told_and_logged(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage_root(site, "receipt")
    with opened(site) as command:
        assert check_pages(command) is Found.PAGES_DAMAGED
    assert "restore --from" in capsys.readouterr().err
    lines = (site / "logs" / "checks.log").read_text(encoding="utf-8").splitlines()
    assert [json.loads(each)["code"] for each in lines] == ["PAGES_DAMAGED"]


def test_a_database_behind_its_journal_is_brought_up_by_itself(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(site)
    shutil.copy(site / "exam.db", tmp_path / "old.db")
    write(site)
    write(site)
    shutil.copy(tmp_path / "old.db", site / "exam.db")
    start(site)
    assert "2 transactions were played in" in capsys.readouterr().out
    start(site)
    assert "equal, up to transaction 3" in capsys.readouterr().out


def test_a_journal_that_does_not_fit_changes_nothing(site: Path, tmp_path: Path) -> None:
    write(site)
    shutil.copy(site / "exam.db", tmp_path / "old.db")
    write(site)
    shutil.copy(tmp_path / "old.db", site / "exam.db")
    for each in (tmp_path / "second").iterdir():
        content = bytearray(each.read_bytes())
        del content[-1]
        each.write_bytes(content)
    start(site)  # a last record that is cut was never acknowledged
    (site / "keys" / "master.key").write_bytes(bytes(32))
    write(site)  # under another key
    shutil.copy(tmp_path / "old.db", site / "exam.db")
    (site / "keys" / "master.key").write_bytes(bytes([1] * 32))
    before = (site / "exam.db").read_bytes()
    with pytest.raises(Refusal, match="JOURNAL_DIFFERS"):
        start(site)
    assert (site / "exam.db").read_bytes() == before


def test_a_device_that_is_away_or_another_is_told_and_needs_a_word(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(site)
    (tmp_path / "second").rename(tmp_path / "away")
    with pytest.raises(Refusal, match="JOURNAL_UNREACHABLE"):
        start(site)
    with opened(site) as command, pytest.raises(NotDurableError):
        command.lane.run_now(note)
    (tmp_path / "second").mkdir()
    with pytest.raises(Refusal, match="JOURNAL_LOST"):
        start(site)
    start(site, new_journal=True)
    write(site)
    assert len(list((tmp_path / "second").glob("*.journal"))) == 1
    capsys.readouterr()
    start(site)
    assert "equal, up to transaction 1" in capsys.readouterr().out


def test_a_wished_journal_does_not_stand_in_the_way(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_journal(site, 'path = "../second"\nrequired = false\n')
    write(site)
    (tmp_path / "second").rename(tmp_path / "away")
    start(site)
    assert "without a second copy" in capsys.readouterr().out
    write(site)


def test_a_full_disk_lets_the_ballast_go_and_saving_resumes(site: Path) -> None:
    with opened(site) as command:
        hold_back(site, 1, beyond_mib=0)
        lane = open_lane(command.settings, command.clock, command.keyring.secrets.journal_key).start()
        pages = lane.run_now(lambda tx: _limit(tx, 0))

        def fill(tx: Tx) -> None:
            _limit(tx, pages)
            for _ in range(2_000):
                note(tx)
            tx.ledger.flush()

        for _ in range(2):
            with pytest.raises(NotDurableError, match="full"):
                lane.run_now(fill)
        assert "full" in lane.trouble
        assert not (site / BALLAST_FILE).exists()
        lane.run_now(lambda tx: _limit(tx, 1 << 30))
        lane.run_now(note)
        assert lane.trouble == ""
        lane.stop()
    start(site)


def _limit(tx: Tx, pages: int) -> int:
    """Let the database grow no further than `pages`, as a full disk would; return how many it has."""
    if pages:
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    return int(tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one())


def test_a_new_journal_needs_a_new_backup(site: Path, cat: Cat) -> None:
    write(site)
    assert cat("backup", "--site", site).code == 0
    with opened(site) as command:
        assert has_base(command)
    start(site, new_journal=True)
    write(site)
    with opened(site) as command:
        assert not has_base(command)


def test_new_tables_end_the_journal_of_the_old_ones(
    site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(site)
    monkeypatch.setattr("cat_server.cli.start_checks.newest_version", lambda: "9999")
    start(site)
    write(site)
    assert len({each.name[:32] for each in (tmp_path / "second").glob("*.journal")}) == 2
