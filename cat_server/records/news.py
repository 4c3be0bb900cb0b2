"""How a process hears at once, on PostgreSQL, that another one has written to the ledger."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import URL, Connection

from cat_server.domain.log_entries import NewsUnheard
from cat_server.records.database_url import postgresql_url
from cat_server.records.ledger import LedgerWriter

CHANNEL = "cat_ledger"
_AT_LAST_S = 1.0
_GATHER_S = 0.03
"""Under load every commit tells; what comes within this time is read at once."""

_log = logging.getLogger(__name__)


def tell_news(connection: Connection, ledger: LedgerWriter) -> None:
    """Let everybody who listens know, at the commit, that the ledger has grown; SQLite has nobody to tell."""
    if connection.dialect.name == "postgresql" and ledger.heads():
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


class NewsListener:
    """Listens in a thread of its own, from the first wait on; a connection that is lost is made again."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self.is_listening = False

    async def wait(self, seconds: float) -> None:
        """Return soon after something new was committed; after `seconds` while nobody would tell, at last after a second."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._listen, name="ledger-news", daemon=True).start()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), _AT_LAST_S if self.is_listening else seconds)
            await asyncio.sleep(_GATHER_S)
        self._news.clear()

    def _tell(self) -> None:
        assert self._loop is not None  # noqa: S101 - the thread starts after it is set
        with suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            self._loop.call_soon_threadsafe(self._news.set)

    def _listen(self) -> None:
        import psycopg  # noqa: PLC0415 - a site on SQLite loads no psycopg

        from cat_server.records.postgresql import client_options  # noqa: PLC0415 - the same

        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        options = client_options(self._url)
        while self._loop is not None and not self._loop.is_closed():
            try:
                with psycopg.connect(address, autocommit=True, **options) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.is_listening = True
                    self._tell()  # of what came before it listened
                    while not self._loop.is_closed():
                        for _ in connection.notifies(timeout=_AT_LAST_S, stop_after=1):
                            self._tell()
            except psycopg.Error:
                if self.is_listening:
                    _log.warning(NewsUnheard(), exc_info=True)
                self.is_listening = False
                self._tell()
                time.sleep(_AT_LAST_S)


def news_wait(url: str) -> Callable[[float], Awaitable[object]]:
    """Return what a follower waits with: for so many seconds, or on PostgreSQL until there is something new."""
    found = postgresql_url(url)
    return asyncio.sleep if found is None else NewsListener(found).wait
