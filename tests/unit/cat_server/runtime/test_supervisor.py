from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cat_server.domain.refusals import Refusal
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import Keyring, create_keys
from cat_server.runtime.supervisor import (
    Child,
    Process,
    Role,
    SiteLock,
    Supervisor,
    answer,
    begin_process,
)
from cat_server.runtime.supervisor_client import SupervisorClient
from question_bank.items import Bank, Item, ItemKey, ItemKind, KeySheet, Option, Statistics

BANK = Bank(
    "b",
    "B",
    (
        Item(
            "i1", 1, ItemKind.CHOICE, "TIU", "", "", "?", (Option("o1", "x"), Option("o2", "y")), ("o1", "o2")
        ),
    ),
)
KEYS = KeySheet("b", {"i1": ItemKey(("o1",))}, "00" * 16)
CHILD = """
import sys, time, signal
from cat_server.runtime.supervisor_client import SupervisorClient
client = SupervisorClient(int(sys.argv[sys.argv.index("--control-fd") + 1]))
client.secrets()
{first}
client.ready()
{then}
"""
WAIT = "sys.stdin.read()"
LONG_S = 120
"""What is waited for takes a second or two; a machine that stands still meanwhile is no fault of the supervisor."""


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return create_keys(tmp_path / "keys")


@pytest.fixture
def banks(tmp_path: Path, keyring: Keyring) -> BankFiles:
    (tmp_path / "banks").mkdir()
    files = BankFiles(tmp_path / "banks", keyring)
    files.write("b1", BANK, KEYS, Statistics("b"))
    return files


def run_for(supervisor: Supervisor, until: Callable[[], bool]) -> tuple[bool, float]:
    """Run until a condition holds, then stop; return what `run` said and how long stopping took."""
    stopped_at = [0.0]

    def watch() -> None:
        deadline = time.monotonic() + LONG_S
        while not until() and time.monotonic() < deadline:
            time.sleep(0.02)
        stopped_at[0] = time.monotonic()
        supervisor.stop()

    watcher = threading.Thread(target=watch)
    watcher.start()
    went_well = supervisor.run(lambda: None)
    took = time.monotonic() - stopped_at[0]
    watcher.join()
    return went_well, took


def child(role: Role, then: str, first: str = "") -> Child:
    return Child(role, [sys.executable, "-c", CHILD.format(first=first, then=then)], [])


def test_a_kiosk_process_never_gets_a_key_a_weight_or_a_difficulty(
    keyring: Keyring, banks: BankFiles
) -> None:
    for want in ("keys", "signing_key", "anything"):
        with pytest.raises(Refusal) as refused:
            answer(Role.KIOSK, {"want": want, "bank_id": "b1"}, keyring, banks, {})
        assert refused.value.code == "NOT_ALLOWED"
    assert set(answer(Role.KIOSK, {"want": "bank", "bank_id": "b1"}, keyring, banks, {})) == {"bank"}
    secrets = answer(Role.KIOSK, {"want": "secrets"}, keyring, banks, {})
    assert set(secrets) == {"pin_key", "private_salt_key", "journal_key", "rescue_key"}


def test_a_client_gets_what_its_role_may_have(keyring: Keyring, banks: BankFiles) -> None:
    supervisor = Supervisor([], keyring, banks, lambda *_: None)
    ours, theirs = socket.socketpair()
    serving = threading.Thread(target=supervisor._serve, args=(Child(Role.MONITORING, [], []), ours))
    serving.start()
    client = SupervisorClient(theirs.detach())
    assert client.secrets() == keyring.secrets
    assert client.bank("b1") == BANK
    assert client.keys("b1") == KEYS
    assert client.signing_key().private_bytes_raw() == keyring.signing_key.private_bytes_raw()
    with pytest.raises(Refusal) as refused:
        client.bank("../master")
    assert refused.value.code == "BANK_UNREADABLE"
    client._connection.close()
    serving.join(5)


def test_both_start_a_dead_one_comes_back_and_all_stop_when_asked(
    keyring: Keyring, banks: BankFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cat_server.runtime.supervisor.STOP_S", LONG_S)
    died: list[str] = []
    children = [child(Role.KIOSK, WAIT), child(Role.MONITORING, WAIT)]
    supervisor = Supervisor(children, keyring, banks, lambda _, role: died.append(role))
    killed: list[int] = []

    def until() -> bool:
        process = children[0].process
        if process is None or not children[0].is_ready.is_set():
            return False
        if not killed:
            killed.append(process.pid)
            os.kill(process.pid, signal.SIGKILL)
            return False
        return process.pid != killed[0]

    went_well, took = run_for(supervisor, until)
    assert went_well
    assert died == ["kiosk"]
    assert took < LONG_S / 2, "nobody waits for the end of the time that they may take"
    ends = [each.process.poll() for each in children if each.process is not None]
    assert ends == [-signal.SIGTERM] * 2


def test_a_child_that_lives_and_does_nothing_is_killed_and_comes_back(
    keyring: Keyring, banks: BankFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cat_server.runtime.supervisor.HUNG_S", 3.0)
    told_once = "client.tell({'queue': 0})\n" + WAIT
    telling = "while True:\n    client.tell({'queue': 0})\n    time.sleep(0.1)"
    died: list[str] = []
    children = [child(Role.KIOSK, told_once), child(Role.MONITORING, telling)]
    supervisor = Supervisor(children, keyring, banks, lambda _, role: died.append(role))

    def until() -> bool:  # the one that hung is taken away before its death is told
        return bool(died) and children[0].process is not None and children[0].is_ready.is_set()

    went_well, _ = run_for(supervisor, until)
    assert went_well
    assert until()
    assert set(died) == {"kiosk"}


def test_a_machine_without_room_for_a_process_costs_the_others_nothing(
    keyring: Keyring, banks: BankFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cat_server.runtime.supervisor._BACK_OFF_S", (0.05,))
    tried: list[str] = []

    def begin(name: str, command: Sequence[str], fds: Sequence[int]) -> Process:
        tried.append(name)
        if 2 < len(tried) < 6:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return begin_process(name, command, fds)

    children = [child(Role.KIOSK, WAIT), child(Role.MONITORING, WAIT)]
    supervisor = Supervisor(children, keyring, banks, lambda *_: None, begin)
    first: list[int] = []

    def until() -> bool:
        if not first and all(each.is_ready.is_set() for each in children):
            first.extend(each.process.pid for each in children if each.process)
            os.kill(first[1], signal.SIGKILL)
        return len(tried) == 6 and children[1].is_ready.is_set()

    went_well, _ = run_for(supervisor, until)
    assert went_well
    assert tried == ["cat-kiosk", *["cat-monitoring"] * 5]
    assert children[0].process is not None
    assert children[0].process.pid == first[0], "it never died"


def test_a_child_that_cannot_start_ends_the_server(keyring: Keyring, banks: BankFiles) -> None:
    broken = Child(Role.KIOSK, [sys.executable, "-c", "raise SystemExit(3)"], [])
    went_well, _ = run_for(
        Supervisor([broken], keyring, banks, lambda *_: None), lambda: False or broken.restarts >= 3
    )
    assert not went_well


def test_a_stubborn_child_is_killed(keyring: Keyring, banks: BankFiles) -> None:
    stubborn = child(
        Role.KIOSK, f"time.sleep({LONG_S})", first="signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    )
    ready = Supervisor([stubborn], keyring, banks, lambda *_: None)
    _, took = run_for(ready, stubborn.is_ready.is_set)
    assert took < LONG_S / 2
    assert stubborn.process is not None
    assert stubborn.process.returncode == -signal.SIGKILL


def test_a_second_server_on_one_site_is_refused(tmp_path: Path) -> None:
    first = SiteLock(tmp_path / "serve.lock")
    with pytest.raises(Refusal) as refused:
        SiteLock(tmp_path / "serve.lock")
    assert refused.value.code == "SITE_IS_SERVED"
    first.release()
    SiteLock(tmp_path / "serve.lock").release()
