"""The server is killed and its database is gone: the newest backup and the journal give every acknowledged answer back."""

from __future__ import annotations

import json
import random
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cat_server.runtime.backup_folder import backups_in
from tests.http_clients import HttpParticipant
from tests.served_site import Served, copied_site, wait_until

SEED = 20_261_127


@pytest.fixture(params=(1, 3), ids=lambda each: f"{each} kiosk processes")
def served(template_site: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """A demo site with its journal and its backups in a folder beside it; one or several processes write to the journal."""
    site = copied_site(template_site, tmp_path / "site")
    site.configure(kiosk_workers=request.param)
    (tmp_path / "second").mkdir()
    settings = site.folder / "site.toml"
    journal = f'[journal]\npath = "{tmp_path / "second"}"\nrequired = true\n'
    settings.write_text(
        re.sub(r"\[journal\]\n(?:.+\n)+", journal.replace("\\", "/"), settings.read_text(encoding="utf-8"))
    )
    site.start()
    # It is made beside everything else, so slowly on a busy machine that it could hold what the test wants in the journal.
    wait_until(lambda: backups_in(tmp_path / "second" / "backups"), "the first backup is made", 120)
    yield site
    site.end()


def save_without_end(participant: HttpParticipant, stop: threading.Event) -> None:
    chance = random.Random(participant.person["participant_number"])
    while not stop.is_set():
        participant.send(participant.command("answer", chance.randint(1, 20), f"o{chance.randint(1, 4)}"))
        stop.wait(0.01)


def test_every_acknowledged_answer_is_there_after_the_database_is_lost(
    served: Served, participants: list[HttpParticipant], tmp_path: Path
) -> None:
    stop = threading.Event()
    threads = [threading.Thread(target=save_without_end, args=(each, stop)) for each in participants]
    for thread in threads:
        thread.start()
    wait_until(lambda: min(len(each.saved) for each in participants) >= 20, "answers are acknowledged", 120)
    acknowledged = [dict(each.saved) for each in participants]
    served.kill_all()
    stop.set()
    lost = tmp_path / "lost"
    served.folder.rename(lost)
    for suffix in ("", "-wal", "-shm"):
        (lost / f"exam.db{suffix}").unlink(missing_ok=True)

    words = ("restore", "--from", str(tmp_path / "second"), "--damaged", str(lost), "--json")
    ran = served.cli(*words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    restored = json.loads(ran.stdout)
    assert (restored["journal"], restored["missing_banks"]) == ("played", [])
    assert restored["played"] >= sum(map(len, acknowledged)) / 20
    for person, saved in zip(participants, acknowledged, strict=True):
        attempt = served.attempt_id(person.person)
        rows = {row["seq"]: row for row in served.rows("select * from receipt where attempt_id = ?", attempt)}
        for seq, (_, receipt) in saved.items():
            assert (rows[seq]["number"], rows[seq]["hash"]) == (receipt["number"], receipt["hash"])

    served.start()  # and the exam goes on where it was, with what the PCs still hold
    for thread in threads:
        thread.join(200)
    for each in participants:
        each.send(each.command("answer", 1, "o2"))
        assert served.responses(each.person)[1] == ["o2"]


def test_a_journal_cut_off_from_its_database_is_found_and_a_lost_device_is_told(
    served: Served, participants: list[HttpParticipant], tmp_path: Path
) -> None:
    """The negative control: without the journal's segments a restore must not claim that it has everything."""
    for each in participants:
        each.send(each.command("answer", 1, "o1"))
    served.kill_all()
    lost, empty = tmp_path / "lost", tmp_path / "backups alone"
    served.folder.rename(lost)
    shutil.copytree(tmp_path / "second" / "backups", empty)
    ran = served.cli("restore", "--from", str(empty), "--damaged", str(lost), "--json")
    restored = json.loads(ran.stdout)
    assert restored["journal"] == "missing"
    assert [each["code"] for each in restored["warnings"]] == ["restore_journal_missing"]
    present = served.rows("select count(*) as count from receipt")[0]["count"]
    assert present < len(participants)
