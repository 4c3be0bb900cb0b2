"""A real site with one exam session, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from cat_server.actions.check_in import IssuedPin, check_in
from cat_server.actions.control_sitting import open_registration, start_sitting
from cat_server.actions.create_exam_event import create_exam_event
from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.actions.get_ready import accept_pledge, confirm_identity, get_ready
from cat_server.actions.import_bank import import_bank
from cat_server.actions.import_rooms import import_rooms
from cat_server.actions.import_roster import import_roster
from cat_server.actions.keep_time import tick
from cat_server.actions.kiosks import NewKiosk, register_kiosk
from cat_server.actions.save_answers import SaveAnswers, SaveReply, SaveRequest
from cat_server.actions.sign_in_participant import SignedIn, sign_in_participant
from cat_server.cli.demo_people import demo_people
from cat_server.cli.site_creation import create_site, demo_values
from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.history import History
from cat_server.domain.ids import OPERATOR
from cat_server.domain.instants import Instant
from cat_server.queries.site_contents import scheduled_attempts
from cat_server.records.engine import Reader, open_engine
from cat_server.records.exam_events import ExamEvent
from cat_server.records.ledger import events_since
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import Secrets, open_keyring
from cat_server.runtime.limits import Limits
from cat_server.runtime.room_file import RoomPlan
from cat_server.runtime.tokens import new_id, token_hash
from question_bank import demo
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank
from tests.site_databases import copied, url_of

Value = TypeVar("Value")


class FakeClock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.at_ms = 1_795_000_000_000
        self.boot_ms = 1_000_000
        self.boot_id = "boot-1"

    def now(self) -> Instant:
        return Instant(self.at_ms, self.boot_id, self.boot_ms)

    def advance(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)
        self.boot_ms += round(seconds * 1000)

    def reboot(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)
        self.boot_ms = 5_000
        self.boot_id += "+"


@dataclass
class Seated:
    """A participant who signed in on a kiosk of their own."""

    slip: IssuedPin
    kiosk: NewKiosk
    signed_in: SignedIn
    seq: int = 0


@dataclass
class Centre:
    """A test centre in one object: short words for what its people do."""

    lane: WriteLane
    reader: Reader
    clock: FakeClock
    secrets: Secrets
    exam_session_id: str
    room_id: str
    attempt_ids: tuple[str, ...]
    limits: Limits = field(init=False)
    save_kind: SaveAnswers = field(default_factory=SaveAnswers)

    def __post_init__(self) -> None:
        self.limits = Limits(self.clock)

    def do(self, awaitable: Any) -> Any:
        return asyncio.run(awaitable)

    def check_in(self, number: int) -> IssuedPin:
        slip: IssuedPin = self.do(
            check_in(self.lane, self.secrets, self.attempt_ids[number], self.room_id, OPERATOR)
        )
        return slip

    def new_kiosk(self) -> NewKiosk:
        kiosk: NewKiosk = self.do(register_kiosk(self.lane, "127.0.0.1", "test"))
        return kiosk

    def sign_in(self, kiosk: NewKiosk, number: str, pin: str) -> SignedIn:
        signed_in: SignedIn = self.do(
            sign_in_participant(self.lane, self.secrets, self.limits.ask, kiosk.token, number, pin)
        )
        return signed_in

    def seat(self, number: int) -> Seated:
        """Check a participant in, sign in on a new kiosk, get ready."""
        slip, kiosk = self.check_in(number), self.new_kiosk()
        signed_in = self.sign_in(kiosk, slip.participant_number, slip.pin)
        for step in (confirm_identity, accept_pledge, get_ready):
            self.do(step(self.lane, slip.attempt_id))
        return Seated(slip, kiosk, signed_in)

    def start(self) -> None:
        self.do(start_sitting(self.lane, self.exam_session_id, self.room_id, OPERATOR))

    def tick(self) -> None:
        self.lane.run_now(lambda tx: tick(tx, ()))

    def pass_time(self, seconds: float) -> None:
        """Let time pass with the timekeeper alive."""
        while seconds > 0:
            step = min(seconds, 0.5)
            self.clock.advance(step)
            self.tick()
            seconds -= step

    def send(self, who: Seated, *commands: Submitted, epoch: int | None = None) -> SaveReply:
        request = SaveRequest(
            token_hash(who.signed_in.token), who.signed_in.epoch if epoch is None else epoch, commands
        )
        reply: SaveReply = self.do(self.lane.submit(self.save_kind, request))
        return reply

    def answer(self, who: Seated, position: int, *response: str, **more: Any) -> SaveReply:
        who.seq += 1
        return self.send(who, answer(who.seq, position, *response, **more))

    def finish(self, who: Seated) -> SaveReply:
        who.seq += 1
        return self.send(who, Submitted(who.seq, CommandKind.FINISH))

    def history(self) -> History:
        with self.reader.view() as view:
            return History.of(events_since(view.connection, self.exam_session_id, 0, 1_000_000))

    def rows(self, statement: str) -> list[Any]:
        with self.reader.view() as view:
            return [tuple(row) for row in view.connection.execute(text(statement))]


def answer(seq: int, position: int, *response: str, flagged: bool = False, clock_ms: int = 0) -> Submitted:
    return Submitted(seq, CommandKind.ANSWER, position, response, flagged, clock_ms)


def run(lane: WriteLane, operation: Callable[[Tx], Value]) -> Value:
    return lane.run_now(operation)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a room of 12 seats whose registration is open; only copied, never written."""
    folder = tmp_path_factory.mktemp("prepared") / "site"
    settings = create_site(folder, demo_values())
    lane = WriteLane(open_engine(settings.database_url, checkpoints=True), FakeClock()).start()
    reader = Reader(settings.database_url)
    files = BankFiles(folder / "banks", open_keyring(folder / "keys"))
    rooms = import_rooms(lane, [RoomPlan("A", "Ruang A", 12, 4, 0)])
    read = read_bank(Path(demo.__file__).parent / "bank.csv")
    bank = import_bank(lane, files, read.bank, read.keys, read.statistics)
    event = ExamEvent(new_id(), "uji", "Uji", True, "open", "live", 0, False)
    create_exam_event(lane, event)
    import_roster(lane, event.exam_event_id, demo_people(), {}, "")
    profile, _ = load_profile("simulation_20x10")
    assert profile is not None
    plan = ExamSessionPlan("S1", "Sesi 1", event, rooms, profile, bank, limit=12)
    made = create_exam_session(lane, files, plan, settings.zone, {})
    asyncio.run(open_registration(lane, made.exam_session_id, "", OPERATOR))
    lane.stop()
    reader.close()
    return folder


@contextlib.contextmanager
def opened_centre(folder: Path) -> Iterator[Centre]:
    """Open a copy of the prepared site as the test's own."""
    url = url_of(folder)
    lane = WriteLane(open_engine(url, checkpoints=True), clock := FakeClock()).start()
    reader = Reader(url)
    with reader.view() as view:
        found = view.connection.exec_driver_sql("SELECT exam_session_id, room_id FROM sitting").one()
    attempts = tuple(scheduled_attempts(reader, found.exam_session_id))
    secrets = open_keyring(folder / "keys").secrets
    yield Centre(lane, reader, clock, secrets, found.exam_session_id, found.room_id, attempts)
    lane.stop()
    reader.close()


@pytest.fixture
def centre(prepared: Path, tmp_path: Path) -> Iterator[Centre]:
    """The prepared site as the test's own, profile `simulation_20x10`."""
    with opened_centre(copied(prepared, tmp_path / "site")) as opened:
        yield opened
