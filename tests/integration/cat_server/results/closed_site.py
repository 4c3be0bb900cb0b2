"""A site whose exam session is closed, in a real database: nothing signed yet, everything to be checked."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from cat_server.actions.export_results import Exported, export_results
from cat_server.actions.prepare_statement import PreparedStatement, prepare_statement
from cat_server.actions.sign_statement import Decided, sign_statement
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SERVER, SITE_CHAIN
from cat_server.domain.instants import Instant
from cat_server.domain.scoring import score_attempt
from cat_server.records import tables
from cat_server.records.engine import Reader, open_engine
from cat_server.records.statements import latest_statement
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.trusted_keys import TrustedKeys, TrustedOfficer
from cat_server.runtime.officer_keys import Cost, new_officer_key
from cat_server.runtime.site_signing import SiteSigner
from question_bank.assembly.merkle import forms_hash
from question_bank.canonical import digest
from question_bank.storing import encode_keys
from tests.integration.cat_server.results.exam import (
    ENDED_BY,
    KEYS,
    PERSONS,
    PROFILE,
    ROOM,
    SESSION,
    SITE,
    Person,
    form,
)
from tests.site_databases import migrated_url

PASSPHRASE = "empat kata yang panjang"
CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)


class TickingClock:
    """One second on with each transaction."""

    def __init__(self) -> None:
        self.at_ms = 1_763_773_200_000

    def now(self) -> Instant:
        self.at_ms += 1000
        return Instant(self.at_ms, "boot", self.at_ms)


@dataclass
class Site:
    """A site with one closed exam session."""

    lane: WriteLane
    reader: Reader
    signer: SiteSigner
    officers: dict[str, str]
    trusted: TrustedKeys

    def prepare(self, notes: str = "") -> PreparedStatement:
        return asyncio.run(
            prepare_statement(self.lane, self.reader, SESSION, KEYS, SITE, OPERATOR, notes=notes)
        )

    def sign(self, officer: str, decision: str = "signed", reason: str = "", **other: str) -> Decided:
        with self.reader.view() as view:
            current = latest_statement(view.connection, SESSION)
        meant = other.get("statement_hash", current.hash if current else "")
        return asyncio.run(
            sign_statement(
                self.lane, self.reader, SESSION, self.officers[officer], meant, decision,
                other.get("passphrase", PASSPHRASE), reason=reason,
            )
        )  # fmt: skip

    def export(self, folder: Path, **options: bool) -> Exported:
        return export_results(
            self.lane, self.reader, SESSION, KEYS, SITE, self.signer, folder, OPERATOR,
            now_ms=1_763_790_000_000, **options,
        )  # fmt: skip


def _add(tx: Tx, table: type, **values: object) -> None:
    tx.connection.execute(insert(tables.table_of(table)).values(**values))


def make_site(folder: Path) -> Site:
    """Return a new site with a closed, unsigned exam session."""
    url = migrated_url(folder)
    lane = WriteLane(open_engine(url, checkpoints=True), TickingClock()).start()
    signer = SiteSigner(Ed25519PrivateKey.generate())
    officers, trusted = {}, []
    for username, committee in (
        ("dina", "delivery_team"), ("dodi", "delivery_team"), ("agus", "agency_committee"),
        ("ani", "agency_committee"), ("sari", ""),
    ):  # fmt: skip
        public_key, wrapped = new_officer_key(PASSPHRASE, CHEAP)
        officers[username] = username.ljust(26, "x")
        lane.run_now(lambda tx, u=username, c=committee, p=public_key, w=wrapped: _officer(tx, u, c, p, w))
        if committee:
            trusted.append(TrustedOfficer(officers[username], username.title(), committee, public_key))
    lane.run_now(_build)
    return Site(lane, Reader(url), signer, officers, TrustedKeys("JKT-01", signer.public_key, tuple(trusted)))


def _officer(tx: Tx, username: str, committee: str, public_key: str, wrapped: str) -> None:
    _add(
        tx, tables.OfficerRow, id=username.ljust(26, "x"), username=username, name=username.title(),
        civil_servant_number="", role="chair", committee=committee, password_hash="", public_key=public_key,
        wrapped_key=wrapped, is_active=True,
    )  # fmt: skip
    tx.append(
        SITE_CHAIN, Event(EventKind.OFFICER_ADDED, {"officer_id": username}, {"username": username}), OPERATOR
    )


def _build(tx: Tx) -> None:
    keys_hash = digest("keys/1", encode_keys(KEYS))
    forms = [form(number) for number in range(1, 8)]
    _add(tx, tables.ExamEventRow, id="e" * 26, code="SKD", name="Seleksi", is_demo=False, kiosk_binding="enrolled",
         scoreboard="off", scoreboard_delay_s=0, scoreboard_masking=True)  # fmt: skip
    _add(tx, tables.RoomRow, id=ROOM, code="R1", name="Ruang 1")
    _add(tx, tables.BankRow, id="b" * 26, title="Bank uji", items=5, items_hash="1" * 64, keys_hash=keys_hash,
         stats_hash="2" * 64, bank_hash="3" * 64, imported_at_ms=1)  # fmt: skip
    _add(tx, tables.ProfileRow, hash=PROFILE.hash, profile_id="tes", version=1, content=PROFILE.content)
    _add(tx, tables.ExamSessionRow, id=SESSION, exam_event_id="e" * 26, code="S1", title="Sesi 1", day_ordinal=1,
         cumulative_number=1, state="CLOSED", planned_start_at_ms=None, profile_hash=PROFILE.hash, bank_id="b" * 26)  # fmt: skip
    _say(tx, EventKind.EXAM_SESSION_CREATED, {"rooms": [ROOM], "profile_hash": PROFILE.hash})
    drawn = {
        "engine": "test/1", "seed_commitment": "4" * 64, "items_hash": "1" * 64, "stats_hash": "2" * 64,
        "blueprint_hash": "5" * 64,
    }  # fmt: skip
    _add(tx, tables.FormSetRow, id="f" * 26, exam_session_id=SESSION, forms=7, keys_hash=keys_hash, **drawn)
    _say(
        tx,
        EventKind.FORMS_DRAWN,
        {**drawn, "forms": 7, "forms_hash": forms_hash([each.hash for each in forms])},
    )
    for number, each in enumerate(forms, start=1):
        _add(tx, tables.FormRow, form_set_id="f" * 26, form_no=number, content=each.encoded, hash=each.hash)
    _say(tx, EventKind.REGISTRATION_OPENED, {"room_id": ROOM})
    for number, person in enumerate(PERSONS, start=1):
        _register(tx, number, person)
    _say(tx, EventKind.SITTING_STARTED, {"room_id": ROOM, "control_no": 1})
    _add(tx, tables.ScoringRunRow, id="run", exam_session_id=SESSION, keys_hash=keys_hash, annulments="[]",
         created_at_ms=1)  # fmt: skip
    for number, person in enumerate(PERSONS, start=1):
        _sit(tx, number, person)
    _say(tx, EventKind.SITTING_CLOSED, {"room_id": ROOM, "control_no": 2})
    _add(tx, tables.SittingRow, exam_session_id=SESSION, room_id=ROOM, state="CLOSED", clock_ms=600_000,
         boot_id="boot", boot_ns=0, control_no=2, started_at_ms=1_763_773_000_000, closed_at_ms=1_763_774_000_000)  # fmt: skip


def _say(tx: Tx, kind: EventKind, body: dict[str, Any], private: dict[str, Any] | None = None) -> int:
    return tx.append(SESSION, Event(kind, body, private or {}), SERVER, clock_ms=0).number


def _register(tx: Tx, number: int, person: Person) -> None:
    seated = person.state != "ABSENT"
    _add(tx, tables.SeatRow, id=f"seat-{number}", room_id=ROOM, seat_no=number, column_no=1, row_no=number,
         is_spare=False)  # fmt: skip
    _add(tx, tables.ParticipantRow, id=f"person-{person.number}", exam_event_id="e" * 26,
         participant_number=person.number, name=person.name, nik="", birth_date="", agency="BKN", position="+Analis",
         formation="A", category=person.category, accommodation="")  # fmt: skip
    sat = person.state not in ("ABSENT", "FORFEITED")
    _add(tx, tables.AttemptRow, id=person.attempt_id, exam_session_id=SESSION,
         participant_id=f"person-{person.number}", ordinal=1, state=person.state, profile_hash=PROFILE.hash,
         room_id=ROOM if seated else None, seat_id=f"seat-{number}" if seated else None,
         form_no=number if seated else None, epoch=1 if sat else 0, pin_hmac="", pin_issued_at_ms=None,
         has_confirmed_identity=sat, has_accepted_pledge=sat, finish_seq=None,
         ended_clock_ms=500_000 if sat else None)  # fmt: skip
    about = {"attempt_id": person.attempt_id}
    _say(tx, EventKind.PARTICIPANT_SCHEDULED,
         {**about, "participant_id": f"person-{person.number}", "ordinal": 1, "profile_hash": PROFILE.hash})  # fmt: skip
    if seated:
        _say(tx, EventKind.PARTICIPANT_CHECKED_IN,
             {**about, "room_id": ROOM, "seat_id": f"seat-{number}", "form_no": number})  # fmt: skip
    if sat:
        _say(tx, EventKind.PARTICIPANT_SIGNED_IN, {**about, "kiosk_id": "k", "epoch": 1})


def _sit(tx: Tx, number: int, person: Person) -> None:
    about: dict[str, Any] = {"attempt_id": person.attempt_id}
    if person.state in ("ABSENT", "FORFEITED"):
        _say(tx, ENDED_BY[person.state], about)
        return
    block = {"block_no": 1, "started_clock_ms": 0, "allowed_ms": 600_000}
    _say(tx, EventKind.ATTEMPT_STARTED, {**about, **block})
    _add(tx, tables.AttemptBlockRow, **about, **block, ended_clock_ms=500_000)
    if person.number == "001":
        _say(tx, EventKind.ANSWER_SAVED, {**about, "position": 1, "epoch": 1, "seq": 1},
             {"response": ["o2"], "is_flagged": True})  # fmt: skip
        _say(tx, EventKind.TIME_GRANTED, {**about, "grant_id": "g", "block_no": 1, "milliseconds": 60_000},
             {"reason": "Komputer mati"})  # fmt: skip
        _add(tx, tables.TimeGrantRow, id="g", **about, block_no=1, milliseconds=60_000, reason="Komputer mati",
             actor_id="", approver="", granted_at_ms=1)  # fmt: skip
    if person.state == "FORCE_CLOSED":
        kept = _say(tx, EventKind.ANSWER_QUARANTINED, {**about, "epoch": 0, "seq": 1, "code": "FENCED"},
                    {"position": 1, "response": ["o1"], "is_flagged": False, "claimed_clock_ms": 1})  # fmt: skip
        _add(tx, tables.QuarantinedAnswerRow, chain=SESSION, number=kept, **about, epoch=0, seq=1, code="FENCED",
             position=1, response='["o1"]', is_flagged=False, claimed_clock_ms=1, received_at_ms=1)  # fmt: skip
        _add(
            tx,
            tables.PresenceRow,
            **about,
            seen_at_ms=1,
            position=1,
            unsent=3,
            is_offline_ready=True,
            lost_focus=0,
        )
    reason = {"reason": "Atas permintaan"} if person.state == "FORCE_CLOSED" else {}
    ended = ENDED_BY[person.state]
    is_late = person.state == "TIMED_OUT"
    if not is_late:
        _answer(tx, person, EventKind.ANSWER_SAVED)
    _say(tx, ended, {**about, "ended_clock_ms": 500_000}, reason)
    if is_late:
        _answer(tx, person, EventKind.ANSWER_ACCEPTED_LATE)
    found = score_attempt(
        PROFILE,
        form(number),
        KEYS,
        {at: tuple(each) for at, each in person.answers.items()},
        category=person.category,
    )
    for section in found.sections:
        _add(tx, tables.ScoreRow, scoring_run_id="run", **about, section=section.code, points=section.points,
             maximum=section.maximum, answered=section.answered, items=section.items, threshold=section.threshold,
             meets=section.meets, number=1)  # fmt: skip
    _add(tx, tables.ScoreRow, scoring_run_id="run", **about, section="", points=found.total, maximum=found.maximum,
         answered=found.answered, items=found.items, threshold=None, meets=found.meets_threshold, number=1)  # fmt: skip


def _answer(tx: Tx, person: Person, kind: EventKind) -> None:
    for seq, (position, response) in enumerate(person.answers.items(), start=2):
        body = {"attempt_id": person.attempt_id, "position": position, "epoch": 1, "seq": seq}
        number = _say(tx, kind, body, {"response": response, "is_flagged": False})
        _add(tx, tables.AnswerRow, attempt_id=person.attempt_id, position=position, response=json.dumps(response),
             is_flagged=False, epoch=1, seq=seq, number=number, saved_at_ms=1)  # fmt: skip
