"""What kiosks do, request by request: the protocol of the real pages, without the pages' own scripts."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from urllib.parse import urlencode

from scripts.bench_server.filled_site import ITEMS, Kiosk
from scripts.bench_server.wire import Reply, Script, Server

_SAVED = b'"outcome":"saved"'
_PAUSED = b'"state":"PAUSED"'
_CHOICES = 4
_COMMAND = (
    b'{"v":1,"epoch":1,"control_no":1,"commands":[{"seq":%d,"kind":"answer","position":%d,"response":["o%d"],'
    b'"is_flagged":false,"claimed_clock_ms":%d}]}'
)
_FINISH = (
    b'{"v":1,"epoch":1,"control_no":1,"commands":[{"seq":%d,"kind":"answer","position":%d,"response":["o%d"],'
    b'"is_flagged":false,"claimed_clock_ms":1},{"seq":%d,"kind":"finish","position":0,"response":[],'
    b'"is_flagged":false,"claimed_clock_ms":1}]}'
)
_BEAT = (
    b'{"v":1,"epoch":1,"position":1,"unsent":0,"offline_ready":true,"lost_focus":0,"control_no":1,'
    b'"worked_clock_ms":null}'
)


class UnexpectedReplyError(Exception):
    """The server answered something else than a page would expect."""


@dataclass(slots=True)
class Seat:
    """A kiosk at work. `acknowledged` is the highest `seq` with a receipt, all below it have theirs too."""

    kiosk: Kiosk
    server: Server
    acknowledged: int = 0

    def head(self, method: str, path: str, body_bytes: int = 0, kind: str = "application/json") -> bytes:
        """Return a request's head; the body follows."""
        prefix = "__Host-" if self.server.ca_file else ""
        cookies = f"{prefix}cat_kiosk_device={self.kiosk.device}"
        if self.kiosk.sign_in:
            cookies += f"; {prefix}cat_participant={self.kiosk.sign_in}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"host: {self.server.host}:{self.server.port}",
            "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "accept: */*",
            "accept-encoding: gzip, deflate",
            f"cookie: {cookies}",
        ]
        if method == "POST":
            lines += [
                f"origin: {self.server.origin}",
                f"content-type: {kind}",
                f"content-length: {body_bytes}",
            ]
        return "\r\n".join([*lines, "", ""]).encode()


def answer_request(seat: Seat, seq: int) -> bytes:
    """Return the request that saves answer number `seq`."""
    body = _COMMAND % (seq, (seq - 1) % ITEMS + 1, seq % _CHOICES + 1, seq)
    return seat.head("POST", "/answers", len(body)) + body


def saves(
    seat: Seat, goes_on: Callable[[], bool], note: Callable[[Reply], None], note_pause: Callable[[], None]
) -> Script:
    """Save one answer after the other without pause while `goes_on`."""
    lengths: dict[int, bytes] = {}
    is_told = False
    while goes_on():
        seq = seat.acknowledged + 1
        body = _COMMAND % (seq, (seq - 1) % ITEMS + 1, seq % _CHOICES + 1, seq)
        head = lengths.get(len(body))
        if head is None:
            head = lengths[len(body)] = seat.head("POST", "/answers", len(body))
        reply = yield head + body
        _expect_saved(reply)
        seat.acknowledged = seq
        note(reply)
        if not is_told and _PAUSED in reply.body:
            is_told = True
            note_pause()


def save_once(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Save the next answer."""
    seq = seat.acknowledged + 1
    reply = yield answer_request(seat, seq)
    _expect_saved(reply)
    seat.acknowledged = seq
    note(reply)


def finish(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Deliver the last answer and the finish in one request, as an outbox does at the end of the time."""
    seq = seat.acknowledged + 1
    body = _FINISH % (seq, (seq - 1) % ITEMS + 1, seq % _CHOICES + 1, seq + 1)
    reply = yield seat.head("POST", "/answers", len(body)) + body
    _expect_saved(reply)
    if b'"state":"FINISHED"' not in reply.body:
        raise UnexpectedReplyError(str(reply.body[:300]))
    seat.acknowledged = seq
    note(reply)


def ask_if_up(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Ask whether the server answers, as the page does that a PC opens first."""
    reply = yield seat.head("GET", "/up")
    _expect(reply, 200)
    note(reply)


def wait_for_start(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Open the waiting page, which has the paper made."""
    reply = yield seat.head("GET", "/waiting")
    _expect(reply, 200)
    note(reply)


def start(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Fetch the whole paper and what the server holds of the attempt, as a page does at the start."""
    paper = yield seat.head("GET", "/paper")
    _expect(paper, 200)
    state = yield seat.head("GET", "/state")
    _expect(state, 200)
    note(paper)


def sign_in(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Sign in with number and PIN and come to the page that asks for confirmation."""
    reply = yield _form(seat, "/sign_in", participant_number=seat.kiosk.number, pin=seat.kiosk.pin)
    _expect(reply, 303)
    token = reply.head.split(b"cat_participant=", 1)[1].split(b";", 1)[0].decode()
    seat.kiosk = Kiosk(seat.kiosk.attempt_id, seat.kiosk.number, seat.kiosk.pin, seat.kiosk.device, token)
    note((yield from _followed(seat, reply)))


def get_ready(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Confirm, pledge and go through the instructions, as far as the waiting page, which has the paper made."""
    for path, form in (("/confirm", {"answer": "yes"}), ("/pledge", {"agree": "yes"}), ("/tutorial", {})):
        reply = yield _form(seat, path, **form)
        reply = yield from _followed(seat, reply)
    note(reply)


def beat(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Give the page's sign of life."""
    reply = yield seat.head("POST", "/heartbeat", len(_BEAT)) + _BEAT
    _expect(reply, 200)
    note(reply)


def see_result(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Go on to the result; with nothing left to deliver its page asks for nothing until it is told of the score."""
    reply = yield seat.head("GET", "/result")
    _expect(reply, 200)
    note(reply)


def ask_score(seat: Seat, note: Callable[[Reply], None]) -> Script:
    """Ask for the score, of which the event stream has told."""
    reply = yield seat.head("GET", "/score")
    _expect(reply, 200)
    note(reply)


def think_s(dice: random.Random, mean_s: float) -> float:
    """Return how long somebody thinks: most answers come alone, some right after another (a burst)."""
    if dice.random() < 0.25:
        return dice.uniform(0.4, 2.5)
    return min(dice.lognormvariate(-0.125, 0.5), 4.0) * (mean_s * 1.32)


def _form(seat: Seat, path: str, **fields: str) -> bytes:
    body = urlencode(fields).encode()
    return seat.head("POST", path, len(body), "application/x-www-form-urlencoded") + body


def _followed(seat: Seat, reply: Reply) -> Generator[bytes, Reply, Reply]:
    while reply.status == 303:
        reply = yield seat.head("GET", _location(reply))
    _expect(reply, 200)
    return reply


def _location(reply: Reply) -> str:
    return reply.head.lower().split(b"\r\nlocation: ", 1)[1].split(b"\r\n", 1)[0].decode()


def _expect_saved(reply: Reply) -> None:
    if reply.status != 200 or _SAVED not in reply.body:
        raise UnexpectedReplyError(f"{reply.status} {reply.body[:300]!r}")


def _expect(reply: Reply, status: int) -> None:
    if reply.status != status:
        raise UnexpectedReplyError(f"{reply.status} {reply.head[:200]!r} {reply.body[:300]!r}")
