"""Limits count for all who ask, and a sign-in counts before its PIN is looked at."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from cat_server.domain.instants import Instant
from cat_server.domain.paper_limit import MOST_FETCHES
from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_in_guard import FREE_TRIES
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import create_keys
from cat_server.runtime.limits import Limit, Limits
from cat_server.runtime.supervisor import Child, Role, Supervisor
from cat_server.runtime.supervisor_client import SupervisorClient
from cat_server.runtime.turn import Turn


@dataclass
class Standing:
    """A clock that stands where it is put."""

    boot_ms: int = 1_000

    def now(self) -> Instant:
        return Instant(0, "boot", self.boot_ms)


def test_a_sign_in_counts_as_failed_until_it_turns_out_otherwise() -> None:
    limits = Limits(Standing())
    for _ in range(FREE_TRIES):
        limits.decide(Limit.SIGN_IN, "a")
    with pytest.raises(Refusal, match="PIN_LOCKED"):
        limits.decide(Limit.SIGN_IN, "a")
    limits.decide(Limit.SIGN_IN, "b")
    limits.decide(Limit.SIGN_IN_RIGHT, "a")
    limits.decide(Limit.SIGN_IN, "a")


def test_a_try_that_never_came_to_a_pin_is_taken_back() -> None:
    limits = Limits(Standing())
    for _ in range(3 * FREE_TRIES):
        limits.decide(Limit.SIGN_IN, "a")
        limits.decide(Limit.SIGN_IN_UNTRIED, "a")
    for _ in range(FREE_TRIES):
        limits.decide(Limit.SIGN_IN, "a")
    with pytest.raises(Refusal, match="PIN_LOCKED"):
        limits.decide(Limit.SIGN_IN, "a")


def test_several_kiosk_processes_share_one_count_and_monitoring_has_none(tmp_path: Path) -> None:
    (tmp_path / "banks").mkdir()
    keyring = create_keys(tmp_path / "keys")
    supervisor = Supervisor([], keyring, BankFiles(tmp_path / "banks", keyring), lambda *_: None)

    def client(role: Role, worker: int) -> SupervisorClient:
        ours, theirs = socket.socketpair()
        child = Child(role, [], [], worker)
        threading.Thread(target=supervisor._serve, args=(child, ours), daemon=True).start()
        return SupervisorClient(theirs.detach())

    workers = [client(Role.KIOSK, 1), client(Role.KIOSK, 2)]
    for number in range(MOST_FETCHES):
        assert asyncio.run(workers[number % 2].ask_limit(Limit.PAPER, "attempt"))
    for each in workers:
        with pytest.raises(Refusal, match="PAPER_TOO_OFTEN") as refused:
            asyncio.run(each.ask_limit(Limit.PAPER, "attempt"))
        assert int(str(refused.value.params["seconds"])) > 0
    assert asyncio.run(workers[0].ask_limit(Limit.UNKNOWN_KIOSK, "10.0.0.9"))
    assert not asyncio.run(workers[1].ask_limit(Limit.UNKNOWN_KIOSK, "10.0.0.9"))
    monitoring = client(Role.MONITORING, 0)
    with pytest.raises(Refusal, match="NOT_ALLOWED"):
        asyncio.run(monitoring.ask_limit(Limit.PAPER, "attempt"))
    for each in (*workers, monitoring):
        each._connection.close()


def test_one_has_the_turn_until_it_is_gone(tmp_path: Path) -> None:
    first, second = Turn(tmp_path / "turn"), Turn(tmp_path / "turn")
    assert first.is_mine()
    assert not second.is_mine()
    assert first.is_mine()
    os.close(first._descriptor)
    assert second.is_mine()
