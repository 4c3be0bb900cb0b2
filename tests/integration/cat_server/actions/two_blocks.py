"""A room with two blocks of a minute, on the real tables, through the real actions, without a commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import text

from cat_server.actions.control_sitting import open_registration
from cat_server.actions.create_exam_event import create_exam_event
from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.actions.import_bank import import_bank
from cat_server.actions.import_rooms import import_rooms
from cat_server.actions.import_roster import import_roster
from cat_server.actions.keep_time import resume_clocks, tick
from cat_server.cli.demo_people import demo_people
from cat_server.cli.site_creation import create_site, demo_values
from cat_server.domain.ids import OPERATOR
from cat_server.domain.live import live
from cat_server.domain.refusals import Refusal
from cat_server.queries.site_contents import scheduled_attempts
from cat_server.records.contexts import context_of
from cat_server.records.engine import Reader, open_engine
from cat_server.records.exam_events import ExamEvent
from cat_server.records.ledger import LedgerWriter
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from cat_server.runtime.room_file import RoomPlan
from cat_server.runtime.tokens import new_id
from question_bank import demo
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank
from tests.integration.conftest import Centre, FakeClock

SEATS = 40
PROFILE = (
    (Path(__file__).parents[4] / "question_bank/profiles/simulation_20x10.toml")
    .read_text(encoding="utf-8")
    .replace(
        'code = "utama"\nminutes = 10\nsections = ["TWK", "TIU", "TKP"]',
        'code = "satu"\nminutes = 1\nsections = ["TWK", "TIU"]\n\n'
        '[[block]]\ncode = "dua"\nminutes = 1\nsections = ["TKP"]',
    )
    .replace("add_minutes = 3", "add_minutes = { satu = 1, dua = 1 }")
)


@dataclass
class Room:
    """A room's tables at their present instant, and the short words for what is done to them."""

    connection: Any
    clock: FakeClock
    exam_session_id: str
    room_id: str

    async def run(self, operation: Callable[[Tx], Any]) -> Any:
        """Do what the write lane does with an operation, without a commit."""
        now = self.clock.now()
        ledger = LedgerWriter(self.connection, now)
        with self.connection.begin_nested():
            value = operation(Tx(self.connection, now, ledger))
            ledger.flush()
        return value

    def do(self, action: Callable[..., Awaitable[None]], *arguments: Any, **more: Any) -> bool:
        """Tell whether the action was not refused."""
        try:
            asyncio.run(cast("Any", action(cast("WriteLane", self), *arguments, **more)))
        except Refusal:
            return False
        return True

    def tick(self) -> None:
        asyncio.run(self.run(lambda tx: tick(tx, ())))

    def resume_clocks(self) -> None:
        asyncio.run(self.run(resume_clocks))

    def shown(self, attempt_id: str) -> tuple[str, int, int]:
        """Return what the participant sees: state, open block, milliseconds left."""
        context = context_of(self.connection, attempt_id)
        assert context is not None
        found = live(context, self.clock.now())
        return found.state, found.block, found.remaining_ms

    def charged_ms(self, attempt_id: str) -> list[int]:
        """Return what each block took of the exam clock, less what was granted."""
        query = text(
            "SELECT ended_clock_ms - started_clock_ms - COALESCE((SELECT SUM(milliseconds) FROM time_grant AS g"
            " WHERE g.attempt_id = b.attempt_id AND COALESCE(g.block_no, b.block_no) = b.block_no), 0)"
            " FROM attempt_block AS b WHERE attempt_id = :attempt_id ORDER BY block_no"
        )
        rows = self.connection.execute(query, {"attempt_id": attempt_id})
        return [row[0] for row in rows]


def make_two_blocks(folder: Path) -> Path:
    """Return a site whose room is ready to start two blocks of a minute; every third has a minute more in each."""
    file = folder / "dua_blok.toml"
    file.write_text(PROFILE, encoding="utf-8")
    profile, problems = load_profile(str(file))
    assert profile is not None, problems
    site = folder / "site"
    settings = create_site(site, demo_values())
    lane = WriteLane(open_engine(settings.database_url, checkpoints=True), clock := FakeClock()).start()
    reader = Reader(settings.database_url)
    files = BankFiles(site / "banks", open_keyring(site / "keys"))
    rooms = import_rooms(lane, [RoomPlan("A", "Ruang A", SEATS, 8, 0)])
    read = read_bank(Path(demo.__file__).parent / "bank.csv")
    bank = import_bank(lane, files, read.bank, read.keys, read.statistics)
    event = ExamEvent(new_id(), "uji", "Uji", True, "open", "live", 0, False)
    create_exam_event(lane, event)
    people = [
        replace(each, accommodation="" if index % 3 else "netra", category="")
        for index, each in enumerate(demo_people())
    ]
    import_roster(lane, event.exam_event_id, people, {}, "")
    plan = ExamSessionPlan("S1", "Sesi 1", event, rooms, profile, bank, limit=SEATS)
    made = create_exam_session(lane, files, plan, settings.zone, {})
    asyncio.run(open_registration(lane, made.exam_session_id, "", OPERATOR))
    secrets = open_keyring(site / "keys").secrets
    attempts = tuple(scheduled_attempts(reader, made.exam_session_id))
    centre = Centre(lane, reader, clock, secrets, made.exam_session_id, rooms[0].room_id, attempts)
    for number in range(SEATS):
        centre.seat(number)
    lane.stop()
    reader.close()
    return site
