"""A real site of any size with officers, kiosks and participants, for what officers see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cat_server.actions.check_in import IssuedPin, check_in
from cat_server.actions.control_sitting import open_registration, start_sitting
from cat_server.actions.create_exam_event import create_exam_event
from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.actions.get_ready import accept_pledge, confirm_identity, get_ready
from cat_server.actions.import_bank import import_bank
from cat_server.actions.import_rooms import import_rooms
from cat_server.actions.import_roster import import_roster
from cat_server.actions.keep_time import tick
from cat_server.actions.kiosks import register_kiosk
from cat_server.actions.officers import AddedOfficer, NewOfficer, add_officer
from cat_server.actions.save_answers import SaveAnswers, SaveReply, SaveRequest
from cat_server.actions.sign_in_participant import SignedIn, sign_in_participant
from cat_server.cli.site_creation import create_site, demo_values
from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.ids import OPERATOR
from cat_server.domain.instants import Clock
from cat_server.domain.roster import RosterPerson
from cat_server.queries.follow import ledger_follower
from cat_server.queries.site_contents import scheduled_attempts
from cat_server.records.engine import Reader, open_engine
from cat_server.records.exam_events import ExamEvent
from cat_server.records.write_lane import WriteLane
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.follower import Follower
from cat_server.runtime.keyring import Secrets, open_keyring
from cat_server.runtime.limits import Limits
from cat_server.runtime.officer_keys import Cost
from cat_server.runtime.presence import Seen
from cat_server.runtime.room_file import RoomPlan
from cat_server.runtime.settings import SiteSettings
from cat_server.runtime.tokens import new_id, token_hash
from monitoring.deps import MonitoringDeps
from question_bank import demo
from question_bank.items import KeySheet
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank

CHEAP = Cost(memory_kib=1024, iterations=1, lanes=1)
ROLES = {
    "coordinator": "delivery_team",
    "chair": "agency_committee",
    "witness": "agency_committee",
    "registrar": "",
    "proctor": "delivery_team",
    "technician": "",
}
_GIVEN = ("Andi", "Siti", "Budi", "Dewi", "Agus", "Rina", "Eko", "Sri", "Hendra", "Nur", "Yusuf", "Ratna")
_FAMILY = ("Pratama", "Rahmawati", "Santoso", "Lestari", "Wijaya", "Kusuma", "Simanjuntak", "Handayani")
LONG_NAME = "Raden Mas Muhammad Abdurrahman Suryokusumo Wicaksono Hadiningrat Putra Bungsu"


@dataclass
class Seated:
    """A participant who signed in on a kiosk of their own."""

    slip: IssuedPin
    signed_in: SignedIn
    device_token: str
    seq: int = 0


@dataclass
class Scene:
    """A test centre: short words for what its people do."""

    lane: WriteLane
    reader: Reader
    clock: Clock
    secrets: Secrets
    settings: SiteSettings
    files: BankFiles
    bank_id: str
    officers: dict[str, AddedOfficer]
    exam_session_id: str
    room_id: str
    attempt_ids: tuple[str, ...]
    limits: Limits = field(init=False)
    save_kind: SaveAnswers = field(default_factory=SaveAnswers)

    def __post_init__(self) -> None:
        self.limits = Limits(self.clock)

    def follower(self) -> Follower:
        return ledger_follower(self.reader)

    def keys(self, bank_id: str) -> KeySheet:
        return self.files.keys(bank_id)

    def deps(self, follower: Follower | None = None) -> MonitoringDeps:
        return MonitoringDeps(
            self.lane,
            self.reader,
            self.clock,
            follower or self.follower(),
            self.settings,
            self.secrets,
            self.keys,
        )

    async def check_in(self, index: int) -> IssuedPin:
        return await check_in(self.lane, self.secrets, self.attempt_ids[index], self.room_id, OPERATOR)

    async def sign_in(self, slip: IssuedPin) -> Seated:
        kiosk = await register_kiosk(self.lane, "127.0.0.1", "test")
        signed_in = await sign_in_participant(
            self.lane, self.secrets, self.limits.ask, kiosk.token, slip.participant_number, slip.pin
        )
        return Seated(slip, signed_in, kiosk.token)

    async def seat(self, index: int) -> Seated:
        """Check a participant in, sign in on a new kiosk, get ready."""
        seated = await self.sign_in(await self.check_in(index))
        for step in (confirm_identity, accept_pledge, get_ready):
            await step(self.lane, seated.slip.attempt_id)
        return seated

    async def start(self) -> None:
        await start_sitting(self.lane, self.exam_session_id, self.room_id, OPERATOR)

    def tick(self, *seen: Seen) -> None:
        self.lane.run_now(lambda tx: tick(tx, seen))

    def seen(self, who: Seated, *, position: int = 1, unsent: int = 0, ago_ms: int = 0) -> Seen:
        return Seen(who.slip.attempt_id, self.clock.now().at_ms - ago_ms, position, unsent, True, 0)

    async def send(self, who: Seated, *commands: Submitted) -> SaveReply:
        request = SaveRequest(token_hash(who.signed_in.token), who.signed_in.epoch, commands)
        return await self.lane.submit(self.save_kind, request)

    async def answer(self, who: Seated, position: int, *response: str, flagged: bool = False) -> SaveReply:
        who.seq += 1
        command = Submitted(who.seq, CommandKind.ANSWER, position, response, flagged, 0)
        return await self.send(who, command)

    async def finish(self, who: Seated) -> SaveReply:
        who.seq += 1
        return await self.send(who, Submitted(who.seq, CommandKind.FINISH))

    def close(self) -> None:
        self.lane.stop()
        self.reader.close()


def person(index: int) -> RosterPerson:
    name = LONG_NAME if index % 40 == 3 else f"{_GIVEN[index % 12]} {_FAMILY[(index * 5 + index // 12) % 8]}"
    return RosterPerson(
        participant_number=f"26-0012-{index + 1:04d}",
        name=name,
        nik=f"3201{index:012d}",
        birth_date="1999-04-21",
        agency="Pemerintah Kota Contoh",
        position="Analis Kebijakan Ahli Pertama",
        formation="Sekretariat Daerah",
        category="umum",
    )


async def make_scene(
    folder: Path,
    clock: Clock,
    *,
    seats: int = 6,
    columns: int = 3,
    people: int = 6,
    scoreboard: str = "live",
    delay_s: int = 0,
    masking: bool = False,
    planned_start_at_ms: int | None = None,
) -> Scene:
    """Make a site with one room and one exam session of `simulation_20x10` whose registration is open."""
    settings = create_site(folder, demo_values())
    lane = WriteLane(open_engine(settings.database_url, checkpoints=True), clock).start()
    reader = Reader(settings.database_url)
    keyring = open_keyring(folder / "keys")
    files = BankFiles(folder / "banks", keyring)
    officers = {
        role: add_officer(lane, NewOfficer(role, f"Petugas {role.title()}", role, committee), CHEAP)
        for role, committee in ROLES.items()
    }
    rooms = import_rooms(lane, [RoomPlan("A", "Ruang A", seats, columns, 0)])
    read = read_bank(Path(demo.__file__).parent / "bank.csv")
    bank = import_bank(lane, files, read.bank, read.keys, read.statistics)
    event = ExamEvent(new_id(), "uji", "Seleksi Uji 2026", True, "open", scoreboard, delay_s, masking)
    create_exam_event(lane, event)
    import_roster(lane, event.exam_event_id, [person(index) for index in range(people)], {}, "")
    profile, _ = load_profile("simulation_20x10")
    if profile is None:
        raise RuntimeError("the profile is broken")
    plan = ExamSessionPlan(
        "S1",
        "Sesi 1",
        event,
        rooms,
        profile,
        bank,
        planned_start_at_ms=planned_start_at_ms,
        limit=min(people, seats),
    )
    made = create_exam_session(lane, files, plan, settings.zone, {})
    await open_registration(lane, made.exam_session_id, "", OPERATOR)
    attempts = tuple(scheduled_attempts(reader, made.exam_session_id))
    return Scene(
        lane,
        reader,
        clock,
        keyring.secrets,
        settings,
        files,
        bank.bank_id,
        officers,
        made.exam_session_id,
        rooms[0].room_id,
        attempts,
    )
