"""The ledger that every other table can be derived from, and where its chains and journal end."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import Field, SQLModel

from cat_server.records.tables.columns import big_column, bytes_column


class LedgerRow(SQLModel, table=True):
    __tablename__ = "ledger"
    chain: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str
    hash: str
    envelope: bytes = Field(sa_column=bytes_column())
    private: bytes = Field(sa_column=bytes_column())


class ChainHeadRow(SQLModel, table=True):
    __tablename__ = "chain_head"
    chain: str = Field(primary_key=True)
    number: int = Field(sa_column=big_column())
    hash: str


class JournalHeadRow(SQLModel, table=True):
    """At most one row: where the journal ends. No row: the site has none, or the one it had does not go on."""

    __tablename__ = "journal_head"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    line: str
    segment: int = Field(sa_column=big_column())
    number: int = Field(sa_column=big_column())
    hash: str
    end: int = Field(sa_column=big_column())
