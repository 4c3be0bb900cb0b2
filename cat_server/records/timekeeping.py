"""Which of several processes on one database keeps the exam clocks: one at most, and another as soon as it is gone."""

from __future__ import annotations

from sqlalchemy import Connection

_SEAT = 0x6361_745F_7469_636B
_MARK = "keeps_time"


def takes_timekeeping(connection: Connection) -> bool:
    """Tell whether the one connection that this process writes with keeps time, taking the seat where it is free.

    The seat is a lock of the connection itself: when that is lost, so is the seat, and no tick that it had begun is
    committed. A SQLite file has one server, and so one timekeeper.
    """
    if connection.dialect.name != "postgresql":
        return True
    if not connection.info.get(_MARK):
        taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_SEAT})").scalar_one()
        connection.info[_MARK] = bool(taken)
    return bool(connection.info[_MARK])
