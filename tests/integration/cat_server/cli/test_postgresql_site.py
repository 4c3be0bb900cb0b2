"""A site on PostgreSQL as its operator meets it: made, checked, backed up, drilled, restored, and refused with a word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.cli.start_checks import check_records
from cat_server.domain.refusals import Refusal
from cat_server.records.engine import Reader, open_engine
from cat_server.records.unsafe_database import UnsafeDatabaseError
from cat_server.results.soundness import soundness
from cat_server.runtime.settings import load_settings
from question_bank.console import Console
from tests.postgresql_cluster import Cluster, make_cluster, remove
from tests.served_site import CHECKOUT, CLI
from tests.site_databases import copied, move_to, new_url, postgresql_only, rows, the_cluster, url_of, values

pytestmark = postgresql_only

Cat = Callable[..., Any]
SECRET = "rahasia-sekali"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Cluster]:
    """A cluster that asks for a password over TCP."""
    cluster = make_cluster()
    with cluster.admin() as admin:
        admin.execute(f"ALTER ROLE cat PASSWORD '{SECRET}'")
    hba = cluster.data / "pg_hba.conf"
    hba.write_text("local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8")
    with cluster.admin() as admin:
        admin.execute("SELECT pg_reload_conf()")
    yield cluster
    remove(cluster)


@pytest.fixture
def site(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for port in ("KIOSK", "MONITORING", "SCOREBOARD"):
        monkeypatch.setenv(f"CAT_{port}_PORT", "0")
    return copied(prepared, tmp_path / "site")


def start(site: Path) -> None:
    opened = SiteCommand(Console(catalogue(), "en"), site)
    try:
        check_records(opened, new_journal=False)
    finally:
        opened.close()


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every table's rows but those about the copy itself."""
    names = [each[0] for each in values(url, _TABLES_OF[url.startswith("postgresql")])]
    return {
        name: sorted((tuple(map(_plain, each)) for each in values(url, f"select * from {name}")), key=repr)
        for name in names
        if name not in ("alembic_version", "journal_head")
    }


_TABLES_OF = {
    True: "select tablename from pg_tables where schemaname = 'public'",
    False: "select name from sqlite_master where type = 'table'",
}


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def test_a_password_is_never_among_the_words_of_a_command_nor_in_what_is_said(
    cat: Cat, guarded: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = guarded.new_database()
    url = f"postgresql://cat:{SECRET}@127.0.0.1:{guarded.port}/{name}"
    ran = cat("site", "init", "--database", url, "--json")
    assert ran.problems == ["refusal_DATABASE_PASSWORD_SHOWN"]
    assert not Path("site").exists()
    monkeypatch.setenv("CAT_DATABASE", url)
    assert cat("site", "init").code == 0
    monkeypatch.delenv("CAT_DATABASE")
    assert url_of(Path("site")) == url
    assert Path("site/site.toml").stat().st_mode & 0o077 == 0
    said = cat("doctor", "--json")
    assert f"cat:***@127.0.0.1:{guarded.port}/{name}" in said.out
    Path("site/site.toml").chmod(0o644)
    assert "doctor_readable" in cat("doctor", "--json").problems
    move_to(Path("site"), url.replace(SECRET, SECRET + "x"))
    wrong = cat("site", "show", "--json")
    assert wrong.problems == ["cli_database_away"]
    assert "password" in wrong.out
    for each in (ran, said, wrong, cat("doctor"), cat("site", "show")):
        assert SECRET not in each.out + each.err


def test_a_password_file_is_enough(
    cat: Cat, guarded: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = guarded.new_database()
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:{guarded.port}:{name}:cat:{SECRET}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    ran = cat("site", "init", "--database", f"postgresql://cat@127.0.0.1:{guarded.port}/{name}")
    assert ran.code == 0, ran.out + ran.err
    assert cat("site", "show").code == 0


@pytest.mark.parametrize("url", ["mysql://cat@db/cat", "cat", "sqlite:////tmp/x.db"])
def test_another_kind_of_address_is_refused(cat: Cat, url: str) -> None:
    assert cat("site", "init", "--database", url, "--json").problems == ["refusal_DATABASE_URL_INVALID"]


def test_a_database_that_holds_a_site_is_never_made_into_another(cat: Cat, site: Path) -> None:
    before = everything(url_of(site))
    ran = cat("site", "init", "--site", "other", "--database", url_of(site), "--json")
    assert ran.problems == ["refusal_DATABASE_NOT_EMPTY"]
    assert not Path("other").exists()
    assert everything(url_of(site)) == before


def test_backup_drill_and_restore_bring_every_row_back_on_either_database(cat: Cat, site: Path) -> None:
    assert cat("backup", "key", "--out", "key.txt", "--site", site).code == 0
    assert cat("backup", "--to", "copies", "--site", site, "--json").code == 0
    kept = everything(url_of(site))
    drilled = cat("drill", "--from", "copies", "--site", site, "--json")
    assert (drilled.code, drilled.json["journal"], drilled.json["behind"]) == (0, "none", 0)
    assert not list(site.glob(".drill-*"))

    how = ("restore", "--from", "copies", "--recovery-key", "key.txt", "--json")
    to_file = cat(*how, "--site", "on-file")
    assert to_file.code == 0, to_file.out
    assert [each["code"] for each in to_file.json["warnings"]] == ["restore_moved_to_file"]
    assert url_of(Path("on-file")).startswith("sqlite:")
    _differ_by_the_restoring_alone(everything(url_of(Path("on-file"))), kept)

    url = new_url()
    to_server = cat(*how, "--site", "on-server", "--database", url)
    assert to_server.code == 0, to_server.out
    assert url_of(Path("on-server")) == url
    assert not list(Path("on-server").glob("exam.db*"))
    _differ_by_the_restoring_alone(everything(url), kept)
    start(Path("on-server"))
    again = cat(*how, "--site", "again", "--database", url)
    assert again.problems == ["refusal_DATABASE_NOT_EMPTY"]
    assert not Path("again").exists()


def _differ_by_the_restoring_alone(
    found: dict[str, list[tuple[Any, ...]]], kept: dict[str, list[tuple[Any, ...]]]
) -> None:
    assert found.keys() == kept.keys()
    changed = {name for name in kept if found[name] != kept[name]}
    assert changed == {"ledger", "chain_head"}
    more = [each for each in found["ledger"] if each not in kept["ledger"]]
    assert [each[2] for each in more] == ["SITE_RESTORED"]
    assert len(found["ledger"]) == len(kept["ledger"]) + 1


def test_a_site_moves_from_a_file_to_a_server_by_restoring(cat: Cat, site: Path) -> None:
    assert cat("backup", "--to", "copies", "--site", site).code == 0
    assert cat("restore", "--from", "copies", "--damaged", site, "--site", "on-file").code == 0
    url = new_url()
    assert cat("backup", "--to", "later", "--site", "on-file").code == 0
    ran = cat("restore", "--from", "later", "--damaged", "on-file", "--site", "moved", "--database", url)
    assert ran.code == 0, ran.out + ran.err
    reader = Reader(url)
    assert not soundness(reader, with_tables=True).problems
    reader.close()
    assert cat("exam-session", "list", "--site", "moved").code == 0


def test_a_start_says_what_it_is_on_and_refuses_what_it_is_not(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(site)
    said = capsys.readouterr().out
    assert f"PostgreSQL {the_cluster_version()}" in said
    assert "sound" in said
    move_to(site, new_url())
    with pytest.raises(Refusal) as refused:
        start(site)
    assert refused.value.code == "DATABASE_EMPTY"


def the_cluster_version() -> str:
    with the_cluster().admin() as admin:
        row = admin.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""


def test_a_careless_server_is_refused_in_the_readers_language(prepared: Path, tmp_path: Path) -> None:
    cluster = make_cluster(fsync="off")
    try:
        site = copied(prepared, tmp_path / "careless")
        move_to(site, cluster.url("postgres"))
        with pytest.raises(UnsafeDatabaseError):
            start(site)
        for language, word in (("id", "dapat kehilangan"), ("en", "can lose")):
            served = subprocess.run(
                [
                    *(sys.executable, "-m", "cat_server.cli.main", "serve"),
                    "--site",
                    str(site),
                    "--lang",
                    language,
                ],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
                env={**os.environ, "CAT_KIOSK_PORT": "0"},
            )
            assert served.returncode == 1
            assert word in served.stdout + served.stderr
            assert "fsync = on" in served.stdout + served.stderr
            assert "Traceback" not in served.stderr
    finally:
        remove(cluster)


def test_a_server_that_is_away_is_told_plainly(cat: Cat, site: Path, tmp_path: Path) -> None:
    move_to(site, f"postgresql://cat@/cat?host={tmp_path}&port=5432")
    for words in (
        ("serve", "--lang", "en"),
        ("site", "show", "--lang", "en"),
        ("results", "list", "--lang", "en"),
    ):
        ran = cat(*words, "--site", site)
        assert ran.code != 0
    command = [*CLI, "serve", "--lang", "en", "--site", str(site)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, check=False)
    assert "PostgreSQL server of this site cannot be reached" in said.stdout + said.stderr
    assert "cli_database_away" in cat("doctor", "--site", site, "--json").problems


def test_a_journal_beside_postgresql_is_refused_and_what_to_use_is_named(cat: Cat, site: Path) -> None:
    text = (site / "site.toml").read_text(encoding="utf-8")
    journal = '[journal]\npath = "../second"\nrequired = true\n'
    (site / "site.toml").write_text(re.sub(r"\[journal\]\n(?:.+\n)+", journal, text), encoding="utf-8")
    ran = cat("doctor", "--site", site, "--lang", "en")
    assert ran.code == 1
    assert "synchronous_standby_names" in ran.out + ran.err
    with pytest.raises(Refusal, match="JOURNAL_NEEDS_SQLITE"):
        load_settings(site)


def test_the_copy_of_an_older_version_is_that_version(site: Path, tmp_path: Path) -> None:
    """What a program finds before it has brought the tables up to date can be backed up as it is."""
    from cat_server.records.copying import copy_database  # noqa: PLC0415 - only this test reaches inside

    engine = open_engine(url_of(site))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_participant_participant_number")
        connection.exec_driver_sql("DROP INDEX ix_sign_in_kiosk_id")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0006'")
    engine.dispose()
    copy_database(url_of(site), tmp_path / "copy.db", lambda *_: None)
    assert values(tmp_path / "copy.db", "select version_num from alembic_version") == [("0006",)]
    assert everything(f"sqlite:///{tmp_path / 'copy.db'}") == everything(url_of(site))


def test_what_the_prepared_site_holds_is_on_the_server(site: Path) -> None:
    assert make_url(url_of(site)).get_backend_name() == "postgresql"
    assert not list(site.glob("exam.db*"))
    assert rows(site, "select count(*) as n from attempt")[0]["n"] == 12
