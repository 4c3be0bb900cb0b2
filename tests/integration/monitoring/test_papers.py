"""Papers by the officers' pages: who may, when, in which language, and with the numbers of the final board."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

import httpx

from cat_server.web.server_sent_events import Feed
from monitoring.scoreboard_app import PublicBoards
from tests.pdf_text import pdf_pages

KINDS = ("attendance", "incidents", "minutes", "recap", "person", "handover")


class Cells(HTMLParser):
    """The text of every cell of the ruled tables of a page, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_cell = False
        self.is_table = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and "paper__table" in (dict(attrs).get("class") or ""):
            self.is_table = True
        if self.is_table and tag == "tr":
            self.rows.append([])
        if self.is_table and tag in ("td", "th"):
            self.rows[-1].append("")
            self.is_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.is_cell = self.is_cell and tag not in ("td", "th")
        self.is_table = self.is_table and tag != "table"

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data


def cells(page: httpx.Response) -> list[list[str]]:
    parser = Cells()
    parser.feed(page.text)
    return parser.rows


async def sat(stage: Any) -> str:
    """Let five of eight sit, with different scores and a tie; close the room; return the address of the papers."""
    seated = [await stage.scene.seat(index) for index in range(5)]
    await stage.scene.start()
    for index, who in enumerate(seated):
        for position in range(1, 21):
            if index not in (3, 4) or position > 13:
                await stage.scene.answer(who, position, f"o{1 + (position + min(index, 3)) % 4}")
    await stage.scene.finish(seated[0])
    await stage.settle()
    async with stage.officer("coordinator") as client:
        room = f"/rooms/{stage.scene.exam_session_id}/{stage.scene.room_id}"
        closed = await client.post(f"{room}/close", data={"reason": "Waktu selesai"})
        assert closed.status_code == 303, closed.text
    await stage.settle()
    return f"/papers/{stage.scene.exam_session_id}"


async def sign(stage: Any) -> None:
    results = f"/results/{stage.scene.exam_session_id}"
    async with stage.officer("coordinator") as lead, stage.officer("chair") as chair:
        assert (await lead.post(f"{results}/statement", data={"notes": ""})).status_code == 303
        found = re.search(r'statement_hash" value="(\w+)"', (await lead.get(f"{results}/statement")).text)
        assert found is not None
        for role, client in (("coordinator", lead), ("chair", chair)):
            form = {
                "statement_hash": found[1],
                "decision": "signed",
                "passphrase": stage.scene.officers[role].passphrase,
            }
            assert (await client.post(f"{results}/sign", data=form)).status_code == 303
    await stage.settle()


def test_the_recap_equals_the_final_board_in_the_browser_and_as_pdf(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=8, people=8)
        papers = await sat(stage)
        await sign(stage)
        board = PublicBoards(Feed(), stage.live).board("")
        assert board["final"]
        expected = [[str(line[0]), line[1], line[2], *line[3], line[4]] for line in board["lines"]]
        async with stage.officer("chair") as client:
            page = await client.get(f"{papers}/recap?language=id")
            printed = cells(page)
            assert [row[:7] for row in printed[1 : 1 + len(expected)]] == expected
            assert [row[0] for row in printed[1 + len(expected) :]] == ["–"] * 3
            assert "SEMENTARA" not in page.text
            sent = await client.get(f"{papers}/recap/pdf?language=id")
            assert sent.headers["content-type"] == "application/pdf"
            assert sent.headers["content-disposition"] == 'attachment; filename="S1-recap-id.pdf"'
            words = [each for shown in pdf_pages(sent.content) for each in shown]
            joined = " ".join(words)
            for line in expected:
                assert " ".join(line[3:]) in joined, line
            found = re.search(r"Sidik dokumen.*?([0-9a-f]{64})", page.text, re.DOTALL)
            assert found is not None
            assert found[1] in words
            for attempt_id, stored in stage.session.roster.attempts.items():
                own = cells(await client.get(f"{papers}/person?language=en&participant={attempt_id}"))
                line = next((each for each in board["lines"] if each[1] == stored.participant_number), None)
                shown = [row[2] for row in own[1:]]
                assert shown == ([*line[3], line[4]] if line else [])

    asyncio.run(check())


def test_papers_that_tell_the_end_wait_for_the_close_and_say_provisional_until_signed(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=8, people=8)
        papers = f"/papers/{stage.scene.exam_session_id}"
        async with stage.officer("coordinator") as client:
            index = await client.get(papers)
            assert index.status_code == 200, index.text
            assert index.text.count("Tersedia setelah sesi ditutup") == 4
            for kind in KINDS:
                early = await client.get(f"{papers}/{kind}")
                assert early.status_code == (200 if kind in ("attendance", "incidents") else 409), kind
            await sat(stage)
            assert "Tersedia setelah sesi ditutup" not in (await client.get(papers)).text
            for kind in KINDS:
                for language, mark in (("id", "SEMENTARA"), ("en", "PROVISIONAL")):
                    page = await client.get(f"{papers}/{kind}?language={language}")
                    assert page.status_code == 200, page.text
                    assert f'aria-hidden="true">{mark}<' in page.text
                    assert f'<article class="paper" lang="{language}">' in page.text
                    assert (await client.get(f"{papers}/{kind}/pdf?language={language}")).content[
                        :5
                    ] == b"%PDF-"
            assert (await client.get(f"{papers}/invoice")).status_code == 404
            assert (await client.get(f"{papers}/person?participant=nobody")).status_code == 404

    asyncio.run(check())


def test_the_desk_may_print_attendance_and_nothing_of_the_results(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=8, people=8)
        papers = await sat(stage)
        async with stage.officer("registrar") as client:
            index = await client.get(papers)
            assert "Daftar hadir peserta" in index.text
            assert "Rekapitulasi" not in index.text
            room = f"?room={stage.scene.room_id}"
            listed = cells(await client.get(f"{papers}/attendance{room}"))
            assert [row[1] for row in listed[1:]] == [f"26-0012-000{number}" for number in range(1, 6)]
            assert (await client.get(f"{papers}/attendance/pdf{room}")).status_code == 200
            for kind in KINDS[1:]:
                assert (await client.get(f"{papers}/{kind}")).status_code == 403
                assert (await client.get(f"{papers}/{kind}/pdf")).status_code == 403

    asyncio.run(check())


def test_one_participants_result_is_found_by_number_or_name(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=8, people=8)
        papers = await sat(stage)
        async with stage.officer("witness") as client:
            told = (await client.get(papers)).text
            assert told.count("Kesetaraan kesukaran TIDAK diukur") == 3, (
                "the demo's difficulties are estimates"
            )
            assert "mengubah peluang lulus" not in told
            for wanted in ("26-0012-0003", "Budi"):
                page = await client.get(papers, params={"wanted": wanted})
                assert page.text.count("participant=") == 4, wanted
                assert "Budi Santoso" in page.text
            assert "Tidak ada peserta yang cocok" in (await client.get(f"{papers}?wanted=zzz")).text

    asyncio.run(check())


def test_many_results_are_read_part_by_part_and_all_are_in_the_pdf(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=60, people=60)
        papers = await sat(stage)
        async with stage.officer("chair") as client:
            sizes = []
            for part in ("1", "2", "3", "99", "x"):
                page = await client.get(f"{papers}/person?part={part}")
                sizes.append(page.text.count("<article"))
            assert sizes == [25, 25, 10, 10, 25]
            sent = await client.get(f"{papers}/person/pdf")
            assert len(pdf_pages(sent.content)) == 60

    asyncio.run(check())
