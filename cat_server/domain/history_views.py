"""What the history of an exam session tells of one attempt and of one room."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cat_server.domain.attempt import AttemptState
from cat_server.domain.exam_session import SittingState
from cat_server.domain.interruption import Interruption
from cat_server.domain.timing import AttemptBlock, TimeGrant


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The latest answer to one item. `response` is empty for a cleared answer."""

    response: tuple[str, ...]
    is_flagged: bool
    epoch: int
    seq: int
    number: int
    at_ms: int


@dataclass(slots=True)
class AttemptView:
    """One participant's attempt so far."""

    attempt_id: str
    participant_id: str
    profile_hash: str
    state: AttemptState = AttemptState.SCHEDULED
    room_id: str = ""
    seat_id: str = ""
    kiosk_id: str = ""
    form_no: int | None = None
    epoch: int = 0
    blocks: list[AttemptBlock] = field(default_factory=list)
    grants: list[TimeGrant] = field(default_factory=list)
    answers: dict[int, SavedAnswer] = field(default_factory=dict)
    ended_clock_ms: int | None = None
    ended_by: str = ""
    end_reason: str = ""
    refused_sign_ins: int = 0
    last_refusal: str = ""
    last_refusal_at_ms: int | None = None
    late: int = 0
    quarantined: int = 0
    last_number: int = 0
    last_saved_at_ms: int | None = None
    documents: str = ""
    photo_hash: str = ""
    ordinal: int = 1
    paused_clock_ms: int | None = None
    paused_at_ms: int | None = None
    interruptions: dict[int, Interruption] = field(default_factory=dict)
    """Time lost at a PC that nobody has decided about yet, by event."""

    def set_end(self, block_no: int, ended_clock_ms: int | None) -> None:
        """Let a block end at this value of the exam clock, or be open again."""
        self.blocks = [
            replace(each, ended_clock_ms=ended_clock_ms) if each.block_no == block_no else each
            for each in self.blocks
        ]

    @property
    def answered(self) -> int:
        """How many items have a response now."""
        return sum(1 for answer in self.answers.values() if answer.response)

    @property
    def responses(self) -> dict[int, tuple[str, ...]]:
        """Responses by position, for scoring."""
        return {position: answer.response for position, answer in self.answers.items()}


@dataclass(slots=True)
class SittingView:
    """The exam session in one room."""

    room_id: str
    state: SittingState = SittingState.PREPARED
    control_no: int = 0
    clock_ms: int = 0
    started_at_ms: int | None = None
    closed_at_ms: int | None = None
    pauses: list[tuple[int, int | None, str]] = field(default_factory=list)
    down_ms: int = 0
