"""The demo's card: where to go, who signs in with what, what to do next. Its secrets are in a file of mode 0600."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cat_server.cli.opened_site import command_line
from cat_server.domain.refusals import Refusal
from cat_server.runtime.addresses import DEMO_KIOSKS, lan_addresses
from cat_server.runtime.keyring import write_secret
from cat_server.runtime.settings import SiteSettings
from question_bank.console import Console

CARD_FILE = "demo-card.txt"
SECRETS_FILE = "demo-secrets.json"
SHOWN = 3


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """A demo officer with the secrets that a real one would see once."""

    username: str
    name: str
    role: str
    committee: str
    password: str
    passphrase: str


@dataclass(frozen=True, slots=True)
class DemoParticipant:
    """A demo participant who is checked in."""

    participant_number: str
    name: str
    pin: str
    seat_no: int


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """Everything one needs to play every part of the demo; a demo may have a second, longer exam session."""

    exam_session: str
    officers: tuple[DemoOfficer, ...]
    participants: tuple[DemoParticipant, ...]
    long_exam_session: str = ""
    long_participants: tuple[DemoParticipant, ...] = ()


def write_demo_secrets(folder: Path, secrets: DemoSecrets) -> None:
    """Write the demo's secrets into a new file.

    Raises:
        FileExistsError: there are some already.
    """
    content = json.dumps(asdict(secrets), ensure_ascii=False, indent=2)
    write_secret(folder / SECRETS_FILE, content.encode())


def read_demo_secrets(folder: Path) -> DemoSecrets:
    """Return the demo's secrets.

    Raises:
        Refusal: `NO_DEMO`.
    """
    try:
        content: dict[str, Any] = json.loads((folder / SECRETS_FILE).read_text(encoding="utf-8"))
        return DemoSecrets(
            content["exam_session"],
            tuple(DemoOfficer(**each) for each in content["officers"]),
            tuple(DemoParticipant(**each) for each in content["participants"]),
            str(content.get("long_exam_session", "")),
            tuple(DemoParticipant(**each) for each in content.get("long_participants", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal("NO_DEMO", {"folder": str(folder)}) from None


def demo_card(console: Console, settings: SiteSettings, secrets: DemoSecrets, folder: Path) -> str:
    """Return the card in the console's language; `folder` is the site's, as commands name it."""
    return "\n".join(_lines(console, settings, secrets, folder)) + "\n"


def _lines(console: Console, settings: SiteSettings, secrets: DemoSecrets, folder: Path) -> Iterator[str]:
    text = console.text
    yield text("card_title")
    yield ""
    yield text("card_addresses")
    for number, host in enumerate(DEMO_KIOSKS, start=1):
        yield f"  {text('card_kiosk', number=number)}: http://{host}:{settings.kiosk_port}/"
    yield f"  {text('card_monitoring')}: http://127.0.0.1:{settings.monitoring_port}/"
    yield f"  {text('card_scoreboard')}: http://127.0.0.1:{settings.scoreboard_port}/"
    for host in lan_addresses():
        yield f"  {text('card_lan')}: http://{host}:{settings.kiosk_port}/"
    yield f"  {text('card_lan_hint', command=command_line('cat-server serve --lan', folder))}"
    yield ""
    yield text("card_officers")
    for officer in secrets.officers:
        yield f"  {officer.username:<12} {text('card_password')} {officer.password}   {text('card_passphrase')} {officer.passphrase}"
        yield f"               {officer.name}, {text(f'role_{officer.role}')}{_committee(console, officer)}"
    yield ""
    yield text("card_participants")
    yield from _participants(console, settings, secrets.participants)
    if secrets.long_exam_session:
        yield text("card_long_session", session=secrets.long_exam_session)
        yield from _participants(console, settings, secrets.long_participants)
    yield ""
    yield text("card_next")
    crowd = command_line("cat-server demo crowd 40", folder)
    again = command_line("cat-server demo card", folder)
    for step in range(1, 6):
        said = text(f"card_step_{step}", session=secrets.exam_session, crowd=crowd, again=again)
        yield f"  {step}. {said}"


def _participants(
    console: Console, settings: SiteSettings, participants: tuple[DemoParticipant, ...]
) -> Iterator[str]:
    for host, participant in zip(DEMO_KIOSKS, participants[:SHOWN], strict=False):
        yield (
            f"  {participant.participant_number}  PIN {participant.pin}  "
            f"{console.text('card_seat', seat=participant.seat_no):<10}  http://{host}:{settings.kiosk_port}/  {participant.name}"
        )


def _committee(console: Console, officer: DemoOfficer) -> str:
    return f", {console.text(f'committee_{officer.committee}')}" if officer.committee else ""
