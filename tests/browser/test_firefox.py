"""Firefox ESR, from the number pad to the result: the other browser that old PCs have."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.browser.bidi import Firefox
from tests.browser.conftest import Served
from tests.browser.hand_calculation import calculated
from tests.http_clients import HttpOfficer

pytestmark = pytest.mark.browser

SAVED = "document.querySelector('[data-part=saved]')?.dataset.kind === 'saved'"


def test_the_whole_exam_in_firefox(served: Served, tmp_path: Path) -> None:
    asyncio.run(_sit(served, tmp_path / "profile"))


async def _sit(served: Served, profile: Path) -> None:
    person = served.people[0]
    async with Firefox(profile) as firefox:
        await firefox.open(served.kiosk_url())
        await firefox.until("!!document.querySelector('#pad')")
        await firefox.click("#number")
        for digit in person["participant_number"]:
            await firefox.click(f'#pad [data-key="{digit}"]')
        await firefox.click("[data-next-field]")
        for digit in person["pin"]:
            await firefox.click(f'#pad [data-key="{digit}"]')
        await firefox.click("#sign-in-button")
        await firefox.click("form[action='/confirm'] button[value=yes]")
        await firefox.click("label[for=agree]")
        await firefox.click("form[action='/pledge'] button")
        await firefox.click("[data-to=practice-panel]")
        await firefox.click("#practice .option", 0)
        await firefox.click("#practice .option", 2)
        await firefox.click("#practice-flag")
        await firefox.click("#practice-clear")
        await firefox.click("#ready")
        await firefox.until("!!document.querySelector('.waiting')")
        officer = HttpOfficer(served)
        await asyncio.to_thread(officer.command, "start")
        officer.close()

        chosen = {}
        for position in range(1, 21):
            await firefox.click(f'#palette [data-go="{position}"]')
            row = f'.item[data-position="{position}"] .option'
            await firefox.click(row, position % 5)
            await firefox.until(SAVED)
            chosen[position] = [await firefox.run(f"document.querySelector('{row} input:checked').value")]
        assert served.responses(person) == chosen
        await firefox.open(served.kiosk_url())  # a reload: everything is as it was
        await firefox.until("document.querySelector('[data-part=counts]')?.textContent.startsWith('20 ')")
        await firefox.click("[data-do=finish]")
        await firefox.click("#overview-on")
        await firefox.click("#confirm-yes")
        total = await firefox.until("document.querySelector('#score tfoot strong')?.textContent")
        assert int(total) == calculated(served, person)[""]
        await firefox.click("#done")
        await firefox.until("document.querySelector('h1')?.textContent === 'Terima kasih'")
