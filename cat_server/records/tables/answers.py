"""What participants answered, and what became of each command."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from cat_server.records.tables.columns import big_column


class AnswerRow(SQLModel, table=True):
    __tablename__ = "answer"
    attempt_id: str = Field(primary_key=True, foreign_key="attempt.id")
    position: int = Field(primary_key=True)
    response: str
    is_flagged: bool
    epoch: int
    seq: int = Field(sa_column=big_column())
    number: int = Field(sa_column=big_column())
    saved_at_ms: int = Field(sa_column=big_column())


class ReceiptRow(SQLModel, table=True):
    __tablename__ = "receipt"
    attempt_id: str = Field(primary_key=True, foreign_key="attempt.id")
    epoch: int = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    request_hash: str
    outcome: str
    code: str
    number: int = Field(sa_column=big_column())
    hash: str


class QuarantinedAnswerRow(SQLModel, table=True):
    __tablename__ = "quarantined_answer"
    chain: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    attempt_id: str = Field(foreign_key="attempt.id", index=True)
    epoch: int
    seq: int = Field(sa_column=big_column())
    code: str
    position: int
    response: str
    is_flagged: bool
    claimed_clock_ms: int = Field(sa_column=big_column())
    received_at_ms: int = Field(sa_column=big_column())
