"""What was scored, stated and signed."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from cat_server.records.tables.columns import big_column, bytes_column


class ScoringRunRow(SQLModel, table=True):
    __tablename__ = "scoring_run"
    id: str = Field(primary_key=True)
    exam_session_id: str = Field(foreign_key="exam_session.id", index=True)
    keys_hash: str
    annulments: str
    created_at_ms: int = Field(sa_column=big_column())


class ScoreRow(SQLModel, table=True):
    """A derived score; `section` empty holds the total. `number` is the ledger event it was derived from."""

    __tablename__ = "score"
    scoring_run_id: str = Field(primary_key=True, foreign_key="scoring_run.id")
    attempt_id: str = Field(primary_key=True, foreign_key="attempt.id")
    section: str = Field(primary_key=True)
    points: int = Field(sa_column=big_column())
    maximum: int = Field(sa_column=big_column())
    answered: int
    items: int
    threshold: int | None = Field(sa_column=big_column(nullable=True))
    meets: bool | None
    number: int = Field(sa_column=big_column())


class StatementRow(SQLModel, table=True):
    __tablename__ = "statement"
    exam_session_id: str = Field(primary_key=True, foreign_key="exam_session.id")
    version: int = Field(primary_key=True)
    content: bytes = Field(sa_column=bytes_column())
    hash: str
    prepared_at_ms: int = Field(sa_column=big_column())


class SignatureRow(SQLModel, table=True):
    __tablename__ = "signature"
    exam_session_id: str = Field(primary_key=True, foreign_key="exam_session.id")
    version: int = Field(primary_key=True)
    officer_id: str = Field(primary_key=True, foreign_key="officer.id")
    committee: str
    decision: str
    reason: str
    statement_hash: str
    signature: str
    signed_at_ms: int = Field(sa_column=big_column())
