"""Officers: adding one, signing in and out. Slow hashing happens outside the write lane."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from dataclasses import dataclass

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN, Actor, ActorKind
from cat_server.domain.refusals import Refusal
from cat_server.records import officers as records
from cat_server.records.engine import Reader
from cat_server.records.officers import Officer, OfficerSecrets
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.officer_keys import DEFAULT_COST, Cost, new_officer_key
from cat_server.runtime.passwords import hash_password, is_password, new_password
from cat_server.runtime.tokens import new_id, new_token, token_hash

ROLES = ("coordinator", "registrar", "proctor", "technician", "witness", "chair")
COMMITTEES = ("delivery_team", "agency_committee", "")
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_NAME_LENGTH = 120
_FREE_TRIES = 5
_LONGEST_WAIT_S = 60
_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Who is to be added. `civil_servant_number` (NIP) may be empty."""

    username: str
    name: str
    role: str
    committee: str
    civil_servant_number: str = ""


@dataclass(frozen=True, slots=True)
class AddedOfficer:
    """An added officer with the secrets that are shown once and kept nowhere."""

    officer: Officer
    password: str
    passphrase: str


@dataclass(frozen=True, slots=True)
class SignedInOfficer:
    """An officer's sign-in; `token` goes into the cookie."""

    token: str
    officer: Officer


def add_officer(lane: WriteLane, new: NewOfficer, cost: Cost = DEFAULT_COST) -> AddedOfficer:
    """Add an officer with a random password and a signing key under a random passphrase.

    `cost` is lowered for demos and tests only.

    Raises:
        Refusal: `OFFICER_USERNAME`, `OFFICER_NAME`, `OFFICER_ROLE`, `OFFICER_COMMITTEE` or `OFFICER_EXISTS`.
    """
    _check(new)
    password, passphrase = new_password(), new_password(5)
    public_key, wrapped_key = new_officer_key(passphrase, cost)
    secrets = OfficerSecrets(hash_password(password), wrapped_key)
    officer = Officer(
        officer_id=new_id(),
        username=new.username,
        name=new.name.strip(),
        civil_servant_number=new.civil_servant_number.strip(),
        role=new.role,
        committee=new.committee,
        public_key=public_key,
        is_active=True,
    )

    def op(tx: Tx) -> None:
        if records.officer_by_username(tx.connection, officer.username) is not None:
            raise Refusal("OFFICER_EXISTS", {"username": officer.username})
        records.add_officer(tx.connection, officer, secrets)
        tx.append(
            SITE_CHAIN,
            Event(
                EventKind.OFFICER_ADDED,
                {
                    "officer_id": officer.officer_id,
                    "role": officer.role,
                    "committee": officer.committee,
                    "public_key": officer.public_key,
                },
                {"username": officer.username, "name": officer.name},
            ),
            OPERATOR,
        )

    lane.run_now(op)
    return AddedOfficer(officer, password, passphrase)


async def sign_in_officer(lane: WriteLane, reader: Reader, username: str, password: str) -> SignedInOfficer:
    """Sign an officer in.

    Raises:
        Refusal: `SIGN_IN_WRONG`, the same for an unknown name; `SIGN_IN_LOCKED` with `seconds` after too many tries.
    """
    username = username.strip().lower()[:_NAME_LENGTH]
    _throttle.check(username)
    with reader.view() as view:
        found = records.officer_by_username(view.connection, username)
    _throttle.count(username)  # before the slow hash: many at once are no way around the limit
    stored = found[1].password_hash if found and found[0].is_active else _unknown_hash()
    is_right = await asyncio.to_thread(is_password, password.strip(), stored)
    if found is None or not is_right or not found[0].is_active:
        await lane.run(lambda tx: _record_refusal(tx, username))
        raise Refusal("SIGN_IN_WRONG")
    _throttle.forget(username)
    officer, token = found[0], new_token()

    def op(tx: Tx) -> None:
        records.add_sign_in(tx.connection, token_hash(token), officer.officer_id, tx.now.at_ms)
        tx.append(
            SITE_CHAIN,
            Event(EventKind.OFFICER_SIGNED_IN, {"officer_id": officer.officer_id}),
            Actor(ActorKind.OFFICER, officer.officer_id),
        )

    await lane.run(op)
    return SignedInOfficer(token, officer)


async def sign_out_officer(lane: WriteLane, token: str) -> None:
    """End a sign-in; one that is unknown or ended already changes nothing."""

    def op(tx: Tx) -> None:
        officer_id = records.end_sign_in(tx.connection, token_hash(token), tx.now.at_ms)
        if officer_id is not None:
            tx.append(
                SITE_CHAIN,
                Event(EventKind.OFFICER_SIGNED_OUT, {"officer_id": officer_id}),
                Actor(ActorKind.OFFICER, officer_id),
            )

    await lane.run(op)


class SignInThrottle:
    """Counts tries by name, in memory: after five, each further one costs twice the wait, up to a minute."""

    def __init__(self) -> None:
        self._tries: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def check(self, username: str) -> None:
        """Refuse while the name must wait.

        Raises:
            Refusal: `SIGN_IN_LOCKED`.
        """
        tries, last = self._tries.get(username, (0, 0.0))
        if tries >= _FREE_TRIES:
            wait = min(2 ** (tries - _FREE_TRIES + 1), _LONGEST_WAIT_S)
            left = last + wait - time.monotonic()
            if left > 0:
                raise Refusal("SIGN_IN_LOCKED", {"seconds": int(left) + 1})

    def count(self, username: str) -> None:
        """Count a try, as wrong until it turns out otherwise."""
        with self._lock:
            tries, _ = self._tries.pop(username, (0, 0.0))
            self._tries[username] = (tries + 1, time.monotonic())
            if len(self._tries) > _MOST_NAMES:
                self._tries.pop(next(iter(self._tries)))

    def forget(self, username: str) -> None:
        """A right password clears the count."""
        with self._lock:
            self._tries.pop(username, None)


_throttle = SignInThrottle()
_unknown: list[str] = []


def _unknown_hash() -> str:
    """Return a hash nobody has the password of, so that an unknown name takes as long as a wrong password."""
    if not _unknown:
        _unknown.append(hash_password(new_password(8)))
    return _unknown[0]


def _record_refusal(tx: Tx, username: str) -> None:
    tx.append(
        SITE_CHAIN,
        Event(
            EventKind.OFFICER_SIGN_IN_REFUSED,
            {"code": "SIGN_IN_WRONG"},
            {"username": username},
        ),
        Actor(ActorKind.SERVER),
    )


def _check(new: NewOfficer) -> None:
    if not _USERNAME.fullmatch(new.username):
        raise Refusal("OFFICER_USERNAME", {"username": new.username[:_NAME_LENGTH]})
    if not 1 <= len(new.name.strip()) <= _NAME_LENGTH or not new.name.isprintable():
        raise Refusal("OFFICER_NAME")
    if new.role not in ROLES:
        raise Refusal("OFFICER_ROLE", {"role": new.role, "known": ", ".join(ROLES)})
    if new.committee not in COMMITTEES:
        raise Refusal("OFFICER_COMMITTEE", {"committee": new.committee, "known": ", ".join(COMMITTEES[:2])})
