"""Everything that decides which page a kiosk shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cat_server.domain.attempt import ENDED
from cat_server.domain.instants import Clock, Instant
from cat_server.domain.live import AttemptContext, Live, live
from cat_server.records.contexts import contexts_of
from cat_server.records.engine import Reader, View
from cat_server.records.kiosk_pages import Person, is_open_binding, persons_of
from cat_server.records.kiosks import Kiosk, SignIn, kiosks_by_token, sign_ins
from cat_server.runtime.tokens import token_hash


@dataclass(frozen=True, slots=True)
class KioskStatus:
    """A kiosk, and the participant signed in on it.

    `kiosk` is nothing for a PC that is not known; `may_sign_in` is true once it has a seat, or where the event lets
    any PC take one. `attempt`, `person` and `live` are nothing without a sign-in; `is_fenced` tells that the sign-in
    was left behind when the participant moved to another PC.
    """

    kiosk: Kiosk | None
    may_sign_in: bool
    sign_in_hash: str = ""
    attempt: AttemptContext | None = None
    person: Person | None = None
    live: Live | None = None
    is_fenced: bool = False


def kiosk_status(reader: Reader, clock: Clock, device_token: str, participant_token: str) -> KioskStatus:
    """Return the status of the kiosk with this device credential and sign-in (both may be empty)."""
    return kiosk_statuses(reader, clock, [(device_token, participant_token)])[0]


def kiosk_statuses(reader: Reader, clock: Clock, asked: Sequence[tuple[str, str]]) -> list[KioskStatus]:
    """Return the status for each pair of device credential and sign-in, all as of one moment."""
    hashed = [tuple(token_hash(token) if token else "" for token in each) for each in asked]
    with reader.view() as view:
        found = _read(view, [device for device, _ in hashed], [own for _, own in hashed])
    now = clock.now()
    return [_status(found, now, device, own) for device, own in hashed]


@dataclass(frozen=True, slots=True)
class _Found:
    kiosks: Mapping[str, Kiosk]
    sign_ins: Mapping[str, SignIn]
    attempts: Mapping[str, AttemptContext]
    persons: Mapping[str, Person]
    is_open: bool


def _read(view: View, devices: Iterable[str], own: Iterable[str]) -> _Found:
    connection = view.connection
    kiosks = kiosks_by_token(connection, [each for each in devices if each])
    given = [each for each in own if each]
    found = sign_ins(connection, given) if kiosks and given else {}
    attempts = contexts_of(connection, {each.attempt_id for each in found.values()})
    has_no_seat = any(not each.seat_id for each in kiosks.values())
    return _Found(
        kiosks,
        found,
        attempts,
        persons_of(connection, attempts) if attempts else {},
        has_no_seat and is_open_binding(connection),
    )


def _status(found: _Found, now: Instant, device: str, own: str) -> KioskStatus:
    kiosk = found.kiosks.get(device)
    if kiosk is None:
        return KioskStatus(None, may_sign_in=False)
    may_sign_in = bool(kiosk.seat_id) or found.is_open
    sign_in = found.sign_ins.get(own)
    context = found.attempts.get(sign_in.attempt_id) if sign_in else None
    if sign_in is None or context is None or sign_in.kiosk_id != kiosk.kiosk_id:
        return KioskStatus(kiosk, may_sign_in)
    is_fenced = sign_in.epoch < context.epoch or sign_in.kiosk_id != context.kiosk_id
    is_left = sign_in.is_ended and (not is_fenced or context.state in ENDED)
    if is_left:
        return KioskStatus(kiosk, may_sign_in)
    person = found.persons.get(sign_in.attempt_id)
    return KioskStatus(kiosk, may_sign_in, own, context, person, live(context, now), is_fenced)
