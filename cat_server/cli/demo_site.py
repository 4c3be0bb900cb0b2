"""The demo site: officers, rooms, bank, people and two exam sessions that can be started any day, a short and a long."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

from cat_server.actions.check_in import check_in
from cat_server.actions.control_sitting import open_registration
from cat_server.actions.create_exam_event import create_exam_event
from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.actions.import_bank import import_bank
from cat_server.actions.import_rooms import import_rooms
from cat_server.actions.import_roster import import_roster
from cat_server.actions.officers import NewOfficer, add_officer
from cat_server.cli.demo_card import (
    CARD_FILE,
    DemoOfficer,
    DemoParticipant,
    DemoSecrets,
    demo_card,
    write_demo_secrets,
)
from cat_server.cli.demo_people import demo_people, more_demo_people
from cat_server.cli.site_command import SiteCommand
from cat_server.cli.site_creation import create_site, demo_values
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.queries.form_drawings import item_usage
from cat_server.queries.site_contents import scheduled_attempts
from cat_server.records.exam_events import ExamEvent
from cat_server.runtime.keyring import write_secret
from cat_server.runtime.officer_keys import Cost
from cat_server.runtime.room_file import RoomPlan
from cat_server.runtime.settings import SETTINGS_FILE
from cat_server.runtime.tokens import new_id
from question_bank.console import Console
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank
from question_bank.scoring_profile import Profile

EXAM_SESSION = "DEMO-1"
CHECKED_IN = 47
LONG_EXAM_SESSION = "DEMO-SKD"
_SEATS, _LONG_SEATS = 48, 12
_PROFILE, _LONG_PROFILE = "simulation_20x10", "skd_cpns_2024"
_DEMO_COST = Cost(memory_kib=64 * 1024, iterations=2, lanes=2)
"""Cheaper than for real officers: the secrets of a demo lie in a file anyway."""
_OFFICERS = (
    NewOfficer("koordinator", "Dewi Kartika", "coordinator", "delivery_team"),
    NewOfficer("ketua", "Bambang Suharto", "chair", "agency_committee"),
    NewOfficer("saksi", "Lilis Suryani", "witness", "agency_committee"),
    NewOfficer("registrasi", "Putri Amelia", "registrar", ""),
    NewOfficer("pengawas", "Joko Prasetyo", "proctor", "delivery_team"),
    NewOfficer("teknisi", "Rangga Permana", "technician", ""),
)


def prepare_demo(console: Console, folder: Path) -> str:
    """Make the demo site in `folder` and return its card; nothing stays if anything fails.

    Raises:
        Refusal: `SITE_EXISTS` or `FOLDER_NOT_EMPTY`.
    """
    named, folder = folder, folder.absolute()
    if (folder / SETTINGS_FILE).exists():
        raise Refusal("SITE_EXISTS", {"folder": str(folder)})
    if folder.exists() and any(folder.iterdir()):
        raise Refusal("FOLDER_NOT_EMPTY", {"folder": str(folder)})
    folder.parent.mkdir(parents=True, exist_ok=True)
    outer = Path(tempfile.mkdtemp(prefix=".cat-demo-", dir=folder.parent))
    try:
        draft = outer / "site"
        create_site(draft, demo_values())
        opened = SiteCommand(console, draft)
        try:
            secrets = _fill(opened)
        finally:
            opened.close()
        write_demo_secrets(draft, secrets)
        card = demo_card(console, opened.settings, secrets, named)
        write_secret(draft / CARD_FILE, card.encode())
        draft.rename(folder)
    finally:
        shutil.rmtree(outer, ignore_errors=True)
    return card


def _fill(opened: SiteCommand) -> DemoSecrets:
    officers = tuple(_officer(opened, each) for each in _OFFICERS)
    rooms = import_rooms(
        opened.lane, [RoomPlan("A", "Ruang A", _SEATS, 8, 0), RoomPlan("B", "Ruang B", _LONG_SEATS, 6, 0)]
    )
    with as_file(files("question_bank") / "demo" / "bank.csv") as path:
        read = read_bank(path)
    if read.problems:
        raise RuntimeError(f"the demo bank is broken: {read.problems[0]}")
    bank = import_bank(opened.lane, opened.bank_files, read.bank, read.keys, read.statistics)
    event = ExamEvent(
        exam_event_id=new_id(),
        code="demo",
        name="Simulasi CAT",
        is_demo=True,
        kiosk_binding="open",
        scoreboard="live",
        scoreboard_delay_s=0,
        scoreboard_masking=False,
    )
    create_exam_event(opened.lane, event)
    more = more_demo_people()
    import_roster(opened.lane, event.exam_event_id, (*demo_people(), *more), {}, "")
    profile = _profile(_PROFILE)
    short = ExamSessionPlan(EXAM_SESSION, "Simulasi 20 butir", event, rooms[:1], profile, bank)
    long = ExamSessionPlan(
        LONG_EXAM_SESSION,
        "SKD lengkap 110 butir",
        event,
        rooms[1:],
        _for_any_day(_profile(_LONG_PROFILE), profile),
        bank,
        numbers=tuple(each.participant_number for each in more),
    )
    return DemoSecrets(
        EXAM_SESSION,
        officers,
        _session(opened, short, CHECKED_IN),
        LONG_EXAM_SESSION,
        _session(opened, long, len(more)),
    )


def _profile(name: str) -> Profile:
    profile, _ = load_profile(name)
    if profile is None:
        raise RuntimeError(f"the profile {name} is broken")
    return profile


def _for_any_day(profile: Profile, demo: Profile) -> Profile:
    """Return the profile with the demo's policy, under a name of its own since that is no longer the decree's."""
    return replace(
        profile,
        profile_id=f"{profile.profile_id}_demo",
        title=f"{profile.title} (demo)",
        policy=demo.policy,
    )


def _session(opened: SiteCommand, plan: ExamSessionPlan, count: int) -> tuple[DemoParticipant, ...]:
    """Create an exam session in one room and check in the first `count` of its participants."""
    usage = item_usage(opened.reader, plan.bank.bank_id)
    made = create_exam_session(opened.lane, opened.bank_files, plan, opened.settings.zone, usage)
    return asyncio.run(_check_in(opened, made.exam_session_id, plan.rooms[0].room_id, count))


def _officer(opened: SiteCommand, new: NewOfficer) -> DemoOfficer:
    added = add_officer(opened.lane, new, _DEMO_COST)
    return DemoOfficer(new.username, new.name, new.role, new.committee, added.password, added.passphrase)


async def _check_in(
    opened: SiteCommand, exam_session_id: str, room_id: str, count: int
) -> tuple[DemoParticipant, ...]:
    await open_registration(opened.lane, exam_session_id, room_id, OPERATOR)
    checked_in: list[DemoParticipant] = []
    for attempt_id in scheduled_attempts(opened.reader, exam_session_id)[:count]:
        issued = await check_in(opened.lane, opened.keyring.secrets, attempt_id, room_id, OPERATOR)
        checked_in.append(
            DemoParticipant(issued.participant_number, issued.participant_name, issued.pin, issued.seat_no)
        )
    return tuple(checked_in)
