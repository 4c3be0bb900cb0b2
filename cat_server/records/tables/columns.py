"""Kinds of columns that the tables share, and the way from a row class to its table."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String, Table, false, text
from sqlmodel import SQLModel


def table_of(row: type[SQLModel]) -> Table:
    """Return the table that a row class defines, for Core statements."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


def big_column(*, nullable: bool = False, default: int | None = None) -> Column[int]:
    """Return a column for 64 bits: milliseconds, points, positions in a chain."""
    server_default = None if default is None else text(str(default))
    return Column(BigInteger, nullable=nullable, server_default=server_default)


def false_column() -> Column[bool]:
    """Return a column that rows of an older shape are false in."""
    return Column(Boolean, nullable=False, server_default=false())


def empty_column() -> Column[str]:
    """Return a column that rows of an older shape are empty in."""
    return Column(String, nullable=False, server_default="")


def bytes_column(*, nullable: bool = False) -> Column[bytes]:
    """Return a column for bytes that are kept exactly."""
    return Column(LargeBinary, nullable=nullable)
