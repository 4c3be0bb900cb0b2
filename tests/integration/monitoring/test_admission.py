"""The desk lets in, sends away, and takes back; several desks at once never give a seat twice."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from cat_server.actions.control_sitting import start_sitting
from cat_server.domain.ids import OPERATOR
from cat_server.runtime.photo_files import PhotoFiles
from tests.pdf_text import pdf_pages

SHOWN = {"document-IDENTITY": "SUKET", "document-CARD": "PARTICIPANT_CARD"}
START = 1_795_000_000_000


def person_of(stage: Any, index: int) -> str:
    return f"/desk/{stage.scene.exam_session_id}/{stage.scene.attempt_ids[index]}"


def rows(stage: Any, query: str) -> list[tuple[Any, ...]]:
    with stage.scene.reader.view() as view:
        return [tuple(row) for row in view.connection.execute(text(query))]


def change(stage: Any, statement: str) -> None:
    stage.scene.lane.run_now(lambda tx: tx.connection.execute(text(statement)) and None)


def picture(width: int = 480, height: int = 640, kind: str = "JPEG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (120, 90, 60)).save(written, kind)
    return written.getvalue()


def test_three_desks_at_once_give_thirty_seats_to_thirty_of_forty(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=40, people=40, columns=8)
        change(stage, "UPDATE seat SET is_spare = true WHERE seat_no > 30")
        async with contextlib.AsyncExitStack() as stack:
            roles = ("registrar", "coordinator", "registrar")
            desks = [await stack.enter_async_context(stage.officer(role)) for role in roles]
            replies = await asyncio.gather(
                *(
                    desks[index % 3].post(f"{person_of(stage, index)}/check-in", data=SHOWN)
                    for index in range(40)
                )
            )
        assert Counter(each.status_code for each in replies) == {200: 30, 409: 10}
        assert all("Tidak ada kursi kosong lagi" in each.text for each in replies if each.status_code == 409)
        taken = rows(
            stage,
            "SELECT seat_no FROM attempt JOIN seat ON seat.id = seat_id WHERE state = 'REGISTERED'",
        )
        assert sorted(seat for (seat,) in taken) == list(range(1, 31))

    asyncio.run(check())


def test_of_two_desks_with_the_same_person_one_wins_and_the_other_is_told_who_and_where(
    stage_of: Any,
) -> None:
    async def check() -> None:
        stage = await stage_of()
        async with stage.officer("registrar") as one, stage.officer("coordinator") as other:
            html = {"accept": "text/html"}
            replies = await asyncio.gather(
                *(
                    desk.post(f"{person_of(stage, 0)}/check-in", data=SHOWN, headers=html)
                    for desk in (one, other)
                )
            )
        assert sorted(each.status_code for each in replies) == [200, 409]
        lost = next(each.text for each in replies if each.status_code == 409)
        winner = next(index for index, each in enumerate(replies) if each.status_code == 200)
        [(seat,)] = rows(stage, "SELECT seat_no FROM attempt JOIN seat ON seat.id = seat_id")
        name = ("Registrar", "Coordinator")[winner]
        assert f"sudah registrasi: Ruang A, kursi {seat} (petugas: Petugas {name})" in lost

    asyncio.run(check())


def test_documents_must_be_ticked_or_a_reason_given(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        address = f"{person_of(stage, 0)}/check-in"
        async with stage.officer("registrar") as client:
            half = await client.post(address, data={"document-IDENTITY": "KTP"})
            assert half.status_code == 409
            assert "Tandai dokumen" in half.text
            assert re.search(r'value="KTP" checked', half.text)
            odd = await client.post(address, data={**SHOWN, "document-IDENTITY": "SIM"})
            assert odd.status_code == 409
            reason = {"document-IDENTITY": "KTP", "override_reason": "kartu basah, nomor terbaca"}
            assert (await client.post(address, data=reason)).status_code == 200
        assert rows(stage, "SELECT documents FROM attempt WHERE seat_id IS NOT NULL") == [("KTP",)]

    asyncio.run(check())


def test_who_does_not_qualify_is_refused_and_only_a_coordinator_takes_that_back(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        person = person_of(stage, 0)
        async with stage.officer("registrar") as client, stage.officer("coordinator") as lead:
            assert (await client.post(f"{person}/refuse", data={"reason": ""})).status_code == 409
            assert (await client.post(f"{person}/refuse", data={"reason": "tanpa KTP"})).status_code == 303
            page = (await client.get(person)).text
            assert "Gugur" in page
            assert f"{person}/check-in" not in page
            assert f"{person}/reinstate" not in page
            assert f"{person}/reinstate" in (await lead.get(person)).text
            assert (await lead.post(f"{person}/reinstate", data={"reason": "KTP ada"})).status_code == 303
            assert f"{person}/check-in" in (await client.get(person)).text

    asyncio.run(check())


def test_after_the_cutoff_the_page_closes_and_a_coordinator_may_admit_late(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(planned_start_at_ms=START + 10 * 60_000)
        person, late = person_of(stage, 0), f"{person_of(stage, 0)}/admit-late"
        async with stage.officer("registrar") as client, stage.officer("coordinator") as lead:
            status = f"/desk/{stage.scene.exam_session_id}/status"
            band = (await client.get(status)).text
            assert 'data-registration="open" data-left="300000"' in band
            stage.clock.advance(301)
            stage.scene.tick()
            assert 'data-registration="closed"' in (await client.get(status)).text
            page = (await client.get(person)).text
            assert "Hanya koordinator" in page
            assert late not in page
            assert late in (await lead.get(person)).text
            assert (await client.post(late, data={**SHOWN, "reason": "macet"})).status_code == 403
            assert (await lead.post(late, data={**SHOWN, "reason": " "})).status_code == 409
            slip = await lead.post(late, data={**SHOWN, "reason": "macet"})
            assert re.search(r"\d{4} \d{4}", slip.text)
        assert rows(stage, "SELECT count(*) FROM attempt WHERE state = 'ABSENT'") == [(5,)]

    asyncio.run(check())


def test_the_slip_comes_as_a_file_too_and_only_for_who_has_a_seat(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        async with stage.officer("registrar") as client:
            page = await client.post(f"{person_of(stage, 0)}/check-in", data=SHOWN)
            pin = re.search(r'name="pin" value="(\d{8})"', page.text)
            assert pin is not None
            sent = await client.post(f"{person_of(stage, 0)}/slip", data={"pin": pin[1]})
            assert (sent.status_code, sent.headers["content-type"]) == (200, "application/pdf")
            assert sent.headers["cache-control"] == "no-store"
            [words] = pdf_pages(sent.content)
            assert f"{pin[1][:4]} {pin[1][4:]}" in words
            assert "Andi Pratama" in words
            other = f"{(int(pin[1]) + 1) % 10**8:08d}"  # reversed, one in ten thousand would be the same
            for index, wrong, status in ((0, "1234", 409), (0, other, 409), (1, pin[1], 404)):
                refused = await client.post(f"{person_of(stage, index)}/slip", data={"pin": wrong})
                assert refused.status_code == status
        async with stage.officer("witness") as client:
            refused = await client.post(f"{person_of(stage, 0)}/slip", data={"pin": pin[1]})
            assert refused.status_code == 403

    asyncio.run(check())


def test_a_lost_pin_is_issued_anew_and_no_longer_once_the_attempt_has_ended(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        who = await stage.scene.seat(0)
        address = f"{person_of(stage, 0)}/reissue-pin"
        async with stage.officer("registrar") as client:
            new = await client.post(address)
            found = re.search(r"(\d{4}) (\d{4})", new.text)
            assert found is not None
            assert found[1] + found[2] != who.slip.pin
            await start_sitting(stage.scene.lane, stage.scene.exam_session_id, "", OPERATOR)
            await stage.scene.finish(who)
            assert (await client.post(address)).status_code == 409

    asyncio.run(check())


def test_a_picture_is_cleaned_kept_recorded_and_shown_to_desk_and_room_only(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        attempt_id = stage.scene.attempt_ids[0]
        address, shown = f"{person_of(stage, 0)}/picture", f"/photos/{attempt_id}/desk"
        jpeg = {"content-type": "image/jpeg"}
        async with stage.officer("registrar") as client, stage.officer("technician") as technician:
            assert (await client.get(shown)).status_code == 404
            for wrong in (b"", b"no picture", picture(kind="GIF"), picture()[:200]):
                assert (await client.post(address, content=wrong, headers=jpeg)).status_code == 409
            large = await client.post(address, content=b"\xff\xd8" + bytes(300 * 1024), headers=jpeg)
            assert large.status_code == 413
            assert (await client.post(address, content=picture(1200, 1600), headers=jpeg)).status_code == 204
            kept = await client.get(shown)
            assert (kept.headers["content-type"], kept.headers["cache-control"]) == ("image/jpeg", "no-store")
            with Image.open(io.BytesIO(kept.content)) as opened:
                assert (opened.format, opened.size) == ("JPEG", (600, 800))
            assert (await technician.get(shown)).status_code == 403
            assert shown in (await client.get(person_of(stage, 0))).text
        [(photo_hash,)] = rows(stage, "SELECT photo_hash FROM attempt WHERE photo_hash <> ''")
        [(private,)] = rows(stage, "SELECT private FROM ledger WHERE kind = 'PHOTO_TAKEN'")
        assert photo_hash.encode() in bytes(private)

    asyncio.run(check())


def test_the_rosters_photo_and_extra_time_stand_on_the_page(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        photos = PhotoFiles(stage.scene.settings.photos_folder)
        photo_hash = photos.keep(picture())
        change(stage, f"UPDATE participant SET photo_hash = '{photo_hash}', accommodation = 'netra'")
        async with stage.officer("registrar") as client:
            page = (await client.get(person_of(stage, 0))).text
            assert f"/photos/{stage.scene.attempt_ids[0]}/roster" in page
            assert "(+3 menit)" in page
            assert "21 April 1999" in page
            kept = await client.get(f"/photos/{stage.scene.attempt_ids[0]}/roster")
            assert kept.content == photos.read(photo_hash)
            allowed = kept.headers["permissions-policy"]
            assert "camera=(self)" in allowed
            assert "microphone=()" in allowed

    asyncio.run(check())


@pytest.mark.parametrize(
    ("group", "expected"),
    [("", 6), ("awaited", 0), ("registered", 1), ("present", 1), ("absent", 3), ("forfeited", 1)],
)
def test_the_attendance_list_tells_the_groups_apart(stage_of: Any, group: str, expected: int) -> None:
    async def check() -> None:
        stage = await stage_of(planned_start_at_ms=START + 10 * 60_000)
        await stage.scene.seat(0)
        await stage.scene.check_in(1)
        async with stage.officer("registrar") as client:
            await client.post(f"{person_of(stage, 2)}/refuse", data={"reason": "tanpa kartu"})
            stage.clock.advance(400)
            stage.scene.tick()
            address = f"/attendance/{stage.scene.exam_session_id}"
            for page in (address, f"{address}/status"):
                text = (await client.get(page, params={"group": group})).text
                assert len(re.findall(r'<th scope="row">', text)) == expected
                assert 'Tidak hadir: <strong class="number">3</strong>' in text
            official = re.search(r'href="(/papers/[^"]+)"', (await client.get(address)).text)
            assert official is not None
            paper = await client.get(official[1])
            assert (paper.status_code, official[1].rsplit("/", 1)[1]) == (200, "attendance")

    asyncio.run(check())


def test_the_list_of_desks_shows_registration_and_moves_the_start(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(planned_start_at_ms=START + 60_000)
        session = stage.scene.exam_session_id
        stage.scene.tick()
        address, zone = f"/desk/{session}/postpone", stage.scene.settings.zone
        async with stage.officer("registrar") as client, stage.officer("coordinator") as lead:
            page = (await client.get("/desk")).text
            assert "Ditutup" in page
            assert address not in page
            assert "Ubah waktu mulai" in (await lead.get("/desk")).text
            assert (await client.post(address, data={})).status_code == 403
            assert (await lead.post(address, data={"start": "besok", "reason": "x"})).status_code == 409
            later = datetime.fromtimestamp(START / 1000 + 3_600, zone).strftime("%Y-%m-%dT%H:%M")
            moved = await lead.post(address, data={"start": later, "reason": "listrik padam"})
            assert moved.status_code == 303, moved.text
            assert "Dibuka" in (await client.get("/desk")).text
        assert rows(stage, "SELECT DISTINCT state FROM attempt") == [("SCHEDULED",)]

    asyncio.run(check())


def test_a_nik_opens_its_owner_and_a_name_matches_without_accents(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        change(
            stage, "UPDATE participant SET name = 'José Ñandú Élise' WHERE participant_number LIKE '%0002'"
        )
        desk = f"/desk/{stage.scene.exam_session_id}"
        async with stage.officer("registrar") as client:
            for wanted in ("3201000000000001", "elise jose", "NANDU", "26-0012-0002", " 2600120002 "):
                found = await client.get(desk, params={"wanted": wanted})
                assert found.headers.get("location") == person_of(stage, 1), wanted
            assert "Tidak ada peserta" in (await client.get(desk, params={"wanted": "999"})).text

    asyncio.run(check())
