"""Two servers, each with a site folder of its own, on one database: rooms of both, and one exam clock."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.free_ports import free_ports
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import Served, copied_site, prepare_site, wait_until
from tests.site_databases import postgresql_only

pytestmark = postgresql_only


@dataclass
class Machines:
    """`a` was started first and keeps time; `b` is the other."""

    a: Served
    b: Served


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    a = copied_site(prepare_site(tmp_path / "template", minutes="300"), tmp_path / "a")
    shutil.copytree(a.folder, tmp_path / "b")  # the same keys, banks and settings, and the same database
    ports = free_ports(3)
    settings = (tmp_path / "b" / "site.toml").read_text()
    for name, port in zip(("kiosk_port", "monitoring_port", "scoreboard_port"), ports, strict=True):
        settings = re.sub(rf"(?m)^{name} = \d+", f"{name} = {port}", settings)
    (tmp_path / "b" / "site.toml").write_text(settings)
    made = Machines(a, Served(tmp_path / "b", ports, a.secrets))
    with contextlib.ExitStack() as stack:
        for each in (a, made.b):
            each.start()
            stack.callback(each.end)
        yield made


def clock_ms(site: Served) -> int:
    [row] = site.rows("select clock_ms from sitting where state = 'RUNNING'")
    return int(row["clock_ms"])


def test_one_keeps_time_and_the_other_takes_over_with_nobody_losing_any(machines: Machines) -> None:
    a, b = machines.a, machines.b
    at_a, at_b = HttpParticipant(a, a.people[0]), HttpParticipant(b, b.people[1])
    for each in (at_a, at_b):
        each.get_ready()
    officer = HttpOfficer(b)  # an officer of one machine starts the room of both
    officer.command("start")
    for each in (at_a, at_b):
        wait_until(lambda who=each: who.learn()["state"] == "RUNNING", "the start reaches both machines", 10)
    for position in range(1, 6):
        assert at_a.answer(position, "o1")["outcome"] == at_b.answer(position, "o2")["outcome"] == "saved"

    started, before = time.monotonic(), clock_ms(a)
    time.sleep(3)
    passed = (time.monotonic() - started) * 1000
    assert abs(clock_ms(a) - before - passed) < 1_500, "two timekeepers would count twice, or stop each other"
    assert recoveries(a) == []

    stopped = clock_ms(a)
    a.kill_all()
    killed = time.monotonic()
    wait_until(lambda: clock_ms(b) > stopped + 600, "the other machine keeps time", 10)
    took = time.monotonic() - killed
    assert took < 6
    # What nobody kept is nobody's time: the clock has run no longer than the other machine kept it.
    assert clock_ms(b) - stopped <= (time.monotonic() - killed) * 1000 + 600
    assert at_b.answer(6, "o3")["outcome"] == "saved"

    a.start()  # comes back, and finds that somebody keeps time
    assert at_a.answer(6, "o4")["outcome"] == "saved"
    before, started = clock_ms(b), time.monotonic()
    time.sleep(2)
    assert abs(clock_ms(b) - before - (time.monotonic() - started) * 1000) < 1_500
    officer.command("pause", reason="Genset dipanaskan")
    for each in (at_a, at_b):
        wait_until(lambda who=each: who.learn()["state"] == "PAUSED", "the pause reaches both machines", 10)
    officer.command("resume")
    for who, option in ((at_a, "o1"), (at_b, "o2")):
        wait_until(lambda each=who: each.learn()["state"] == "RUNNING", "both go on", 10)
        responses = b.responses(who.person)
        assert {position: responses[position] for position in range(1, 6)} == {
            key: [option] for key in range(1, 6)
        }
    for each in (at_a, at_b, officer):
        each.close()
    b.stop()
    assert '"is_go"' in a.cli("doctor", "--json").stdout
    [chains] = a.rows(
        "select count(*) as n from ledger l where not exists (select 1 from chain_head h where h.chain = l.chain)"
    )
    assert chains["n"] == 0


def recoveries(site: Served) -> list[dict[str, object]]:
    found = site.rows("select envelope from ledger where kind = 'CLOCK_RECOVERED' order by number")
    return [json.loads(each["envelope"])["body"] for each in found]
