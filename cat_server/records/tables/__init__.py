"""Every table of the exam database: shapes only, no rules (rows never leave `records`).

Ids are 26 base32 characters; `*_at_ms` are UTC milliseconds; `*_clock_ms` are exam-clock milliseconds (design 13).
"""

from __future__ import annotations

from cat_server.records.tables.answers import AnswerRow, QuarantinedAnswerRow, ReceiptRow
from cat_server.records.tables.attempts import (
    AttemptBlockRow,
    AttemptRow,
    IncidentRow,
    PresenceRow,
    SignInRow,
    TimeGrantRow,
)
from cat_server.records.tables.chains import ChainHeadRow, JournalHeadRow, LedgerRow
from cat_server.records.tables.columns import table_of
from cat_server.records.tables.exam_sessions import (
    BankRow,
    ExamSessionRow,
    FormationRow,
    FormRow,
    FormSetInputsRow,
    FormSetRow,
    ParticipantRow,
    ProfileRow,
    SittingRow,
)
from cat_server.records.tables.results import ScoreRow, ScoringRunRow, SignatureRow, StatementRow
from cat_server.records.tables.site import (
    ExamEventRow,
    KioskRow,
    OfficerRow,
    OfficerSignInRow,
    RoomRow,
    SeatRow,
)

__all__ = [
    "AnswerRow",
    "AttemptBlockRow",
    "AttemptRow",
    "BankRow",
    "ChainHeadRow",
    "ExamEventRow",
    "ExamSessionRow",
    "FormRow",
    "FormSetInputsRow",
    "FormSetRow",
    "FormationRow",
    "IncidentRow",
    "JournalHeadRow",
    "KioskRow",
    "LedgerRow",
    "OfficerRow",
    "OfficerSignInRow",
    "ParticipantRow",
    "PresenceRow",
    "ProfileRow",
    "QuarantinedAnswerRow",
    "ReceiptRow",
    "RoomRow",
    "ScoreRow",
    "ScoringRunRow",
    "SeatRow",
    "SignInRow",
    "SignatureRow",
    "SittingRow",
    "StatementRow",
    "TimeGrantRow",
    "table_of",
]
