"""Makes a real site with thousands of seated people, each step written as the product's own actions write it.

Rooms, bank, roster, exam session and start are the actions themselves. What an action does one person at a time
(checking in, giving a PC its seat, signing in) is written here for many in one transaction: same rows, same events.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

from cat_server.actions.control_sitting import open_registration, start_sitting
from cat_server.actions.create_exam_event import create_exam_event
from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.actions.import_bank import import_bank
from cat_server.actions.import_rooms import import_rooms
from cat_server.actions.import_roster import import_roster
from cat_server.actions.officers import NewOfficer, add_officer
from cat_server.cli.site_command import SiteCommand
from cat_server.cli.site_creation import create_site
from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, Actor, ActorKind
from cat_server.domain.live import AttemptContext
from cat_server.domain.roster import RosterPerson
from cat_server.queries.site_contents import scheduled_attempts
from cat_server.records.attempts import change_attempt
from cat_server.records.contexts import context_of
from cat_server.records.exam_events import ExamEvent
from cat_server.records.kiosk_steps import enrol
from cat_server.records.kiosks import SignIn, add_kiosk, add_sign_in, kiosk_by_token
from cat_server.records.rooms import Room, Seat
from cat_server.records.write_lane import Tx
from cat_server.runtime.officer_keys import Cost
from cat_server.runtime.room_file import RoomPlan
from cat_server.runtime.tokens import new_id, new_pin, new_token, pin_hmac, token_hash
from question_bank.canonical import Json
from question_bank.console import Console
from question_bank.messages import Catalogue
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank
from scripts.bench_server.filled_site import OFFICER, FilledSite, Kiosk

PROFILE = "skd_cpns_2024"
_COLUMNS = 20
_AT_ONCE = 250
_CHEAP = Cost(memory_kib=8 * 1024, iterations=1, lanes=1)
"""The officer's password is not what is measured."""

Place = TypeVar("Place")


def fill_site(folder: Path, people: int, exam_s: int = 0) -> FilledSite:
    """Make a site in `folder` where `people` are checked in and each has a PC on the own seat.

    `exam_s` is how long the exam takes, where not as long as the profile says.
    """
    create_site(
        folder,
        {
            "site_code": "BENCH",
            "name": "Bench",
            "is_demo": True,
            "transport": "tls",
            "kiosk_listen": ["127.0.0.1"],
            "monitoring_listen": ["127.0.0.1"],
        },
    )
    with _opened(folder) as opened:
        new = NewOfficer(OFFICER, "Bench", "coordinator", "delivery_team")
        officer = add_officer(opened.lane, new, _CHEAP)
        (room,) = import_rooms(opened.lane, [RoomPlan("A", "Room A", people, _COLUMNS, 0)])
        exam_session_id = _exam_session(opened, people, room, exam_s)
        places = zip(scheduled_attempts(opened.reader, exam_session_id), room.seats, strict=True)
        pin_key = opened.keyring.secrets.pin_key
        forms, numbers = opened.lane.run_now(_forms), opened.lane.run_now(_numbers)
        kiosks = _for_each(
            opened,
            list(places),
            lambda tx, place: _checked_in(tx, pin_key, place[0], room.room_id, place[1], forms, numbers),
        )
        site = FilledSite(folder, exam_session_id, room.room_id, officer.password, tuple(kiosks))
        site.keep()
        return site


def make_ready(site: FilledSite, folder: Path) -> FilledSite:
    """Copy a site and sign everybody in, as far as the waiting page."""
    shutil.copytree(site.folder, folder)
    with _opened(folder) as opened:
        kiosks = tuple(_for_each(opened, site.kiosks, _made_ready))
    ready = replace(site, folder=folder, kiosks=kiosks)
    ready.keep()
    return ready


def start(site: FilledSite, folder: Path) -> FilledSite:
    """Copy a site where everybody is ready and start the exam."""
    shutil.copytree(site.folder, folder)
    with _opened(folder) as opened:
        asyncio.run(start_sitting(opened.lane, site.exam_session_id, "", OPERATOR))
    return replace(site, folder=folder)


@contextmanager
def _opened(folder: Path) -> Iterator[SiteCommand]:
    opened = SiteCommand(Console(Catalogue("cat_server.cli"), "en"), folder)
    try:
        yield opened
    finally:
        opened.close()


def _for_each(
    opened: SiteCommand, places: Sequence[Place], step: Callable[[Tx, Place], Kiosk]
) -> list[Kiosk]:
    kiosks: list[Kiosk] = []
    for first in range(0, len(places), _AT_ONCE):
        chosen = places[first : first + _AT_ONCE]
        kiosks += opened.lane.run_now(partial(_all, step, chosen))
    return kiosks


def _all(step: Callable[[Tx, Place], Kiosk], places: Sequence[Place], tx: Tx) -> list[Kiosk]:
    return [step(tx, each) for each in places]


def _exam_session(opened: SiteCommand, people: int, room: Room, exam_s: int) -> str:
    with as_file(files("question_bank") / "demo" / "bank.csv") as path:
        read = read_bank(path)
    bank = import_bank(opened.lane, opened.bank_files, read.bank, read.keys, read.statistics)
    event = ExamEvent(
        new_id(),
        "bench",
        "Bench",
        is_demo=True,
        kiosk_binding="code",
        scoreboard="live",
        scoreboard_delay_s=0,
        scoreboard_masking=False,
    )
    create_exam_event(opened.lane, event)
    import_roster(opened.lane, event.exam_event_id, tuple(_people(people)), {}, "")
    profile, problems = load_profile(PROFILE)
    if profile is None:
        raise RuntimeError(str(problems))
    policy = replace(profile.policy, two_person=())  # one officer commands, no second one types a password
    blocks = tuple(replace(each, allotted_ms=exam_s * 1000 or each.allotted_ms) for each in profile.blocks)
    profile = replace(profile, profile_id=f"{PROFILE}_bench", blocks=blocks, policy=policy)
    plan = ExamSessionPlan("BENCH-1", "Bench", event, (room,), profile, bank)
    made = create_exam_session(opened.lane, opened.bank_files, plan, opened.settings.zone, {})
    asyncio.run(open_registration(opened.lane, made.exam_session_id, "", OPERATOR))
    return made.exam_session_id


def _people(count: int) -> Iterator[RosterPerson]:
    for place in range(1, count + 1):
        yield RosterPerson(
            participant_number=f"26{place:09d}",
            name=f"Peserta {place}",
            nik=f"{3_174_000_000_000_000 + place}",
            birth_date="1999-01-01",
            agency="Pemerintah Kota Contoh",
            position="Analis Kebijakan",
            formation="F01",
            category="umum",
        )


def _checked_in(
    tx: Tx,
    pin_key: bytes,
    attempt_id: str,
    room_id: str,
    seat: Seat,
    forms: dict[str, int],
    numbers: dict[str, str],
) -> Kiosk:
    context = _context(tx, attempt_id)
    pin, device, kiosk_id = new_pin(), new_token(), new_id()
    place: dict[str, Json] = {"room_id": room_id, "seat_id": seat.seat_id, "form_no": forms[seat.seat_id]}
    change_attempt(
        tx.connection,
        attempt_id,
        state=AttemptState.REGISTERED.value,
        pin_hmac=pin_hmac(pin_key, attempt_id, pin),
        pin_issued_at_ms=tx.now.at_ms,
        **place,
    )
    chain = context.exam_session_id
    tx.append(chain, Event(EventKind.PARTICIPANT_CHECKED_IN, {"attempt_id": attempt_id, **place}), OPERATOR)
    tx.append(chain, Event(EventKind.PIN_ISSUED, {"attempt_id": attempt_id}), OPERATOR)
    add_kiosk(tx.connection, tx.now, kiosk_id, kiosk_id[:5], token_hash(device), "127.0.0.1", "bench")
    enrol(tx, kiosk_id, seat.seat_id, "code", OPERATOR)
    return Kiosk(attempt_id, numbers[context.participant_id], pin, device, "")


def _made_ready(tx: Tx, kiosk: Kiosk) -> Kiosk:
    context, who = _context(tx, kiosk.attempt_id), _of(kiosk)
    at = kiosk_by_token(tx.connection, token_hash(kiosk.device))
    if at is None:
        raise RuntimeError(kiosk.device)
    sign_in = new_token()
    signed_in = SignIn(kiosk.attempt_id, at.kiosk_id, 1, is_ended=False)
    add_sign_in(tx.connection, tx.now, token_hash(sign_in), signed_in)
    change_attempt(
        tx.connection,
        kiosk.attempt_id,
        state=AttemptState.READY.value,
        kiosk_id=at.kiosk_id,
        epoch=1,
        has_confirmed_identity=True,
        has_accepted_pledge=True,
    )
    for event in (
        Event(EventKind.PARTICIPANT_SIGNED_IN, who | {"kiosk_id": at.kiosk_id, "epoch": 1}),
        Event(EventKind.IDENTITY_CONFIRMED, who),
        Event(EventKind.PLEDGE_ACCEPTED, who),
        Event(EventKind.PARTICIPANT_READY, who),
    ):
        actor = Actor(ActorKind.PARTICIPANT, context.participant_id)
        tx.append(context.exam_session_id, event, actor, "", context.clock.at(tx.now))
    return replace(kiosk, sign_in=sign_in)


def _of(kiosk: Kiosk) -> dict[str, Json]:
    return {"attempt_id": kiosk.attempt_id}


def _context(tx: Tx, attempt_id: str) -> AttemptContext:
    context = context_of(tx.connection, attempt_id)
    if context is None:
        raise RuntimeError(attempt_id)
    return context


def _forms(tx: Tx) -> dict[str, int]:
    rows = tx.connection.exec_driver_sql("SELECT seat_id, form_no FROM form WHERE seat_id IS NOT NULL")
    return dict(tuple(each) for each in rows)


def _numbers(tx: Tx) -> dict[str, str]:
    rows = tx.connection.exec_driver_sql("SELECT id, participant_number FROM participant")
    return dict(tuple(each) for each in rows)
