"""What our server is held against, behind the very same web server with the same settings.

`bare`: an ASGI app that reads the body and answers a small JSON; it knows and stores nothing. That is the ceiling.
`usual`: the endpoint that people write with FastAPI and SQLModel: a pydantic model in, a session from a dependency,
sign-in and attempt looked up, the answer merged, one commit for each request on SQLite in WAL mode with
`synchronous=FULL`. Its pool is larger than usual, since with the default of 15 connections it locks up at 60 kiosks.
It has no ledger, no receipts, no form check and no clock.

    python -m scripts.bench_server.rivals bare|usual --fd N [--tls KEYS_FOLDER] [--database FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from fastapi import Cookie, Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import Engine, event
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, create_engine
from starlette.types import ASGIApp, Receive, Scope, Send

from cat_server.cli.web_servers import Served, inherited, run
from cat_server.runtime.tls_authority import server_context
from scripts.bench_server.filled_site import Kiosk

_POOL = 150
_REPLY = b'{"v":1,"receipts":[{"seq":1,"outcome":"saved"}]}'


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, answer a small JSON."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_REPLY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _REPLY})


class UsualTable(SQLModel, registry=registry()):
    """The rival's tables stand apart from the product's."""


class UsualSignIn(UsualTable, table=True):
    """Who sits where."""

    __tablename__ = "usual_sign_in"
    token_hash: str = Field(primary_key=True)
    attempt_id: str


class UsualAttempt(UsualTable, table=True):
    """An attempt and whether it takes answers."""

    __tablename__ = "usual_attempt"
    id: str = Field(primary_key=True)
    state: str


class UsualAnswer(UsualTable, table=True):
    """The latest answer to an item."""

    __tablename__ = "usual_answer"
    attempt_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    response: str
    seq: int


class Command(BaseModel):
    """One answer."""

    seq: int
    kind: str
    position: int
    response: list[str]
    is_flagged: bool
    claimed_clock_ms: int


class Submission(BaseModel):
    """What a kiosk sends."""

    v: int
    epoch: int
    control_no: int
    commands: list[Command]


def usual(engine: Engine) -> ASGIApp:
    """Return the usual app."""
    app = FastAPI()

    def opened_session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    @app.post("/answers")
    def answers(
        submission: Submission,
        opened: Session = Depends(opened_session),  # noqa: B008 - as people write it
        cat_participant: str = Cookie(""),
        host_participant: str = Cookie("", alias="__Host-cat_participant"),
    ) -> dict[str, object]:
        token = cat_participant or host_participant
        sign_in = opened.get(UsualSignIn, hashlib.sha256(token.encode()).hexdigest())
        attempt = opened.get(UsualAttempt, sign_in.attempt_id) if sign_in else None
        if attempt is None or attempt.state != "RUNNING":
            raise HTTPException(401)
        for each in submission.commands:
            answer = UsualAnswer(
                attempt_id=attempt.id,
                position=each.position,
                response=json.dumps(each.response),
                seq=each.seq,
            )
            opened.merge(answer)
        opened.commit()
        return {"v": 1, "receipts": [{"seq": each.seq, "outcome": "saved"} for each in submission.commands]}

    return app


def usual_engine(database: Path) -> Engine:
    """Return the usual engine: durable like ours, with a pool that does not lock up."""
    engine = create_engine(
        f"sqlite:///{database}",
        module=sqlite,
        connect_args={"check_same_thread": False, "timeout": 60},
        pool_size=_POOL,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def fill_usual(database: Path, kiosks: Sequence[Kiosk]) -> None:
    """Make the usual database with these people at work."""
    engine = usual_engine(database)
    UsualTable.metadata.create_all(engine)
    with Session(engine) as opened:
        for each in kiosks:
            token = hashlib.sha256(each.sign_in.encode()).hexdigest()
            opened.add(UsualSignIn(token_hash=token, attempt_id=each.attempt_id))
            opened.add(UsualAttempt(id=each.attempt_id, state="RUNNING"))
        opened.commit()
    engine.dispose()


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("name", choices=["bare", "usual"])
    parser.add_argument("--fd", required=True)
    parser.add_argument("--tls", type=Path)
    parser.add_argument("--database", type=Path)
    passed = parser.parse_args()
    app: ASGIApp = bare if passed.name == "bare" else usual(usual_engine(passed.database))
    tls = server_context(passed.tls) if passed.tls else None
    asyncio.run(run([Served(app, inherited(passed.fd))], tls, asyncio.Event()))


if __name__ == "__main__":
    main()
