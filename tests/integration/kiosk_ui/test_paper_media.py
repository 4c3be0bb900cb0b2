"""Pictures of a paper: under tokens of the attempt's own, for its own sign-in, while its paper is open."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cat_server.domain.paper_limit import MOST_FETCHES
from kiosk_ui.app import create_app
from tests.integration.kiosk_ui.conftest import Browser, Room
from tests.picture_bank import COLOURS, png, with_pictures


@pytest.fixture
def pictured(room: Room) -> Room:
    deps = replace(room.deps, banks=lambda bank_id: with_pictures(room.deps.banks(bank_id)))
    return Room(room.centre, deps, create_app(deps))


def sit_down(room: Room, number: int) -> Browser:
    slip = room.centre.check_in(number)
    pc = room.browser()
    pc.get_ready(slip.participant_number, slip.pin)
    return pc


def tokens(paper: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'data-media="([^"]*)"', paper)))


def refusals(room: Room) -> int:
    found = room.centre.rows("SELECT count(*) FROM ledger WHERE envelope LIKE '%PAPER_REFUSED%'")
    return int(found[0][0])


def test_a_paper_brings_its_drawings_and_fetches_its_files(pictured: Room) -> None:
    pc = sit_down(pictured, 0)
    pictured.centre.start()
    paper = pc.open("/paper").text
    assert (
        paper.count('<svg aria-label="segitiga"') == 20
    )  # beside the figures the demo items have of their own
    assert "sha256:" not in paper
    ids = re.findall(r'<pattern[^>]* id="([^"]*)"', paper)
    assert len(set(ids)) == 20
    assert {f"url(#{each})" for each in ids} == set(re.findall(r'fill="(url\([^"]*\))"', paper))
    own = tokens(paper)
    assert own
    contents = {png(each) for each in COLOURS}
    for token in own:
        reply = pc.open(f"/media/{token}")
        assert reply.status_code == 200
        assert reply.content in contents
        assert reply.headers["content-type"] == "image/png"
        assert reply.headers["cache-control"] == "no-store"
    assert tokens(pc.open("/paper").text) == own


def test_tokens_of_another_are_refused_and_told(pictured: Room) -> None:
    one, other = sit_down(pictured, 0), sit_down(pictured, 1)
    pictured.centre.start()
    own, foreign = (tokens(pc.open("/paper").text) for pc in (one, other))
    assert not set(own) & set(foreign)
    assert refusals(pictured) == 0
    assert one.open(f"/media/{foreign[0]}").status_code == 404
    assert refusals(pictured) == 1
    assert pictured.browser().open(f"/media/{own[0]}").status_code == 401


def test_no_picture_before_the_start(pictured: Room) -> None:
    early, late = sit_down(pictured, 0), sit_down(pictured, 1)
    assert early.open("/media/apa-saja").status_code == 401
    pictured.centre.start()
    assert late.open(f"/media/{tokens(late.open('/paper').text)[0]}").status_code == 200


def test_copying_without_end_is_refused(pictured: Room) -> None:
    pc = sit_down(pictured, 0)
    pictured.centre.start()
    token, *_ = tokens(pc.open("/paper").text)
    statuses = [pc.open(f"/media/{token}").status_code for _ in range(MOST_FETCHES + 1)]
    assert statuses[:-1] == [200] * MOST_FETCHES
    assert statuses[-1] >= 400
    assert refusals(pictured) == 1
