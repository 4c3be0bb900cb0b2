"""The connection is lost while PostgreSQL commits: nobody is told "saved", and asking again finds out how it ended."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.events import EventKind
from cat_server.records.engine import open_engine
from cat_server.records.ledger import events_since
from cat_server.records.write_lane import NotDurableError, WriteLane
from tests.integration.conftest import Centre
from tests.site_databases import postgresql_only, the_cluster

pytestmark = postgresql_only


class CuttingLine:
    """A TCP line to the server that is cut at the next commit, before or after the server has heard of it."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.cut = ""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server, contextlib.suppress(OSError):
            while True:
                for each in select.select([client, server], [], [])[0]:
                    content = each.recv(65536)
                    if not content:
                        return
                    is_commit = each is client and b"COMMIT\x00" in content
                    if is_commit and self.cut == "before":
                        return
                    (server if each is client else client).sendall(content)
                    if is_commit and self.cut == "after":
                        assert b"COMMIT\x00" in server.recv(65536)
                        return  # the server has committed, and says so to nobody


@pytest.fixture
def line() -> Iterator[CuttingLine]:
    made = CuttingLine(the_cluster().port)
    yield made
    made.close()


@pytest.mark.parametrize("cut", ["before", "after"])
def test_an_unknown_commit_is_found_out_by_asking_again(centre: Centre, line: CuttingLine, cut: str) -> None:
    who = centre.seat(0)
    centre.start()
    url = make_url(str(centre.reader._engine.url)).set(query={}, host="127.0.0.1", port=line.port)
    lane = WriteLane(open_engine(url.render_as_string(hide_password=False)), centre.clock).start()
    over_line = replace(centre, lane=lane)
    assert over_line.answer(who, 1, "o1").receipts[0].outcome == "saved"
    for seq, position in ((2, 2), (3, 1)):
        command = Submitted(seq, CommandKind.ANSWER, position, ("o2",), False, 0)
        line.cut = cut
        with pytest.raises(NotDurableError):
            over_line.send(who, command)
        line.cut = ""
        is_there = bool(centre.rows(f"select 1 from receipt where seq = {seq}"))
        assert is_there == (cut == "after")
        (receipt,) = over_line.send(who, command).receipts
        (again,) = over_line.send(who, command).receipts
        assert (receipt.outcome, receipt) == ("saved", again)
    lane.stop()
    with centre.reader.view() as view:
        events = events_since(view.connection, centre.exam_session_id, 0)
    assert [each.body["seq"] for each in events if each.kind is EventKind.ANSWER_SAVED] == [1, 2, 3]
    assert centre.rows("select position, seq from answer order by position") == [(1, 3), (2, 2)]
    assert centre.rows("select count(*) from receipt") == [(3,)]
