"""The demo's second exam session: a full SKD of 110 items, figures among them."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Officer, Pc, Served


def test_a_full_skd_beside_the_short_simulation(browser: Browser, served: Served) -> None:
    person = served.secrets["long_participants"][0]
    pc = Pc(browser, served)
    pc.get_ready(person)
    officer = Officer(browser, served, "koordinator")
    officer.page.goto(served.board_url)
    links = officer.page.locator("a[href^='/rooms/']")
    expect(links.first).to_be_visible()
    officer.page.goto(served.board_url + str(links.last.get_attribute("href")))
    officer.command("start")
    expect(pc.page.locator("#items")).to_be_visible()

    assert pc.page.locator(".item").count() == 110
    hours, minutes = pc.page.locator("[data-part=clock]").inner_text().split(":")[:2]
    assert int(hours) * 60 + int(minutes) in {99, 100}
    attempt = served.attempt_id(person)
    figures = [
        position
        for position, item in enumerate(served.form_items(attempt), 1)
        if item["item_id"].startswith("demo-fig-")
    ]
    assert len(figures) == 9
    for position in figures:
        pc.click(f'#palette [data-go="{position}"]')
        drawn = pc.page.locator(f'.item[data-position="{position}"] .option svg')
        assert drawn.count() == 5
        boxes = [drawn.nth(place).bounding_box() for place in range(5)]
        assert all(box and min(box["width"], box["height"]) >= 40 for box in boxes)
        assert len({round(box["y"]) for box in boxes if box}) == 2, "five options in two rows"
    chosen = pc.choose(figures[-1], 2)
    assert served.responses(person) == {figures[-1]: [chosen]}
    assert re.fullmatch(r"o\d", chosen)

    pc.click('#palette [data-go="110"]')
    pc.page.locator('#palette [data-go="1"]').click()
    assert pc.page.evaluate("() => palette.scrollTop") < 8, "the first row brings its section's name along"
    pc.page.set_viewport_size({"width": 1920, "height": 1080})
    assert pc.page.evaluate("() => palette.scrollHeight <= palette.clientHeight"), "all numbers at once"
    officer.close()
    pc.close()
