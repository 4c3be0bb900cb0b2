"""The score comes by itself: the event stream tells of it, and nothing is asked for that is not needed."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Pc, Served

pytestmark = pytest.mark.browser

PUT_BACK = """
([attempt, seq]) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("cat-kiosk");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const tx = opening.result.transaction("outbox", "readwrite");
    tx.objectStore("outbox").put({
      attempt, epoch: 1, seq, kind: "answer", position: 3, response: ["o1"], is_flagged: false, claimed_clock_ms: 1,
      control_no: 1, is_sent: true,
    });
    tx.oncomplete = () => { opening.result.close(); resolve(); };
  };
})
"""
COUNT = """
() => new Promise((resolve) => {
  indexedDB.open("cat-kiosk").onsuccess = (opened) => {
    const database = opened.target.result;
    database.transaction("outbox").objectStore("outbox").count().onsuccess = (counted) => {
      database.close();
      resolve(counted.target.result);
    };
  };
})
"""


@pytest.fixture
def pc(browser: Browser, running: Served, leave: Any) -> Pc:
    """A PC with somebody's paper open, one item answered."""
    made = leave(Pc(browser, running))
    made.take_seat(running.next_person())
    made.choose(1, 2)
    return made


def listed(pc: Pc) -> list[str]:
    """Return the list to which the paths of all requests are added from now on."""
    asked: list[str] = []
    pc.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    return asked


def test_a_page_with_nothing_left_to_deliver_asks_for_its_score_alone(pc: Pc) -> None:
    asked = listed(pc)
    began = time.monotonic()
    pc.finish()
    expect(pc.page.locator("#score table")).to_be_visible()
    took_s = time.monotonic() - began
    own = asked[asked.index("/result") :]
    assert "/state" not in own
    assert own.count("/score") <= 2 + took_s / 2, "one that was told of, few more on a slow machine"


def test_the_score_comes_without_an_event_stream_too(pc: Pc) -> None:
    pc.context.route("**/events", lambda route: route.abort())
    pc.finish()
    expect(pc.page.locator("#score table")).to_be_visible()


def test_what_a_pc_still_holds_is_delivered_before_the_score(pc: Pc) -> None:
    pc.finish()
    expect(pc.page.locator("#score table")).to_be_visible()
    attempt = pc.page.locator("#main").get_attribute("data-attempt")
    pc.page.evaluate(PUT_BACK, [attempt, 3])
    asked = listed(pc)
    pc.page.reload()
    expect(pc.page.locator("#score table")).to_be_visible()
    assert pc.page.evaluate(COUNT) == 0
    assert asked.index("/state") < asked.index("/answers") < asked.index("/score")
