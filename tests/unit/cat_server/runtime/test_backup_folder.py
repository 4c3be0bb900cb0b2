"""Which backups are there, and which of the old ones stay."""

from __future__ import annotations

from pathlib import Path

from cat_server.runtime.backup_folder import BackupFile, backup_name, backups_in, to_remove

DAY_MS = 86_400_000
START_MS = 1_767_225_600_000


def every_hour(days: int) -> list[BackupFile]:
    times = [START_MS + hour * 3_600_000 for hour in range(days * 24)]
    return [BackupFile(Path(backup_name("X", each)), "X", each) for each in reversed(times)]


def test_the_newest_stay_and_the_last_of_each_of_the_last_days() -> None:
    backups = every_hour(10)
    gone = {each.path for each in to_remove(backups, keep_newest=5, keep_days=3)}
    kept = [each.at_ms for each in backups if each.path not in gone]
    last_of_day = [START_MS + day * DAY_MS - 3_600_000 for day in (10, 9, 8)]
    assert kept == sorted({*(each.at_ms for each in backups[:5]), *last_of_day}, reverse=True)
    assert to_remove(backups[:3], keep_newest=5, keep_days=0) == []


def test_only_backups_by_their_names_are_found_newest_first(tmp_path: Path) -> None:
    names = [backup_name("A-1", START_MS), backup_name("A-1", START_MS + 5_000), backup_name("B", START_MS)]
    for each in (*names, "A-1-20260101T000000Z.catbackup.part", "notes.txt"):
        (tmp_path / each).touch()
    assert [each.path.name for each in backups_in(tmp_path, "A-1")] == [names[1], names[0]]
    assert len(backups_in(tmp_path)) == 3
    assert backups_in(tmp_path / "nowhere") == ()
