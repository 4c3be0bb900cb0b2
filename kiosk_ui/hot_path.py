"""`POST /answers`: plain ASGI ahead of everything else, since every click comes through here (design 13)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType
from starlette.types import ASGIApp, Receive, Scope, Send

from cat_server.actions.save_answers import Receipt, SaveAnswers, SaveReply, SaveRequest
from cat_server.domain.answers import CommandKind, Submitted
from cat_server.domain.refusals import Refusal
from cat_server.queries.access import NotDurableError, WriteLane
from cat_server.runtime.tokens import token_hash
from cat_server.web.cookies import PARTICIPANT, Cookies
from cat_server.web.security import head_of, objection

MOST_COMMANDS = 32
BODY_LIMIT_BYTES = 64 * 1024
_STATUS = {"": 200, "SIGNED_OUT": 401, "FENCED": 409}
_KINDS = {each.value: each for each in CommandKind}
# What a browser needs to know of JSON that runs and shows nothing; the rest of `Security`'s headers is about pages.
_HEADERS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
)

_Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
_Short = Annotated[str, msgspec.Meta(max_length=2_000)]


class _Command(msgspec.Struct, forbid_unknown_fields=True):
    seq: _Seq
    kind: Literal["answer", "finish_block", "finish"]
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    response: Annotated[tuple[_Short, ...], msgspec.Meta(max_length=60)] = ()
    is_flagged: bool = False
    claimed_clock_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 0


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    v: Literal[1]
    epoch: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    control_no: int
    commands: Annotated[list[_Command], msgspec.Meta(max_length=MOST_COMMANDS)]


class _Reply(msgspec.Struct):
    """The reply of the answer protocol; the live part is missing for who is not signed in."""

    v: int
    receipts: tuple[Receipt, ...]
    saved_at_ms: int
    code: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    remaining_ms: int | UnsetType = UNSET
    clock_ms: int | UnsetType = UNSET
    control_no: int | UnsetType = UNSET
    epoch: int | UnsetType = UNSET
    block: int | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Body).decode
_encode = msgspec.json.Encoder().encode


class HotPath:
    """Answers `POST /answers` itself and leaves everything else to `app`, what `Security` objects to as well."""

    def __init__(self, lane: WriteLane, cookies: Cookies, app: ASGIApp) -> None:
        self._lane = lane
        self._cookie = cookies.name(PARTICIPANT).encode()
        self._app = app
        self._save = SaveAnswers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the request apart, have it saved, answer after the commit."""
        if scope["type"] != "http" or scope["path"] != "/answers" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        if objection(scope, head_of(scope), BODY_LIMIT_BYTES):
            await self._app(scope, receive, send)
            return
        token = _cookie(scope, self._cookie)
        body = await _read(receive)
        if body is None:
            await _send(send, 413, {"v": 1, "code": "BODY_TOO_LARGE"})
            return
        try:
            submitted = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):  # the latter of texts that are no UTF-8
            await _send(send, 400, {"v": 1, "code": "MALFORMED"})
            return
        if not token:
            await _send(send, 401, {"v": 1, "code": "SIGNED_OUT"})
            return
        request = SaveRequest(
            token_hash(token),
            submitted.epoch,
            tuple(map(_submitted, submitted.commands)),
            submitted.control_no,
        )
        try:
            reply = await self._lane.submit(self._save, request)
        except NotDurableError:
            await _send(send, 503, {"v": 1, "code": "NOT_DURABLE"})
        except Refusal as refusal:
            await _send(send, 409, {"v": 1, "code": refusal.code})
        else:
            await _send(send, _STATUS[reply.refusal], _content(reply))


def _submitted(command: _Command) -> Submitted:
    return Submitted(
        command.seq,
        _KINDS[command.kind],
        command.position,
        command.response,
        command.is_flagged,
        command.claimed_clock_ms,
    )


def _content(reply: SaveReply) -> _Reply:
    content = _Reply(1, reply.receipts, reply.saved_at_ms, reply.refusal or UNSET)
    if (now := reply.live) is not None:
        content.state = now.state
        content.remaining_ms = now.remaining_ms
        content.clock_ms = now.clock_ms
        content.control_no = now.control_no
        content.epoch = now.epoch
        content.block = now.block
    return content


def _cookie(scope: Scope, name: bytes) -> str:
    """Return a cookie's value; of several with one name the last counts, as in the rest of the app."""
    found = b""
    for key, value in scope["headers"]:
        if key == b"cookie":
            for part in value.split(b";"):
                given, _, content = part.strip().partition(b"=")
                if given == name:
                    found = content
    return found.decode("latin-1")


async def _read(receive: Receive) -> bytearray | None:
    """Return the body; nothing when it is too large or the client has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT_BYTES:
            return None
        if not message.get("more_body"):
            return body


async def _send(send: Send, status: int, content: dict[str, object] | _Reply) -> None:
    body = _encode(content)
    headers = [(b"content-length", b"%d" % len(body)), *_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
