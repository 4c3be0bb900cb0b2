"""The save: every command of an outbox, decided, chained and committed before anybody hears "saved" (design 5, 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from cat_server.domain.answer_checks import circumstances, what_is_wrong
from cat_server.domain.answers import CommandKind, Outcome, Submitted, Verdict, hash_of, judge_answer
from cat_server.domain.attempt import ENDED, AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.live import AttemptContext, Live, live
from cat_server.domain.timing import finish_block, open_block
from cat_server.records import answers as records
from cat_server.records.answers import NewAnswer, StoredReceipt
from cat_server.records.attempt_steps import allowed_of, append_progress, end_attempt, participant_actor
from cat_server.records.attempts import change_attempt, save_progress
from cat_server.records.contexts import context_of, contexts_of
from cat_server.records.kiosks import SignIn, sign_ins
from cat_server.records.profiles import profile_of
from cat_server.records.write_lane import Tx
from question_bank.canonical import Json
from question_bank.forms import Form

MOST_FORMS = 8_192
_encode = msgspec.json.Encoder().encode


class SaveRequest(msgspec.Struct, frozen=True):
    """One `POST /answers`: whose sign-in (hashed), and the commands, at most 32.

    `control_no` is the oldest word on time and control that one of the commands was given under.
    """

    sign_in_hash: str
    epoch: int
    commands: tuple[Submitted, ...]
    control_no: int = 0


class Receipt(msgspec.Struct, frozen=True):
    """What became of one command. `number` and `hash` name its ledger event."""

    seq: int
    outcome: str
    code: str
    number: int
    hash: str


class SaveReply(msgspec.Struct, frozen=True):
    """The reply: `refusal` is empty, `SIGNED_OUT` (401) or `FENCED` (409, content kept apart)."""

    refusal: str
    receipts: tuple[Receipt, ...] = ()
    live: Live | None = None
    saved_at_ms: int = 0


@dataclass(slots=True)
class _Work:
    """What one transaction gathers and writes."""

    tx: Tx
    contexts: dict[str, AttemptContext]
    known: dict[tuple[str, int, int], StoredReceipt]
    new: dict[tuple[str, int, int], StoredReceipt] = field(default_factory=dict)
    answers: list[NewAnswer] = field(default_factory=list)
    quarantined: list[dict[str, object]] = field(default_factory=list)
    finishing: set[str] = field(default_factory=set)


class SaveAnswers:
    """The batch kind of the write lane behind `POST /answers`.

    Reads are batched: one query per table whatever the number of requests. Forms never change and are kept.
    """

    def __init__(self) -> None:
        self._forms: dict[tuple[str, int], Form] = {}

    def __call__(self, tx: Tx, requests: Sequence[SaveRequest]) -> list[SaveReply]:
        """Decide and write all requests; return a reply for each."""
        signed_in = sign_ins(tx.connection, [each.sign_in_hash for each in requests])
        attempt_ids = {each.attempt_id for each in signed_in.values()}
        wanted = [
            (signed_in[request.sign_in_hash].attempt_id, request.epoch, command.seq)
            for request in requests
            if request.sign_in_hash in signed_in
            for command in request.commands
        ]
        work = _Work(tx, contexts_of(tx.connection, attempt_ids), records.receipts(tx.connection, wanted))
        decided = [self._decide(work, request, signed_in.get(request.sign_in_hash)) for request in requests]
        records.save_answers(tx.connection, work.answers)
        records.add_receipts(tx.connection, work.new.values())
        records.add_quarantined(tx.connection, work.quarantined)
        self._finish_those_whole(work)
        return [self._reply(work, *each) for each in decided]

    def _decide(
        self, work: _Work, request: SaveRequest, sign_in: SignIn | None
    ) -> tuple[str, AttemptContext | None, tuple[Receipt, ...]]:
        context = work.contexts.get(sign_in.attempt_id) if sign_in else None
        if sign_in is None or context is None:
            return "SIGNED_OUT", None, ()
        if sign_in.kiosk_id != context.kiosk_id:  # moved away: the next sign-in will raise the epoch
            context = replace(context, epoch=context.epoch + 1)
        is_fenced = request.epoch < context.epoch or sign_in.epoch < context.epoch
        if request.epoch > sign_in.epoch or (
            sign_in.is_ended and not is_fenced and context.state not in ENDED
        ):
            return "SIGNED_OUT", None, ()
        receipts = [self._command(work, context, request, each) for each in request.commands]
        return ("FENCED" if is_fenced else ""), context, tuple(receipts)

    def _command(
        self, work: _Work, context: AttemptContext, request: SaveRequest, command: Submitted
    ) -> Receipt:
        epoch = request.epoch
        key = (context.attempt_id, epoch, command.seq)
        request_hash = hash_of(command)
        earlier = work.known.get(key) or work.new.get(key)
        if earlier is not None:
            if earlier.request_hash == request_hash:
                return Receipt(command.seq, earlier.outcome, earlier.code, earlier.number, earlier.hash)
            kept = self._quarantine(work, context, epoch, command, "SEQ_REUSED")
            return replace(kept, outcome=Outcome.REFUSED.value)
        receipt = self._judge(work, context, epoch, command, request.control_no)
        work.new[key] = StoredReceipt(
            *key, request_hash, receipt.outcome, receipt.code, receipt.number, receipt.hash
        )
        if context.finish_seq is not None:
            work.finishing.add(context.attempt_id)
        return receipt

    def _judge(
        self, work: _Work, context: AttemptContext, epoch: int, command: Submitted, control_no: int
    ) -> Receipt:
        if command.kind is not CommandKind.ANSWER:
            return self._finish(work, context, epoch, command)
        if context.form_no is None:
            return Receipt(command.seq, "refused", "NOT_STARTED", 0, "")
        form = self._form(work, context)
        if wrong := what_is_wrong(form, command):
            return Receipt(command.seq, "refused", wrong, 0, "")
        profile = profile_of(work.tx.connection, context.profile_hash)
        block_code = form.items[command.position - 1].block
        has_seen_pause = control_no >= context.control_no
        seen = circumstances(context, profile, block_code, epoch, work.tx.now, has_seen_pause=has_seen_pause)
        verdict = judge_answer(command, seen)
        if verdict.outcome is Outcome.QUARANTINED:
            return self._quarantine(work, context, epoch, command, verdict.code)
        return self._accept(work, context, epoch, command, verdict)

    def _accept(
        self, work: _Work, context: AttemptContext, epoch: int, command: Submitted, verdict: Verdict
    ) -> Receipt:
        body: dict[str, Json] = {
            "attempt_id": context.attempt_id,
            "position": command.position,
            "epoch": epoch,
            "seq": command.seq,
        }
        kind = EventKind.ANSWER_SAVED
        if verdict.outcome is Outcome.LATE:
            kind = EventKind.ANSWER_ACCEPTED_LATE
            body["claimed_clock_ms"] = command.claimed_clock_ms
        response = _stored_response(command.response)
        private: dict[str, Json] = {"response": response, "is_flagged": command.is_flagged}
        event = Event(kind, body, private)
        clock_ms = context.clock.at(work.tx.now)
        appended = work.tx.append(context.exam_session_id, event, participant_actor(context), "", clock_ms)
        work.answers.append(
            NewAnswer(
                context.attempt_id,
                command.position,
                _stored(response),
                command.is_flagged,
                epoch,
                command.seq,
                appended.number,
                work.tx.now.at_ms,
            )
        )
        return Receipt(command.seq, verdict.outcome.value, verdict.code, appended.number, appended.hash)

    def _quarantine(
        self, work: _Work, context: AttemptContext, epoch: int, command: Submitted, code: str
    ) -> Receipt:
        private: dict[str, Json] = {
            "position": command.position,
            "response": list(command.response),
            "is_flagged": command.is_flagged,
            "claimed_clock_ms": command.claimed_clock_ms,
        }
        body: dict[str, Json] = {
            "attempt_id": context.attempt_id,
            "epoch": epoch,
            "seq": command.seq,
            "code": code,
        }
        event = Event(EventKind.ANSWER_QUARANTINED, body, private)
        clock_ms = context.clock.at(work.tx.now)
        appended = work.tx.append(context.exam_session_id, event, participant_actor(context), "", clock_ms)
        work.quarantined.append(
            {
                "chain": context.exam_session_id,
                "number": appended.number,
                "attempt_id": context.attempt_id,
                "epoch": epoch,
                "seq": command.seq,
                "code": code,
                "position": command.position,
                "response": _stored(command.response),
                "is_flagged": command.is_flagged,
                "claimed_clock_ms": command.claimed_clock_ms,
                "received_at_ms": work.tx.now.at_ms,
            }
        )
        return Receipt(command.seq, Outcome.QUARANTINED.value, code, appended.number, appended.hash)

    def _finish(self, work: _Work, context: AttemptContext, epoch: int, command: Submitted) -> Receipt:
        is_current = epoch == context.epoch
        is_open = context.state in (AttemptState.RUNNING, AttemptState.PAUSED)
        if not is_current or not is_open:
            code = "ATTEMPT_ENDED" if is_current else "FENCED"
            return Receipt(command.seq, "refused", code, 0, "")
        if command.kind is CommandKind.FINISH:
            change_attempt(work.tx.connection, context.attempt_id, finish_seq=command.seq)
            work.finishing.add(context.attempt_id)
        else:
            self._finish_block(work, context)
        return Receipt(command.seq, "saved", "", 0, "")

    def _finish_block(self, work: _Work, context: AttemptContext) -> None:
        allowed = allowed_of(work.tx, context)
        current = open_block(context.blocks)
        if current is None or current.block_no >= len(allowed):
            return
        clock_ms = context.clock_ms(work.tx.now)
        progress = finish_block(context.blocks, allowed, clock_ms)
        save_progress(work.tx.connection, context.attempt_id, progress)
        append_progress(work.tx, context, progress.ended, progress.started, clock_ms)
        work.contexts[context.attempt_id] = _reloaded(work.tx, context)

    def _finish_those_whole(self, work: _Work) -> None:
        """End the attempts whose finish has arrived with everything before it; two reads for all of them."""
        if not work.finishing:
            return
        fresh = contexts_of(work.tx.connection, work.finishing)
        ended = [each.attempt_id for each in fresh.values() if self._finish_when_whole(work, each)]
        work.contexts |= contexts_of(work.tx.connection, ended)

    def _finish_when_whole(self, work: _Work, context: AttemptContext) -> bool:
        attempt_id, seq = context.attempt_id, context.finish_seq
        is_open = context.state in (AttemptState.RUNNING, AttemptState.PAUSED)
        if seq is None or not is_open:
            return False
        if records.receipts_below(work.tx.connection, attempt_id, context.epoch, seq) < seq - 1:
            return False
        clock_ms = context.clock_ms(work.tx.now)
        state = next_attempt_state(context.state, AttemptCommand.FINISH)
        end_attempt(work.tx, context, state, clock_ms)
        body: dict[str, Json] = {"attempt_id": attempt_id, "ended_clock_ms": clock_ms}
        event = Event(EventKind.ATTEMPT_FINISHED, body)
        work.tx.append(context.exam_session_id, event, participant_actor(context), "", clock_ms)
        return True

    def _form(self, work: _Work, context: AttemptContext) -> Form:
        assert context.form_no is not None  # noqa: S101 - checked before
        key = (context.exam_session_id, context.form_no)
        if key not in self._forms:
            if len(self._forms) >= MOST_FORMS:
                self._forms.clear()
            self._forms[key] = records.form_of(work.tx.connection, *key)
        return self._forms[key]

    def _reply(
        self, work: _Work, refusal: str, context: AttemptContext | None, receipts: tuple[Receipt, ...]
    ) -> SaveReply:
        if context is None:
            return SaveReply(refusal)
        now = live(work.contexts[context.attempt_id], work.tx.now)
        return SaveReply(refusal, receipts, now, work.tx.now.at_ms)


def _reloaded(tx: Tx, context: AttemptContext) -> AttemptContext:
    found = context_of(tx.connection, context.attempt_id)
    assert found is not None  # noqa: S101 - it was there a moment ago
    return found


def _stored(response: tuple[str, ...]) -> str:
    return _encode(response).decode()


def _stored_response(response: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in response if each != "")
