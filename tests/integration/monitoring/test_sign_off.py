"""From the close to official results, by the pages alone."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx

from monitoring.scoreboard_app import create_app


def test_two_committees_make_results_official(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        seated = [await stage.scene.seat(index) for index in range(3)]
        await stage.scene.start()
        for index, who in enumerate(seated):
            await stage.scene.answer(who, 14 + index, "o1")
        await stage.scene.finish(seated[0])
        await stage.settle()
        room = f"/rooms/{stage.scene.exam_session_id}/{stage.scene.room_id}"
        results = f"/results/{stage.scene.exam_session_id}"
        async with stage.officer("coordinator") as client, stage.officer("chair") as chair:
            early = await client.get(results)
            assert "belum ditutup" in early.text
            assert (await client.post(f"{room}/close", data={"reason": ""})).status_code == 409
            assert (await client.post(f"{room}/close", data={"reason": "selesai"})).status_code == 303
            await stage.settle()
            page = await client.get(results)
            assert page.status_code == 200, page.text
            assert "SEMENTARA" in page.text
            prepared = await client.post(f"{results}/statement", data={"notes": "Tanpa kejadian."})
            assert prepared.status_code == 303, prepared.text
            statement = await client.get(f"{results}/statement")
            assert "Tanpa kejadian." in statement.text
            found = re.search(r'name="statement_hash" value="([0-9a-f]{64})"', statement.text)
            assert found is not None
            form = {"statement_hash": found[1], "decision": "signed", "reason": ""}
            wrong = await client.post(f"{results}/sign", data=form | {"passphrase": "salah sekali ini"})
            assert wrong.status_code == 409
            own = {"passphrase": stage.scene.officers["coordinator"].passphrase}
            assert (await client.post(f"{results}/sign", data=form | own)).status_code == 303
            assert "Resmi" not in (await client.get(results)).text
            objected = {
                **form,
                "decision": "signed_with_objection",
                "reason": "AC mati",
                "passphrase": stage.scene.officers["chair"].passphrase,
            }
            assert (await chair.post(f"{results}/sign", data=objected)).status_code == 303
            await stage.settle()
            official = (await client.get(results)).text
            assert "Resmi dan terkunci" in official
            assert "AC mati" in official
            assert "results export S1" in official
            assert stage.session.history.is_official

    asyncio.run(check())


def test_a_signed_exam_session_is_read_again_only_when_somebody_looks_at_it(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        who = await stage.scene.seat(0)
        await stage.scene.start()
        await stage.scene.answer(who, 14, "o1")
        await stage.scene.finish(who)
        await stage.settle()
        room = f"/rooms/{stage.scene.exam_session_id}/{stage.scene.room_id}"
        results = f"/results/{stage.scene.exam_session_id}"
        async with stage.officer("coordinator") as client, stage.officer("chair") as chair:
            await client.post(f"{room}/close", data={"reason": "selesai"})
            await client.post(f"{results}/statement", data={"notes": ""})
            statement = await client.get(f"{results}/statement")
            found = re.search(r'name="statement_hash" value="([0-9a-f]{64})"', statement.text)
            assert found is not None
            form = {"statement_hash": found[1], "decision": "signed", "reason": ""}
            for role, officer in (("coordinator", client), ("chair", chair)):
                own = {"passphrase": stage.scene.officers[role].passphrase}
                assert (await officer.post(f"{results}/sign", data=form | own)).status_code == 303
        await stage.settle()
        for address in (room, f"/attempts/{who.slip.attempt_id}"):
            again = stage.restarted()
            await again.settle()
            assert again.live.sessions == {}
            async with again.officer("coordinator") as client:
                pages = await asyncio.gather(client.get(address), client.get(address))
            assert [each.status_code for each in pages] == [200, 200]
            assert again.session.scores == stage.session.scores
            assert again.session.event_numbers(who.slip.attempt_id) == stage.session.event_numbers(
                who.slip.attempt_id
            )
        for address, code in (("/", "S1"), ("/?session=S1", "S1"), ("/?session=NIX", None)):
            again = stage.restarted()
            public = create_app(again.scene.deps(again.follower), again.live)
            transport = httpx.ASGITransport(public)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8082") as client:
                page = await client.get(address)
            shown = [each.roster.exam_session.code for each in again.live.sessions.values()]
            assert shown == ([code] if code else [])
            assert ("26-0012-0001" in page.text) is bool(code)

    asyncio.run(check())


def test_the_sites_own_chain_is_no_exam_session(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        async with stage.officer("coordinator") as client:
            await stage.settle()
            assert (await client.get(f"/rooms/site/{stage.scene.room_id}")).status_code == 404
        assert set(stage.live.sessions) == {stage.scene.exam_session_id}

    asyncio.run(check())
