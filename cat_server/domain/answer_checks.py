"""Whether an answer fits its form, and what its acceptance depends on."""

from __future__ import annotations

from cat_server.domain.answers import AnswerCircumstances, Submitted
from cat_server.domain.exam_session import OVER
from cat_server.domain.instants import Instant
from cat_server.domain.live import AttemptContext
from cat_server.domain.timing import ends_clock_ms
from question_bank.forms import Form
from question_bank.scoring_profile import Profile

LONGEST_TEXT = 500
MOST_PARTS = 50


def what_is_wrong(form: Form, submitted: Submitted) -> str:
    """Return why an answer does not fit the form (`POSITION_UNKNOWN`, `RESPONSE_UNKNOWN`, `RESPONSE_TOO_LONG`), or ""."""
    if not 1 <= submitted.position <= len(form.items):
        return "POSITION_UNKNOWN"
    options = form.items[submitted.position - 1].options
    response = submitted.response
    if options:
        if len(response) > len(options):
            return "RESPONSE_UNKNOWN"
        for each in response:
            if each not in options and not set(each.split()) <= set(options):
                return "RESPONSE_UNKNOWN"
    elif sum(map(len, response)) > LONGEST_TEXT or len(response) > MOST_PARTS:
        return "RESPONSE_TOO_LONG"
    return ""


def circumstances(
    context: AttemptContext,
    profile: Profile,
    block_code: str,
    epoch: int,
    now: Instant,
    *,
    has_seen_pause: bool = False,
) -> AnswerCircumstances:
    """Return what decides about an answer to an item of the block `block_code`, given under `epoch`, at `now`.

    `has_seen_pause`: the page knew that the attempt was paused when it sent this.
    A block that has ended early takes answers until its end plus the transport grace, like one that ran out.
    """
    number = profile.block_no(block_code)
    block = None
    ends = -1
    for each in context.blocks:
        if each.block_no == number:
            block = each
            ends = ends_clock_ms(block, context.grants)
            if block.ended_clock_ms is not None:
                ends = min(ends, block.ended_clock_ms)
    return AnswerCircumstances(
        attempt_state=context.state,
        is_session_closed=context.sitting_state in OVER,
        is_current_epoch=epoch == context.epoch,
        block_ends_clock_ms=ends,
        is_block_open=block is not None,
        clock_ms=context.clock_ms(now),
        paused_clock_ms=context.paused_clock_ms if has_seen_pause else None,
        offline_grace_ms=profile.policy.offline_grace_s * 1_000,
    )
