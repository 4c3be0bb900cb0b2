"""The PostgreSQL server goes away under a room's pages: they say so, and go on when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cat_server.queries.health import health
from cat_server.records.copying import copy_database, fill_database
from tests.integration.conftest import Centre, opened_centre
from tests.integration.kiosk_ui.conftest import Room
from tests.postgresql_cluster import Cluster, make_cluster, remove
from tests.site_databases import copied, move_to, postgresql_only, rows, url_of

pytestmark = postgresql_only


@pytest.fixture
def own() -> Iterator[Cluster]:
    cluster = make_cluster()
    yield cluster
    remove(cluster)


@pytest.fixture
def centre(own: Cluster, prepared: Path, tmp_path: Path) -> Iterator[Centre]:
    """The prepared site on a cluster that this test may stop."""
    site = copied(prepared, tmp_path / "site")
    copy_database(url_of(site), tmp_path / "copy.db", lambda *_: None)
    url = own.url(own.new_database())
    fill_database(tmp_path / "copy.db", url, lambda *_: None)
    move_to(site, url)
    with opened_centre(site) as opened:
        yield opened


def test_pages_and_saves_wait_for_the_server_and_go_on(room: Room, centre: Centre, own: Cluster) -> None:
    slip = centre.check_in(0)
    browser = room.browser()
    assert browser.get_ready(slip.participant_number, slip.pin).url.path == "/waiting"
    centre.start()
    state = browser.ask("GET", "/state").json()
    own.stop("immediate")
    body = {
        "v": 1,
        "epoch": state["epoch"],
        "control_no": state["control_no"],
        "commands": [{"seq": 1, "kind": "answer", "position": 1, "response": ["o1"]}],
    }
    for _ in range(2):
        assert browser.post_json("/answers", body).status_code == 503
        page = browser.ask("GET", "/state", headers={"accept": "application/json"})
        assert (page.status_code, page.json()["code"]) == (503, "NOT_DURABLE")
    ill = health(room.deps.settings, room.deps.lane, room.deps.reader, room.deps.clock)
    assert (ill.can_save, ill.database) == (False, "")
    assert ill.trouble
    own.start()
    saved = browser.post_json("/answers", body)
    assert (saved.status_code, saved.json()["receipts"][0]["outcome"]) == (200, "saved")
    assert browser.ask("GET", "/state").status_code == 200
    well = health(room.deps.settings, room.deps.lane, room.deps.reader, room.deps.clock)
    assert well.can_save
    assert well.database.startswith("PostgreSQL ")
    assert len(rows(room.deps.settings.folder, "select * from receipt")) == 1
