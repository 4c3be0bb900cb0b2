"""What a kiosk's PC gets to see of the bank during a whole exam: the items, and nothing that helps to answer them."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Officer, Pc, Served
from tests.served_site import wait_until

pytestmark = pytest.mark.browser

QUOTED_TELLTALES = re.compile(
    r"""["'](?:easy|medium|hard|mudah|sedang|sulit|difficulty|tingkat|correct|key|keys|kunci|weight|weights|bobot|points
    |topic|subtopic|topik|subtopik|item_id|tags|p_micro)["']""",
    re.VERBOSE,
)
TELLTALE_ATTRIBUTE = re.compile(
    r"\bdata-(?:key|keys|correct|points|weight|topic|subtopic|difficulty|level|item|item-id|tag)\b"
)


@dataclass
class Wire:
    """Everything a PC got: bodies by address, headers, frames of the event stream."""

    bodies: list[tuple[str, str]] = field(default_factory=list)
    headers: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    is_over: bool = False

    def pass_on(self, route: Route) -> None:
        """Fetch what the browser asks for, note it, hand it over."""
        path = urlsplit(route.request.url).path
        if path == "/events":
            route.continue_()
            return
        response = route.fetch(max_redirects=0)
        self.headers.append((path, response.headers))
        if not self.is_over:
            self.bodies.append((path, response.body().decode(errors="replace")))
        route.fulfill(response=response)

    def listen(self, url: str, cookies: dict[str, str]) -> None:
        """Read the event stream beside the browser, as its script does."""
        with httpx.stream("GET", f"{url}/events", cookies=cookies, timeout=60) as stream:
            self.headers.append(("/events", dict(stream.headers)))
            for line in stream.iter_lines():
                self.frames.append(line)
                if line.startswith("event: score"):
                    return


@pytest.fixture(scope="module")
def wire(browser: Browser, running: Served) -> tuple[Wire, Served]:
    """Sit one exam from sign-in to the result, with a pause, and note everything that comes."""
    noted = Wire()
    pc = Pc(browser, running)
    pc.page.route("**/*", noted.pass_on)
    pc.sign_in(running.next_person())
    for reached, onwards in (
        ("form[action='/confirm']", ["form[action='/confirm'] button[value=yes]"]),
        ("form[action='/pledge']", ["label[for=agree]", "form[action='/pledge'] button"]),
        ("#pictures", []),
    ):
        expect(pc.page.locator(reached)).to_be_visible()
        pc.page.reload()  # a page that a redirect led to passes by unseen
        for each in onwards:
            pc.click(each)
    pc.practise()
    expect(pc.page.locator("#items")).to_be_visible()
    pc.page.reload()
    expect(pc.page.locator("#items")).to_be_visible()
    cookies = {each["name"]: each["value"] for each in pc.context.cookies()}
    stream = threading.Thread(target=noted.listen, args=(running.kiosk_url(), cookies), daemon=True)
    stream.start()
    wait_until(lambda: noted.frames, "the stream beside the browser is open")
    for position in (1, 8, 15):
        pc.choose(position, 1)
    officer = Officer(browser, running, "koordinator")
    officer.open_room()
    officer.command("pause", "Uji")
    expect(pc.page.locator("#pause")).to_be_visible()
    wait_until(lambda: any("PAUSED" in each for each in noted.frames), "the stream tells of the pause")
    officer.command("resume")
    expect(pc.page.locator("#items")).to_be_visible()
    officer.close()
    noted.is_over = True  # from here on the participant's own score may be told
    pc.finish()
    expect(pc.page.locator("#score table")).to_be_visible()
    stream.join(15)
    pc.click("#done")
    expect(pc.page.locator("h1")).to_have_text("Terima kasih")
    pc.page.unroute_all(behavior="wait")
    pc.close()
    return noted, running


def seen_text(html: str) -> str:
    """Return text without markup, spaces made one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def test_no_id_topic_or_difficulty_of_the_bank_comes_over_the_wire(wire: tuple[Wire, Served]) -> None:
    noted, served = wire
    bank, keys, _ = served.bank()
    assert {"/confirm", "/pledge", "/tutorial", "/paper", "/state", "/answers"} <= {
        path for path, _ in noted.bodies
    }
    content = "\n".join([*(body for _, body in noted.bodies), *noted.frames, json.dumps(noted.headers)])
    ids = [each.item_id for each in bank.items]
    assert len(ids) > 300
    assert [each for each in ids if each in content] == []
    assert keys.salt not in content
    assert not re.search(rf"[\"'=/]{re.escape(bank.bank_id)}[\"'./]", content), (
        "a plain word in a text is no leak"
    )
    paper = next(body for path, body in noted.bodies if path == "/paper")
    around = seen_text(paper)
    texts = {seen_text(each) for item in bank.items for each in (item.stem, *(o.html for o in item.options))}
    # What everybody may read is taken away, long texts before what they contain; the rest must not name a topic.
    for text in sorted(texts - {""}, key=len, reverse=True):  # a drawing has no text
        around = around.replace(text, " ")
    topics = {each.topic for each in bank.items} | {each.subtopic for each in bank.items} - {""}
    assert topics
    assert [each for each in topics if re.search(rf"\b{re.escape(each)}\b", around, re.IGNORECASE)] == []


def test_no_name_or_value_tells_of_keys_or_weights(wire: tuple[Wire, Served]) -> None:
    noted, _ = wire
    for path, body in noted.bodies:
        if not path.startswith("/static/"):
            found = QUOTED_TELLTALES.search(body)
            assert found is None, (path, found)
        if path == "/paper":
            assert TELLTALE_ATTRIBUTE.search(body) is None
    for line in noted.frames:
        assert QUOTED_TELLTALES.search(line) is None, line
    assert any(line.startswith("data:") and "PAUSED" in line for line in noted.frames), "the stream was read"


class _Paper(HTMLParser):
    """Collects the items of a paper with their option values, and what a content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and re.fullmatch(r"p\d+", given.get("name") or ""):
            self.values.setdefault(str(given["name"]), []).append(str(given.get("value")))
        is_code = tag == "script" and "src" not in given and given.get("type") != "application/json"
        handlers = [name for name in given if name.startswith("on")]
        if is_code or tag == "style" or "style" in given or handlers:
            self.inline.append(self.get_starttag_text() or tag)


def test_option_values_are_numbered_and_no_page_has_inline_code(wire: tuple[Wire, Served]) -> None:
    noted, _ = wire
    for path, body in noted.bodies:
        if path.startswith("/static/") or not body.lstrip().startswith("<"):
            continue
        page = _Paper()
        page.feed(body)
        assert page.inline == [], path
        if path == "/paper":
            assert len(page.values) == 20
            orders = set()
            for values in page.values.values():
                assert sorted(values) == [f"o{number}" for number in range(1, len(values) + 1)]
                orders.add(tuple(values))
            assert len(orders) > 5, "options are shuffled, item by item"


def test_answers_and_state_hold_only_what_the_protocol_names(wire: tuple[Wire, Served]) -> None:
    noted, _ = wire
    live = {"state", "remaining_ms", "clock_ms", "control_no", "epoch", "block"}
    for path, body in noted.bodies:
        if path == "/answers":
            reply = json.loads(body)
            assert set(reply) == {"v", "receipts", "saved_at_ms"} | live
            for receipt in reply["receipts"]:
                assert set(receipt) == {"seq", "outcome", "code", "number", "hash"}
        elif path == "/state":
            state: dict[str, Any] = json.loads(body)
            for answer in state["answers"]:
                assert set(answer) == {"position", "response", "is_flagged", "saved_at_ms"}


def test_no_page_may_be_kept_and_every_response_has_its_policy(wire: tuple[Wire, Served]) -> None:
    noted, _ = wire
    assert len(noted.headers) > 20
    for path, headers in noted.headers:
        if path == "/":  # the page that waits for the server, nobody's
            assert headers["cache-control"] == "private, max-age=86400"
        elif not path.startswith("/static/"):
            assert headers["cache-control"] == "no-store", path
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["x-content-type-options"] == "nosniff", path


def test_the_pcs_disk_holds_no_text_of_an_item(browser: Browser, running: Served, leave: Any) -> None:
    pc = leave(Pc(browser, running))
    pc.take_seat(running.next_person())
    pc.choose(1, 0)
    pc.context.set_offline(True)
    for position in (2, 3):
        pc.click(f'#palette [data-go="{position}"]')
        pc.click(f'.item[data-position="{position}"] .option')
    expect(pc.page.locator("[data-part=band]")).to_contain_text("2 jawaban tersimpan")
    kept = pc.page.evaluate(
        """async () => {
          const all = { local: {...localStorage}, tab: {...sessionStorage}, caches: await caches.keys() };
          for (const { name } of await indexedDB.databases()) {
            const database = await new Promise((done) => {
              indexedDB.open(name).onsuccess = (event) => done(event.target.result);
            });
            for (const store of database.objectStoreNames) {
              all[store] = await new Promise((done) => {
                database.transaction(store).objectStore(store).getAll().onsuccess = (event) => done(event.target.result);
              });
            }
          }
          return all;
        }"""
    )
    assert len(kept["outbox"]) == 2, "the answers that wait are there"
    assert kept["caches"] == []
    bank, keys, _ = running.bank()
    text = seen_text(json.dumps(kept, ensure_ascii=False))
    words = [
        seen_text(html) for item in bank.items for html in (item.stem, *(each.html for each in item.options))
    ]
    assert [each for each in words if len(each) > 4 and each in text] == []
    assert [each for each in keys.keys if each in text] == []
    pc.context.set_offline(False)
    expect(pc.page.locator("[data-part=saved]")).to_have_attribute("data-kind", "saved", timeout=30_000)
