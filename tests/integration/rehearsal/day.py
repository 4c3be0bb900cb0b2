"""A day at a test centre, hour by hour: what officers and participants do, and what goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cat_server.runtime.clock import SystemClock
from tests.integration.rehearsal.actors import Kiosk, Network, Officer, Slip
from tests.integration.rehearsal.centre import CUT_OFF_S, RehearsalSite
from tests.site_databases import DATABASE_IS_BUSY

AT_ONCE = 24
ROW_OF_PCS = 100
"""How many PCs are switched on together; here all have one address, which may ask for 200 codes at a time."""
ABSENT_SHARE = 0.11
ZONE = ZoneInfo("Asia/Jakarta")


@dataclass
class Sitting:
    """One exam session: who was called, who came, and what the rehearsal itself did to whom."""

    code: str
    exam_session_id: str
    numbers: list[str]
    slips: list[Slip] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    disqualified: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)
    never_signed_in: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def absent(self) -> list[str]:
        came = {each.number for each in self.slips}
        return sorted(number for number in self.numbers if number not in came)


class Day:
    """Everybody who is at work, and the PCs by seat number."""

    def __init__(self, site: RehearsalSite, network: Network) -> None:
        self.site = site
        self.network = network
        self.dice = random.Random(5)
        self.kiosks: dict[int, Kiosk] = {}
        self.officers: dict[str, Officer] = {}
        self.room_id = str(site.rows("select id from room")[0]["id"])
        self.saved = 0
        self.keys = site.bank()[1].keys

    async def begin(self) -> None:
        """Officers sign in; the technician gives every PC of the room its seat."""
        for name in ("koordinator", "ketua", "pengawas", "meja1", "meja2", "meja3", "teknisi"):
            self.officers[name] = await Officer(self.network, name).sign_in()
        seats = [row["seat_no"] for row in self.site.rows("select seat_no from seat order by seat_no")]
        self.kiosks = {seat_no: Kiosk(self.network) for seat_no in seats}
        for first in range(0, len(seats), ROW_OF_PCS):
            row = seats[first : first + ROW_OF_PCS]
            codes = await gather([self.kiosks[seat_no].code for seat_no in row])
            assert len(set(codes)) == len(row)
            given = {f"seat-{code}": str(seat_no) for code, seat_no in zip(codes, row, strict=True)}
            await self.officers["teknisi"].post("/kiosks/enrol", room_id=self.room_id, **given)
        [enrolled] = self.site.rows("select count(*) as n from kiosk where seat_id is not null")
        assert enrolled["n"] == len(seats)

    def sitting(self, code: str) -> Sitting:
        rows = self.site.rows(
            "select participant_number, exam_session.id as id from attempt"
            " join participant on participant.id = participant_id"
            " join exam_session on exam_session.id = exam_session_id where code = ? order by 1",
            code,
        )
        return Sitting(code, str(rows[0]["id"]), [str(row["participant_number"]) for row in rows])

    async def register(self, sitting: Sitting) -> None:
        """Three desks check in all who come; the rest never shows up."""
        await self.room(sitting, "open-registration")
        coming = [number for number in sitting.numbers if self.dice.random() >= ABSENT_SHARE]
        desks = [self.officers[f"meja{number}"] for number in (1, 2, 3)]
        queues = [coming[first::3] for first in range(3)]

        async def work(desk: Officer, queue: list[str]) -> None:
            for number in queue:
                sitting.slips.append(await desk.check_in(sitting.exam_session_id, number))

        await asyncio.gather(*(work(desk, queue) for desk, queue in zip(desks, queues, strict=True)))
        seats = [each.seat_no for each in sitting.slips]
        assert len(set(seats)) == len(seats), "no seat twice"

    async def cut_off(self, sitting: Sitting) -> None:
        """Fix the start a few seconds from now: registration closes by itself, who did not come is absent."""
        start = datetime.fromtimestamp(SystemClock().now().at_ms / 1000, ZONE) + timedelta(
            seconds=CUT_OFF_S + 2
        )
        await self.officers["koordinator"].post(
            f"/desk/{sitting.exam_session_id}/postpone",
            start=start.replace(tzinfo=None).isoformat(timespec="seconds"),
            reason="Gladi dimulai sekarang",
        )
        await self.until(sitting, "REGISTRATION_CLOSED", 1)
        await self.until(sitting, "ATTEMPT_ABSENT", len(sitting.absent))

    async def take_seats(self, sitting: Sitting) -> None:
        """All but two sign in on the PC of their seat and get ready."""
        sitting.never_signed_in = [each.number for each in sitting.slips[:2]]
        await gather([self._sit(each) for each in sitting.slips[2:]])

    def _sit(self, slip: Slip) -> Callable[[], Coroutine[Any, Any, None]]:
        return lambda: self.kiosks[slip.seat_no].seat_down(slip)

    async def room(self, sitting: Sitting, command: str, **form: str) -> None:
        """Give a command to the whole room."""
        await self.officers["koordinator"].post(
            f"/rooms/{sitting.exam_session_id}/{self.room_id}/{command}", **form
        )

    async def work(self, sitting: Sitting, *, unfinished: int) -> None:
        """Everybody who began answers; all but `unfinished` finish."""
        away = {*sitting.never_signed_in, *sitting.disqualified}
        working = [each for each in sitting.slips if each.number not in away]
        stay = {each.number for each in working[:unfinished]}
        sitting.unfinished = sorted(stay)

        def one(slip: Slip) -> Callable[[], Coroutine[Any, Any, None]]:
            dice = random.Random(slip.number)
            kiosk, best = self.kiosks[slip.seat_no], self.best_options(slip)
            return lambda: kiosk.work(dice, best, is_finishing=slip.number not in stay)

        await gather([one(each) for each in working])
        self.saved += sum(kiosk.saved for kiosk in self.kiosks.values())
        for kiosk in self.kiosks.values():
            kiosk.saved = 0

    def best_options(self, slip: Slip) -> dict[int, str]:
        """Return the right or best option of each item of a participant's form, by position."""
        [row] = self.site.rows(
            "select form.content from form join form_set on form_set.id = form_set_id"
            " join attempt on attempt.exam_session_id = form_set.exam_session_id"
            " and attempt.form_no = form.form_no where attempt.id = ?",
            slip.attempt_id,
        )
        best = {}
        for position, item in enumerate(json.loads(row["content"])["items"], start=1):
            key = self.keys[item["item_id"]]
            best[position] = key.correct[0] if key.correct else max(key.points, key=key.points.__getitem__)
        return best

    async def disqualify(self, sitting: Sitting, slip: Slip) -> None:
        """Two officers disqualify somebody."""
        await self.officers["koordinator"].post(
            f"/attempts/{slip.attempt_id}/disqualify",
            reason_code="conduct.forbidden_item",
            reason="Membawa telepon genggam ke dalam ruang",
            **self.officers["pengawas"].approval,
        )
        sitting.disqualified.append(slip.number)

    async def extend(self, sitting: Sitting, slip: Slip, minutes: int) -> None:
        """Two officers give somebody time."""
        await self.officers["koordinator"].post(
            f"/attempts/{slip.attempt_id}/grant-time",
            minutes=str(minutes),
            reason="Komputer terganggu",
            **self.officers["pengawas"].approval,
        )
        sitting.extended.append(slip.number)

    async def record_incident(self, sitting: Sitting, slip: Slip) -> None:
        """Write down what happened at a seat."""
        await self.officers["pengawas"].post(
            f"/incidents/{sitting.exam_session_id}",
            code="room.noise",
            occurred=f"{datetime.fromtimestamp(SystemClock().now().at_ms / 1000, ZONE):%Y-%m-%dT%H:%M}",
            attempt=slip.attempt_id,
            room_id=self.room_id,
            seat=str(slip.seat_no),
            minutes="2",
            description="Peserta lain mengeluh bising",
            measure="Pengawas menenangkan ruangan",
        )

    async def move(self, sitting: Sitting, slip: Slip) -> None:
        """A PC dies: its participant goes on at a spare seat, and the old seat is blocked."""
        taken = {each.seat_no for each in sitting.slips}
        spares = [
            row["seat_no"] for row in self.site.rows("select seat_no from seat where is_spare order by 1")
        ]
        there = replace(slip, seat_no=next(each for each in spares if each not in taken))
        await self.officers["koordinator"].post(
            f"/attempts/{slip.attempt_id}/move",
            seat_no=str(there.seat_no),
            reason="Komputer mati",
            is_old_defective="1",
            **self.officers["pengawas"].approval,
        )
        await self.kiosks[there.seat_no].seat_down(there)
        sitting.slips[sitting.slips.index(slip)] = there
        sitting.moved.append(slip.number)

    async def release(self, sitting: Sitting) -> None:
        """Some press "Selesai"; then every PC of the room is made ready for the next exam session."""
        await gather([lambda each=each: self.kiosks[each.seat_no].leave() for each in sitting.slips[2::7]])
        await self.room(sitting, "release")

    async def scores(self, sitting: Sitting) -> None:
        """Read every score from the screen it stands on."""
        done = [
            each
            for each in sitting.slips
            if each.number not in {*sitting.never_signed_in, *sitting.disqualified, *sitting.unfinished}
        ]

        async def read(slip: Slip) -> None:
            deadline = time.monotonic() + 60
            while not (found := await self.kiosks[slip.seat_no].score()).get("ready"):
                assert time.monotonic() < deadline, f"no score for {slip.number}: {found}"
                await asyncio.sleep(0.3)
            sitting.scores[slip.number] = found

        await gather([lambda each=each: read(each) for each in done])

    async def sign(self, sitting: Sitting) -> None:
        """Close, prepare the statement, and let both committees sign it."""
        await self.room(sitting, "close", reason="Waktu ujian gladi selesai")
        results = f"/results/{sitting.exam_session_id}"
        coordinator, chair = self.officers["koordinator"], self.officers["ketua"]
        await coordinator.post(f"{results}/statement")
        for officer in (coordinator, chair):
            page = await officer.get(f"{results}/statement")
            form = hidden_fields(page)
            await officer.post(
                f"{results}/sign", **form, decision="signed", reason="", passphrase=officer.who["passphrase"]
            )

    async def until(self, sitting: Sitting, kind: str, count: int, seconds: float = 60) -> None:
        """Wait until the ledger holds that many events of a kind."""
        deadline = time.monotonic() + seconds
        query = "select count(*) as n from ledger where chain = ? and kind = ?"
        while True:
            with contextlib.suppress(*DATABASE_IS_BUSY):
                if self.site.rows(query, sitting.exam_session_id, kind)[0]["n"] >= count:
                    return
            assert time.monotonic() < deadline, f"{kind} fewer than {count}"
            await asyncio.sleep(0.2)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's forms."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


async def gather(jobs: Sequence[Callable[[], Coroutine[Any, Any, Any]]]) -> list[Any]:
    """Run jobs, some at once, and return what they return in their order."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(job: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        async with limit:
            return await job()

    return await asyncio.gather(*(one(job) for job in jobs))
