"""A room's PCs reach the server by a name or a LAN address without TLS: no secure context, and nothing may need one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Pc, Served
from tests.http_clients import HttpParticipant

pytestmark = pytest.mark.browser


def test_the_whole_way_on_a_host_name(browser: Browser, running: Served, leave: Any) -> None:
    person = running.next_person()
    pc = leave(Pc(browser, running, "kiosk.cat.test"))
    pc.sign_in(person)
    pc.click("form[action='/confirm'] button[value=yes]")
    pc.click("label[for=agree]")
    assert pc.page.evaluate("[location.hostname, isSecureContext]") == ["kiosk.cat.test", False]
    pc.click("form[action='/pledge'] button")
    pc.practise()
    expect(pc.page.locator("#items")).to_be_visible()
    expect(pc.page.locator("[data-part=band]")).to_be_hidden()  # answers wait in IndexedDB here as well
    chosen = {position: [pc.choose(position, 4)] for position in (1, 2, 3)}
    pc.page.reload()
    expect(pc.page.locator("[data-part=counts]")).to_contain_text("3 dijawab")
    tab = pc.context.new_page()
    tab.goto(pc.url)
    expect(tab.locator("[data-part=counts]")).to_contain_text("3 dijawab")
    pc.click("[data-do=clear]")
    expect(tab.locator("[data-part=counts]")).to_contain_text("2 dijawab")
    tab.close()
    del chosen[3]
    pc.expect_saved()
    assert running.responses(person) == chosen
    pc.finish()
    expect(pc.page.locator("#score table")).to_be_visible()
    pc.click("#done")
    expect(pc.page.locator("h1")).to_have_text("Terima kasih")


def test_a_foreign_origin_changes_nothing(running: Served) -> None:
    there = HttpParticipant(running, running.next_person())
    there.get_ready()
    there.learn()
    own = running.kiosk_url()
    body = {
        "v": 1,
        "epoch": there.state["epoch"],
        "control_no": there.state["control_no"],
        "commands": [there.command("answer", 1, "o1")],
    }
    others = (
        running.board_url,
        running.kiosk_url("127.0.0.2"),
        "http://127.0.0.1",
        own.replace("http:", "https:"),
        "null",
    )
    for origin in others:
        refused = there.browser.post("/answers", json=body, headers={"Origin": origin})
        assert refused.status_code == 403, origin
        signed_out = there.browser.post("/end", headers={"Origin": origin})
        assert signed_out.status_code == 403, origin
    without = httpx.post(f"{own}/answers", json=body, cookies=dict(there.browser.cookies))
    assert without.status_code == 403
    assert running.responses(there.person) == {}
    assert there.browser.post("/answers", json=body).status_code == 200
    assert running.responses(there.person) == {1: ["o1"]}
    there.close()
