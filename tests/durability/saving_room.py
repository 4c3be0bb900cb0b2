"""People of a served room who save without end, each in a thread, and what they hold in their hands at a moment."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.durability.accounts import Account, Acknowledged, hold_against, read_books
from tests.durability.torture import COUNTS
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import Served, wait_until
from tests.site_databases import snapshot


@dataclass(slots=True)
class SavingRoom:
    """Participants and their threads; `troubles` is what no participant may ever meet."""

    served: Served
    participants: list[HttpParticipant]
    troubles: list[BaseException] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _attempts: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Let everybody save."""
        for each in self.participants:
            self._attempts[each.person["participant_number"]] = self.served.attempt_id(each.person)
            self._threads.append(threading.Thread(target=self._save_without_end, args=(each,)))
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let everybody finish what they are about, and stop."""
        self._stop.set()
        for thread in self._threads:
            thread.join(200)

    def held(self) -> list[Acknowledged]:
        """Return every receipt that has arrived by now."""
        return [
            self._acknowledged(each, command, receipt)
            for each in self.participants
            for command, receipt in dict(each.saved).values()
        ]

    def wait_for_more(self, each: int) -> None:
        """Wait until everybody has so many more receipts."""
        wanted = {id(who): len(who.saved) + each for who in self.participants}
        wait_until(
            lambda: self.troubles or all(len(who.saved) >= wanted[id(who)] for who in self.participants),
            "everybody gets receipts",
            200,
        )
        assert list(map(repr, self.troubles)) == []

    def check(self, acknowledged: list[Acknowledged], database: Path | None = None) -> Account:
        """Hold receipts against the site's database, or a copy of it."""
        return hold_against(read_books(database or self.served.folder), acknowledged)

    def _save_without_end(self, participant: HttpParticipant) -> None:
        chance = random.Random(participant.person["participant_number"])
        try:
            while not self._stop.is_set():
                commands = [
                    participant.command("answer", chance.randint(1, 20), f"o{chance.randint(1, 4)}")
                    for _ in range(chance.choice((1, 1, 1, 5)))
                ]
                participant.send(*commands)
                if chance.random() < 0.1:
                    participant.send(*commands)  # the same once more, as after a lost reply
                self._stop.wait(0.02)
        except BaseException as trouble:  # noqa: BLE001 - the test itself tells of it
            self.troubles.append(trouble)

    def _acknowledged(
        self, who: HttpParticipant, command: dict[str, object], receipt: dict[str, object]
    ) -> Acknowledged:
        assert receipt["outcome"] == "saved", receipt
        response = command["response"]
        assert isinstance(response, list)
        return Acknowledged(
            self._attempts[who.person["participant_number"]],
            who.state["epoch"],
            *(int(str(receipt[name])) for name in ("seq", "number")),
            str(receipt["hash"]),
            int(str(command["position"])),
            tuple(response),
        )


@contextlib.contextmanager
def saving_room(served: Served, people: int) -> Iterator[SavingRoom]:
    """Seat people in a served room, start the exam and let them save until the end of the block."""
    sitting = [HttpParticipant(served, served.next_person()) for _ in range(people)]
    for each in sitting:
        each.get_ready()
    officer = HttpOfficer(served)
    officer.command("start")
    officer.close()
    for each in sitting:
        assert each.learn()["state"] == "RUNNING"
    room = SavingRoom(served, sitting)
    room.begin()
    try:
        yield room
    finally:
        room.end()
        for each in sitting:
            each.close()


def count(account: Account) -> None:
    """Add what was found to what is shown at the end."""
    COUNTS["acknowledged and checked"] += account.checked
    COUNTS["lost"] += len(account.lost)
    COUNTS["doubled"] += len(account.doubled)
    COUNTS["broken"] += len(account.broken)


def assert_nothing_wrong(account: Account) -> None:
    """Count and judge."""
    count(account)
    assert (account.lost[:5], account.doubled[:5], account.broken[:5]) == ([], [], [])


def stored_clock(database: Path) -> int:
    """Return the exam clock of the one sitting that runs, as it was last written; of a file, or of a site by its folder."""
    with snapshot(database) as rows:
        return int(rows("select clock_ms from sitting where state = 'RUNNING'")[0]["clock_ms"])


def clock_recoveries(database: Path) -> list[int]:
    """Return the clock's value at each stop that the server recorded."""
    with snapshot(database) as rows:
        found = rows("select envelope from ledger where kind = 'CLOCK_RECOVERED' order by number")
    return [int(json.loads(bytes(row["envelope"]))["body"]["clock_ms"]) for row in found]


def boot_ms() -> int:
    """Return the machine's clock that knows no jumps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
