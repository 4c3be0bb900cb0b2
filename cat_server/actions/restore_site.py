"""Rebuilds a site from its newest backup and the journal, aside, and puts it in place only when it is proven."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cat_server.actions.back_up_site import Step
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.domain.instants import Clock
from cat_server.domain.refusals import Refusal
from cat_server.records.banks import banks
from cat_server.records.copying import NotEmptyError, fill_database
from cat_server.records.database_url import shown_url
from cat_server.records.engine import Reader, open_engine
from cat_server.records.journal_frames import UnreadableRecordError
from cat_server.records.journal_replay import Comparison, ReplayError, catch_up, stop_journal
from cat_server.records.schema import migrate
from cat_server.records.write_lane import WriteLane
from cat_server.results.soundness import Soundness, soundness
from cat_server.runtime.backup import (
    DATABASE_MEMBER,
    BackupDamagedError,
    key_of,
    read_backup,
    read_header,
)
from cat_server.runtime.backup_folder import BackupFile, backups_in
from cat_server.runtime.keyring import Keyring, open_keyring
from cat_server.runtime.settings import SETTINGS_FILE, load_settings
from question_bank.sealing.envelope import CannotOpenError

_FILES_THAT_STAY = ("banks", "photos", "keys/seeds")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a site is restored from: folders with backups and journal, and what opens them.

    `damaged` is the folder of the site that was lost, if it still is there: its keys open the backups, and files newer
    than the backup are taken from it. `recovery_text` is the recovery key. `database` is the URL of the empty PostgreSQL that
    the site shall be on; empty: a SQLite file in the site's folder.
    """

    folders: Sequence[Path]
    damaged: Path | None = None
    recovery_text: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A site as it was rebuilt, before it is put to use.

    `passed_over` are newer backups that did not open; `journal` is None where the backup knows of no journal.
    `has_foreign_journal`: the folders hold a journal, but not the one that goes on from this backup.
    """

    backup: BackupFile
    passed_over: Sequence[Path]
    journal: Comparison | None
    has_foreign_journal: bool
    soundness: Soundness


@dataclass(frozen=True, slots=True)
class Restored:
    """`filled` files came from the damaged site; `missing_banks` names banks whose encrypted files are nowhere.

    `is_moved_to_file`: the site was on PostgreSQL and is on a SQLite file now.
    """

    rebuilt: Rebuilt
    filled: int
    missing_banks: Sequence[str]
    is_moved_to_file: bool


def restore_site(folder: Path, source: Source, clock: Clock, step: Step = lambda *_: None) -> Restored:
    """Restore a site into `folder`, which must be empty or not there. Nothing stays if anything fails.

    Raises:
        Refusal: `SITE_EXISTS`, `FOLDER_NOT_EMPTY`, `DATABASE_NOT_EMPTY`, and what `rebuild` refuses.
    """
    folder = folder.absolute()
    if (folder / SETTINGS_FILE).exists():
        raise Refusal("SITE_EXISTS", {"folder": str(folder)})
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal("FOLDER_NOT_EMPTY", {"folder": str(folder)})
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".cat-restore-", dir=folder.parent))
    mask = os.umask(0o077)
    try:
        rebuilt = rebuild(draft, source, step)
        filled = _fill(draft, source.damaged) if source.damaged else 0
        is_moved_to_file = bool(load_settings(draft).database) and not source.database
        _place(draft, source.database, step)
        missing = _put_to_use(draft, rebuilt, clock)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        os.umask(mask)
    return Restored(rebuilt, filled, missing, is_moved_to_file)


def rebuild(draft: Path, source: Source, step: Step = lambda *_: None) -> Rebuilt:
    """Unpack the newest backup that opens into the empty folder `draft`, play the journal in, and prove the whole.

    Raises:
        Refusal: `BACKUP_NONE`; `BACKUP_CANNOT_OPEN`; `JOURNAL_DIFFERS`, a record had another effect than before;
            `RESTORE_UNSOUND`, pages, ledger or tables are not right; `RECOVERY_KEY_UNREADABLE`, `KEYS_MISSING`.
    """
    backup, passed_over = _unpack(draft, source, step)
    url = f"sqlite:///{draft / DATABASE_MEMBER}"
    keyring = open_keyring(draft / "keys")
    try:
        journal = _catch_up(url, source.folders, keyring, step)
    except (ReplayError, UnreadableRecordError) as error:
        raise Refusal("JOURNAL_DIFFERS", {"reason": str(error)}) from None
    step("backup_proving", 0, 0)
    found = _proved(url, str(backup.path))
    is_played = journal is not None and not journal.is_missing
    has_foreign = not is_played and any(True for each in source.folders for _ in each.glob("*.journal"))
    return Rebuilt(backup, passed_over, journal, has_foreign, found)


def _proved(url: str, name: str) -> Soundness:
    reader = Reader(url)
    try:
        found = soundness(reader, with_tables=True)
    finally:
        reader.close()
    if found.problems:
        raise Refusal("RESTORE_UNSOUND", {"count": len(found.problems), "file": name})
    return found


def _unpack(draft: Path, source: Source, step: Step) -> tuple[BackupFile, Sequence[Path]]:
    backups = [found for each in source.folders for found in backups_in(each)]
    backups += [found for each in source.folders for found in backups_in(each / "backups")]
    if not backups:
        raise Refusal("BACKUP_NONE", {"folder": ", ".join(map(str, source.folders))})
    backup_key = open_keyring(source.damaged / "keys").backup_key if source.damaged else None
    passed_over: list[Path] = []
    for each in sorted(backups, key=lambda found: found.at_ms, reverse=True):
        try:
            key = key_of(read_header(each.path), backup_key, source.recovery_text)
            read_backup(each.path, key, draft, _counter(step, each.path))
        except (CannotOpenError, BackupDamagedError):
            passed_over.append(each.path)
            for left in draft.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        else:
            return each, passed_over
    raise Refusal("BACKUP_CANNOT_OPEN", {"count": len(passed_over), "file": str(passed_over[0])})


def _counter(step: Step, path: Path) -> Callable[[int], None]:
    total, done = path.stat().st_size, 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        step("backup_reading", min(done, total), total)

    return count


def _catch_up(url: str, folders: Sequence[Path], keyring: Keyring, step: Step) -> Comparison | None:
    """Play the journal in from the first of `folders` that has it."""
    engine = open_engine(url)
    found: Comparison | None = None
    try:
        for each in folders:
            found = catch_up(
                engine,
                each,
                keyring.secrets.journal_key,
                lambda done: step("backup_playing", done, 0),
            )
            if found is None or not found.is_missing:
                break
    finally:
        engine.dispose()
    return found


def _fill(draft: Path, damaged: Path) -> int:
    """Take files from the damaged site that the backup does not have: banks, photos and seeds of the last minutes."""
    filled = 0
    for name in _FILES_THAT_STAY:
        for path in sorted((damaged / name).glob("*")):
            target = draft / name / path.name
            if path.is_file() and not target.exists():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                filled += 1
    return filled


def _place(draft: Path, url: str, step: Step) -> None:
    """Bring the rebuilt database to where the site shall have it, prove it there, and say so in the settings."""
    settings = load_settings(draft)
    if settings.database != url:
        settings = settings.model_copy(update={"database": url})
        (draft / SETTINGS_FILE).write_text(settings.as_toml(), encoding="utf-8")
    if not url:
        return
    file = draft / DATABASE_MEMBER
    try:
        fill_database(file, url, lambda done, total: step("restore_filling", done, total))
    except NotEmptyError:
        raise Refusal("DATABASE_NOT_EMPTY", {"database": shown_url(url)}) from None
    step("restore_proving", 0, 0)
    _proved(url, shown_url(url))
    for each in draft.glob(f"{DATABASE_MEMBER}*"):
        each.unlink()


def _put_to_use(draft: Path, rebuilt: Rebuilt, clock: Clock) -> Sequence[str]:
    """Write down in the ledger that this is a restored site; return the names of banks whose files are missing."""
    settings = load_settings(draft)
    engine = open_engine(settings.database_url)
    stop_journal(engine)
    migrate(engine)
    played = rebuilt.journal.played if rebuilt.journal else 0
    event = Event(EventKind.SITE_RESTORED, {"backup_at_ms": rebuilt.backup.at_ms, "played": played})
    lane = WriteLane(engine, clock).start()
    try:
        lane.run_now(lambda tx: tx.append(SITE_CHAIN, event, SERVER))
        known = lane.run_now(lambda tx: banks(tx.connection))
    finally:
        lane.stop()
    return [each.title for each in known if not (settings.banks_folder / f"{each.bank_id}.bank").exists()]
