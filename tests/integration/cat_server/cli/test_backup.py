"""`backup`, `restore` and `drill` as an operator uses them, on a site of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cat_server.runtime.backup_folder import backups_in
from cat_server.runtime.recovery_key import new_recovery_key
from tests.site_databases import IS_POSTGRESQL, change, copied, rows, sqlite_only

Cat = Callable[..., Any]


@pytest.fixture
def site(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo site whose journal and backups are in `second`."""
    for port in ("KIOSK", "MONITORING", "SCOREBOARD"):
        monkeypatch.setenv(f"CAT_{port}_PORT", "0")
    site = copied(prepared, tmp_path / "site")
    (tmp_path / "second").mkdir()
    settings = (site / "site.toml").read_text(encoding="utf-8")
    journal = '[journal]\npath = "../second"\nrequired = true\n'
    if IS_POSTGRESQL:  # has no journal of ours
        settings = settings.replace('[backup]\npath = ""', '[backup]\npath = "../second/backups"')
    else:
        settings = re.sub(r"\[journal\]\n(?:.+\n)+", journal, settings)
    (site / "site.toml").write_text(settings, encoding="utf-8")
    return site


def copies(tmp_path: Path) -> list[Path]:
    return [each.path for each in backups_in(tmp_path / "second" / "backups")]


@sqlite_only("has a journal to play in")
def test_a_backup_and_the_recovery_key_open_the_site_on_another_machine(
    cat: Cat, site: Path, tmp_path: Path
) -> None:
    ran = cat("backup", "--site", site, "--json")
    assert (ran.code, ran.json["has_recovery_key"]) == (0, False)
    made = cat("backup", "key", "--out", "key.txt", "--site", site, "--lang", "en")
    assert made.code == 0
    text = (tmp_path / "key.txt").read_text().strip()
    assert text in made.out
    assert cat("backup", "key", "--out", "key.txt", "--site", site, "--json").problems == [
        "refusal_FILE_EXISTS"
    ]
    assert cat("backup", "key", "--out", "b.txt", "--site", site, "--json").problems == [
        "refusal_RECOVERY_KEY_EXISTS"
    ]
    assert not (tmp_path / "b.txt").exists()
    shutil.rmtree(tmp_path / "second" / "backups")
    assert cat("backup", "--site", site, "--json").json["has_recovery_key"] is True
    assert cat("room", "import", _rooms(tmp_path), "--site", site).code == 0  # only the journal knows of it
    shutil.rmtree(site)

    wrong = tmp_path / "wrong.txt"
    (tmp_path / "other").mkdir()
    wrong.write_text(new_recovery_key(tmp_path / "other"))
    restore = ("restore", "--from", "second", "--site", "new", "--json")
    assert cat(*restore).problems == ["refusal_RESTORE_KEY_NEEDED"]
    assert cat(*restore, "--recovery-key", wrong).problems == ["refusal_BACKUP_CANNOT_OPEN"]
    wrong.write_text(text.replace(text[0], "A" if text[0] != "A" else "B", 1))
    assert cat(*restore, "--recovery-key", wrong).problems == ["refusal_RECOVERY_KEY_UNREADABLE"]
    assert not (tmp_path / "new").exists()

    typed = tmp_path / "typed.txt"
    typed.write_text(text.lower().replace("-", " "))
    ran = cat(*restore, "--recovery-key", typed)
    assert ran.code == 0, ran.out
    assert (ran.json["journal"], ran.json["played"], ran.json["missing_banks"]) == ("played", 1, [])
    rooms = {each["code"] for each in _rooms_of("new")}
    assert "R-LAIN" in rooms
    said = {each["code"] for each in cat("doctor", "--site", "new", "--json").json["checks"]}
    assert {"doctor_keys", "doctor_database", "doctor_ledger", "doctor_recovery_key"} <= said
    assert cat(*restore, "--recovery-key", typed).problems == ["refusal_SITE_EXISTS"]


def _rooms(tmp_path: Path) -> Path:
    file = tmp_path / "rooms.csv"
    file.write_text("kode ruang,nama ruang,jumlah kursi\nR-LAIN,Ruang Lain,3\n", encoding="utf-8")
    return file


def _rooms_of(site: str) -> list[dict[str, Any]]:
    return list(rows(Path(site), "select code from room"))


def test_nothing_of_a_backup_is_readable_without_its_key(cat: Cat, site: Path, tmp_path: Path) -> None:
    cat("backup", "--site", site)
    content = b"".join(each.read_bytes() for each in copies(tmp_path))
    for secret in (b"SQLite format", b"exam.db", b"DEMO-1", (site / "keys" / "master.key").read_bytes()):
        assert secret not in content
    assert copies(tmp_path)[0].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["byte", "cut", "header", "longer"])
def test_a_damaged_backup_is_passed_over_for_an_older_one(
    cat: Cat, site: Path, tmp_path: Path, damage: str
) -> None:
    cat("backup", "--site", site)
    older = copies(tmp_path)[0]
    newer = older.with_name("DEMO-29990101T000000Z.catbackup")
    content = bytearray(older.read_bytes())
    match damage:
        case "byte":
            content[len(content) // 2] ^= 1
        case "cut":
            del content[-20:]
        case "header":
            content[30] ^= 1
        case "longer":
            content += b"more"
    newer.write_bytes(content)
    ran = cat("restore", "--from", "second", "--damaged", site, "--site", "new", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["backup"].endswith(older.name)
    assert "restore_passed_over" in [each["code"] for each in ran.json["warnings"]]
    assert cat("drill", "--site", site, "--json").problems == ["refusal_DRILL_LAST_DAMAGED"]
    older.unlink()
    ran = cat("restore", "--from", "second", "--damaged", site, "--site", "other", "--json")
    assert ran.problems == ["refusal_BACKUP_CANNOT_OPEN"]
    assert sorted(each.name for each in tmp_path.glob(".cat-*")) == []


def test_a_damaged_database_is_not_backed_up(cat: Cat, site: Path, tmp_path: Path) -> None:
    change(site, "UPDATE chain_head SET hash = 'x' WHERE chain = 'site'")
    before = sorted(site.iterdir())
    ran = cat("backup", "--site", site, "--json")
    assert ran.problems == ["refusal_BACKUP_UNSOUND"]
    assert (copies(tmp_path), list((tmp_path / "second" / "backups").iterdir())) == ([], [])
    assert sorted(site.iterdir()) == before


def test_a_device_that_forgets_is_found_by_reading_back(
    cat: Cat, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cat_server.actions import back_up_site  # noqa: PLC0415 - only this test reaches inside

    written = back_up_site.write_backup

    def forget(path: Path, *rest: Any) -> Any:
        manifest = written(path, *rest)
        content = bytearray(path.read_bytes())
        content[-100] ^= 1
        path.write_bytes(content)
        return manifest

    monkeypatch.setattr(back_up_site, "write_backup", forget)
    ran = cat("backup", "--site", site, "--json")
    assert ran.problems == ["refusal_BACKUP_UNVERIFIED"]
    assert list((tmp_path / "second" / "backups").iterdir()) == []


def test_a_drill_leaves_nothing_and_is_remembered(cat: Cat, site: Path) -> None:
    def doctor() -> set[str]:
        return {each["code"] for each in cat("doctor", "--site", site, "--json").json["checks"]}

    assert cat("drill", "--site", site, "--json").problems == ["refusal_BACKUP_NONE"]
    assert {"doctor_backup_none", "doctor_drill_none", "doctor_recovery_key_none"} <= doctor()
    cat("backup", "--site", site)
    before = {each.name for each in site.iterdir()}
    ran = cat("drill", "--site", site, "--json")
    assert (ran.code, ran.json["journal"], ran.json["behind"]) == (
        0,
        "none" if IS_POSTGRESQL else "played",
        0,
    )
    assert ran.json["took_ms"] >= 0
    assert {each.name for each in site.iterdir()} == before
    assert {"doctor_backup", "doctor_drill", *([] if IS_POSTGRESQL else ["doctor_journal"])} <= doctor()


def test_a_drill_with_another_sites_backup_is_told(cat: Cat, site: Path) -> None:
    cat("backup", "--site", site)
    change(site, "UPDATE ledger SET hash = 'x' WHERE chain = 'site'")
    assert cat("drill", "--site", site, "--json").problems == ["refusal_DRILL_DIFFERS"]


def test_files_newer_than_the_backup_come_from_the_damaged_site(cat: Cat, site: Path) -> None:
    cat("backup", "--site", site)
    (site / "photos").mkdir(exist_ok=True)
    (site / "photos" / "newer.jpg").write_bytes(b"photo")
    ran = cat("restore", "--from", "second", "--damaged", site, "--site", "new", "--json")
    assert ran.json["filled"] == 1
    assert Path("new/photos/newer.jpg").read_bytes() == b"photo"


@sqlite_only("has a journal to thin out")
def test_old_backups_go_and_so_do_parts_of_the_journal_that_none_needs(
    cat: Cat, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cat_server.records.journal.SEGMENT_BYTES", 100)
    settings = (site / "site.toml").read_text(encoding="utf-8")
    settings = settings.replace("keep_newest = 24", "keep_newest = 2").replace(
        "keep_days = 14", "keep_days = 0"
    )
    (site / "site.toml").write_text(settings, encoding="utf-8")
    for day in range(1, 4):
        assert cat("backup", "--site", site).code == 0
        made = copies(tmp_path)[0]
        made.rename(made.with_name(f"DEMO-2026010{day}T000000Z.catbackup"))
        assert cat("drill", "--site", site).code == 0  # a transaction, and so a segment
    assert cat("backup", "--site", site, "--json").json["removed"] == 1
    assert [each.name[5:13] for each in copies(tmp_path)[1:]] == ["20260103"]
    left = sorted(int(each.name[33:45]) for each in (tmp_path / "second").glob("*.journal"))
    assert left == [4]
    assert cat("drill", "--site", site, "--json").json["journal"] == "played"


def test_copies_of_a_backup_or_drill_that_was_killed_are_removed_by_the_next(cat: Cat, site: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [site / f".{kind}-{gone.pid}-x" for kind in ("backup", "drill")]
    own = site / f".backup-{os.getpid()}-x"
    for each in (*left, own):
        each.mkdir()
        (each / "exam.db").touch()
    assert cat("backup", "--site", site).code == 0
    assert [each.exists() for each in (*left, own)] == [False, False, True]


def test_a_scheduled_backup_that_is_stopped_leaves_nothing(site: Path, tmp_path: Path) -> None:
    before = sorted(site.iterdir())
    program = (
        "import os, signal; from cat_server.actions import back_up_site; from cat_server.cli.main import main;"
        "back_up_site.copy_database = lambda *_: os.kill(os.getpid(), signal.SIGTERM); main()"
    )
    words = ["backup", "--gently", "--json", "--to", str(tmp_path / "to"), "--site", str(site)]
    stopped = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, check=False)
    assert stopped.returncode == 143
    assert sorted(site.iterdir()) == before
    assert list((tmp_path / "to").iterdir()) == []
