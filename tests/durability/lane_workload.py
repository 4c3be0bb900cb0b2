"""A room saves through the real write lane, in a process of its own, so that everything it does to the disk is seen.

Each receipt goes, the moment it is there, as one line into the file `acknowledged` of the site. The lane, its journal
and what it calls are the product's; only the sockets and pages around them are missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cat_server.actions.control_sitting import start_sitting
from cat_server.actions.get_ready import accept_pledge, confirm_identity, get_ready
from cat_server.actions.keep_time import resume_time, tick
from cat_server.actions.kiosks import register_kiosk
from cat_server.actions.save_answers import SaveAnswers, SaveRequest
from cat_server.actions.sign_in_participant import sign_in_participant
from cat_server.cli.site_command import SiteCommand, catalogue
from cat_server.cli.site_lane import open_lane
from cat_server.cli.start_checks import check_records
from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.ids import OPERATOR
from cat_server.records.write_lane import NotDurableError, WriteLane
from cat_server.runtime.limits import Limits
from cat_server.runtime.tokens import token_hash
from question_bank.console import Console
from tests.durability.accounts import Acknowledged

PEOPLE = 4
SEATED_FILE = "seated.json"
ACKNOWLEDGED_FILE = "acknowledged"
SENT_FILE = "sent"


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who signed in, and the last number they used."""

    attempt_id: str
    token: str
    epoch: int
    last_seq: int = 0


def seat_people(site: Path) -> None:
    """Sign people in, start the exam, and write down who sits there."""
    command = SiteCommand(Console(catalogue(), "en", as_json=True), site)
    people = json.loads((site / "demo-secrets.json").read_text())["participants"][:PEOPLE]
    seats = asyncio.run(_seat(command, people))
    command.close()
    (site / SEATED_FILE).write_text(json.dumps([asdict(each) for each in seats]))


async def _seat(command: SiteCommand, people: Sequence[dict[str, Any]]) -> list[Seat]:
    lane, ask_limit, seats = command.lane, Limits(command.clock).ask, []
    for each in people:
        kiosk = await register_kiosk(lane, "127.0.0.1", "test")
        signed_in = await sign_in_participant(
            lane, command.keyring.secrets, ask_limit, kiosk.token, each["participant_number"], each["pin"]
        )
        for step in (confirm_identity, accept_pledge, get_ready):
            await step(lane, signed_in.attempt_id)
        seats.append(Seat(signed_in.attempt_id, signed_in.token, signed_in.epoch))
    with command.reader.view() as view:
        sitting = view.connection.exec_driver_sql(
            "select exam_session_id, seat.room_id from attempt join seat on seat.id = seat_id where attempt.id = ?",
            (seats[0].attempt_id,),
        ).one()
    await start_sitting(lane, sitting[0], sitting[1], OPERATOR)
    return seats


class Room:
    """The people of the room, who answer at once and note each receipt."""

    def __init__(self, lane: WriteLane, site: Path, seed: int) -> None:
        self._lane = lane
        self._site = site
        self._acknowledged = _appended(site / ACKNOWLEDGED_FILE)
        self._sent = _appended(site / SENT_FILE)
        self._chance = random.Random(seed)
        self._kind = SaveAnswers()

    async def save(self, commits: int, seats: Sequence[Seat]) -> None:
        """Let everybody answer, with a tick of the clock now and then, until the lane has committed often enough."""
        await resume_time(self._lane)
        await asyncio.gather(*(self._send(seat, commands) for seat, commands in self._unanswered(seats)))
        until = self._lane.gauge.commits + commits
        await asyncio.gather(*(self._answer(each, until) for each in seats), self._keep_time(until))

    def _unanswered(self, seats: Sequence[Seat]) -> Iterator[tuple[Seat, tuple[Submitted, ...]]]:
        """Return what a room before this one sent and has no receipt for: outboxes deliver it again."""
        noted = {(each["attempt_id"], each["seq"]) for each in _lines(self._site / ACKNOWLEDGED_FILE)}
        sent = _lines(self._site / SENT_FILE)
        for seat in seats:
            commands = [
                Submitted(each["seq"], CommandKind.ANSWER, each["position"], tuple(each["response"]))
                for each in sent
                if each["attempt_id"] == seat.attempt_id and (seat.attempt_id, each["seq"]) not in noted
            ]
            if commands:
                yield seat, tuple({each.seq: each for each in commands}.values())

    async def _keep_time(self, until: int) -> None:
        while self._lane.gauge.commits < until:
            await self._lane.run(lambda tx: tick(tx, ()))
            await asyncio.sleep(0.01)

    async def _answer(self, seat: Seat, until: int) -> None:
        numbers = self._numbers(seat.last_seq)
        while self._lane.gauge.commits < until:
            count = self._chance.choice((1, 1, 1, 4))
            commands = tuple(next(numbers) for _ in range(count))
            await self._send(seat, commands)
            if self._chance.random() < 0.1:
                await self._send(seat, commands)  # once more, as after a lost reply
            if self._chance.random() < 0.3:
                await asyncio.sleep(0.002)

    def _numbers(self, last: int) -> Iterator[Submitted]:
        seq = last
        while True:
            seq += 1
            response = (f"o{self._chance.randint(1, 4)}",)
            yield Submitted(seq, CommandKind.ANSWER, self._chance.randint(1, 20), response)

    async def _send(self, seat: Seat, commands: tuple[Submitted, ...]) -> None:
        outbox = [
            {
                "attempt_id": seat.attempt_id,
                "seq": each.seq,
                "position": each.position,
                "response": each.response,
            }
            for each in commands
        ]
        os.write(self._sent, "".join(json.dumps(each) + "\n" for each in outbox).encode())
        request = SaveRequest(token_hash(seat.token), seat.epoch, commands)
        reply = await self._lane.submit(self._kind, request)
        lines = ""
        for sent, receipt in zip(commands, reply.receipts, strict=True):
            assert receipt.outcome == "saved", receipt
            noted = Acknowledged(
                *(seat.attempt_id, seat.epoch, receipt.seq, receipt.number, receipt.hash),
                *(sent.position, sent.response),
            )
            lines += json.dumps(asdict(noted)) + "\n"
        os.write(self._acknowledged, lines.encode())


def seats_of(site: Path) -> list[Seat]:
    """Return who sits in a site, each with the last number that they used."""
    last = {each["attempt_id"]: each["seq"] for each in _lines(site / SENT_FILE)}
    seats = [Seat(**each) for each in json.loads((site / SEATED_FILE).read_text())]
    return [replace(each, last_seq=last.get(each.attempt_id, 0)) for each in seats]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def _appended(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def main() -> None:
    """Do what a server does: check the records, open the lane, save; a failing disk ends the process.

    With `--again` it is a web process that its supervisor has started again, when the other one had died as well.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=Path)
    parser.add_argument("--commits", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--anew", action="store_true")
    how.add_argument("--again", action="store_true")
    parser.add_argument(
        "--killed", action="store_true", help="end by a SIGKILL, with everything left as it is"
    )
    passed = parser.parse_args()
    command = SiteCommand(Console(catalogue(), "en", as_json=True), passed.site)
    if not passed.again:
        check_records(command, new_journal=False)
    command.close()
    seats = seats_of(passed.site)
    key = command.keyring.secrets.journal_key
    lane = open_lane(command.settings, command.clock, key, checkpoints=True, empties_log=True).start()
    try:
        asyncio.run(Room(lane, passed.site, passed.seed).save(passed.commits, seats))
    except NotDurableError:
        os._exit(70)  # what the product's lane does when its disk fails
    if passed.killed:
        os.kill(os.getpid(), signal.SIGKILL)
    lane.stop()


if __name__ == "__main__":
    main()
