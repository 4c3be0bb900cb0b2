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
    return clock_told(site)[0]


def clock_told(site: Served) -> tuple[int, int]:
    """Return the exam clock as it was last written, and the machine's own clock at that moment."""
    [row] = site.rows("select clock_ms, boot_ns from sitting where state = 'RUNNING'")
    return int(row["clock_ms"]), int(row["boot_ns"]) // 1_000_000


def keeps_pace(site: Served) -> bool:
    """Look on for three seconds: tell whether the clock ran as time does. It may fall behind where all stood still, and never runs ahead."""
    clock, boot = clock_told(site)
    time.sleep(3)
    clock_after, boot_after = clock_told(site)
    missed = boot_after - boot - (clock_after - clock)
    assert missed >= 0, "two timekeepers would count twice"
    return clock_after > clock + 1_500 and missed < 500


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

    (clock, boot), down = clock_told(a), down_ms(a)
    wait_until(lambda: keeps_pace(a), "two timekeepers do not stop each other", 60)
    down_after, (stopped, boot_then) = down_ms(a), clock_told(a)
    assert down_after - down <= boot_then - boot - (stopped - clock), "no stop is recorded that was none"
    a.kill_all()
    wait_until(lambda: clock_ms(b) > stopped + 600, "the other machine keeps time", 20)
    # What nobody kept is nobody's time: the clock has run no longer than the other machine kept it.
    clock, boot = clock_told(b)
    assert clock - stopped < boot - boot_then
    assert at_b.answer(6, "o3")["outcome"] == "saved"

    a.start()  # comes back, and finds that somebody keeps time
    assert at_a.answer(6, "o4")["outcome"] == "saved"
    wait_until(lambda: keeps_pace(b), "one of two keeps time", 60)
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


def down_ms(site: Served) -> int:
    """Return how long the clock stood still in all stops that were recorded."""
    found = site.rows("select envelope from ledger where kind = 'CLOCK_RECOVERED'")
    return sum(int(json.loads(each["envelope"])["body"]["down_ms"]) for each in found)
