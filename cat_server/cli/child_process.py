"""What both web processes open, and how they run: records, the supervisor's socket, the follower, a clean stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from cat_server.cli.log_words import log_for_people
from cat_server.cli.site_lane import open_lane, open_reader
from cat_server.cli.web_servers import Served, run
from cat_server.domain.events import EventKind
from cat_server.domain.log_entries import ProcessStarted
from cat_server.queries.follow import ledger_follower
from cat_server.records.engine import Reader
from cat_server.records.news import news_wait
from cat_server.records.write_lane import WriteLane
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.follower import Follower
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.settings import SiteSettings, load_settings
from cat_server.runtime.supervisor_client import SupervisorClient
from cat_server.runtime.tls_authority import server_context
from cat_server.web.bounded_protocol import ConnectionLimits
from cat_server.web.forwarded import Forwarded

TELL_EVERY_S = 1.0
_log = logging.getLogger(__name__)
_COLLECT_AFTER = (20_000, 20, 20)
"""Objects that stay until the youngest are looked through for garbage, and how often that is until the older ones are."""


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """The parts a web app is put together from."""

    settings: SiteSettings
    supervisor: SupervisorClient
    secrets: Secrets
    clock: SystemClock
    lane: WriteLane
    reader: Reader
    follower: Follower


def arguments(*socket_options: str) -> argparse.Namespace:
    """Return what the supervisor passed: the site, the control socket, listening sockets by option."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--control-fd", type=int, required=True)
    parser.add_argument("--worker", type=int, default=0)
    for option in socket_options:
        parser.add_argument(option, required=True)
    return parser.parse_args()


def open_child(
    passed: argparse.Namespace, process: str, *, checkpoints: bool, kinds: Collection[EventKind] = ()
) -> ChildProcess:
    """Open the site's parts and log as `process`; `checkpoints` is for the one process that moves the log into the database.

    With `kinds` the follower brings only these events: a process that needs no answers need not read them all.
    """
    settings = load_settings(passed.site)
    log_for_people(settings, process)
    supervisor = SupervisorClient(passed.control_fd)
    secrets = supervisor.secrets()
    clock = SystemClock()
    reader = open_reader(settings)
    # Both processes may have died with a disk that failed; the supervisor starts them again without its own checks.
    lane = open_lane(settings, clock, secrets.journal_key, checkpoints=checkpoints, empties_log=True)
    return ChildProcess(
        settings=settings,
        supervisor=supervisor,
        secrets=secrets,
        clock=clock,
        lane=lane.start(),
        reader=reader,
        follower=ledger_follower(reader, kinds=kinds, wait=news_wait(settings.database_url)),
    )


def run_child(
    child: ChildProcess, served: Sequence[Served], *, past: Mapping[str, int], workers: int = 1
) -> NoReturn:
    """Serve until told to stop, then finish what waits.

    The follower starts when the apps have subscribed; `past` are chains that it follows from that event on.
    What one address may hold open is shared evenly among `workers` of one kind.
    """
    settings = child.settings
    trusted = settings.front.trusted
    tls = server_context(settings.keys_folder) if settings.transport == "tls" and not trusted else None
    child.follower.position.update(past)
    limits = ConnectionLimits(per_address=-(-settings.connections_per_address // workers))
    if trusted:
        served = [
            replace(each, app=Forwarded(each.app, trusted, settings.scheme, settings.connections_per_address))
            for each in served
        ]

    async def main() -> None:
        started = asyncio.Event()
        serving = asyncio.create_task(run(served, tls, started, limits))
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        following = asyncio.create_task(child.follower.run())
        telling = asyncio.create_task(_tell(child))
        # What there is by now stays: looking through all of it for garbage held everybody up, for 40 to 180 ms at a time.
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)
        gc.enable()
        if not serving.done():
            await asyncio.to_thread(child.supervisor.ready)
            _log.info(ProcessStarted())
        try:
            await serving
        finally:
            for each in (following, telling):
                each.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await each

    try:
        asyncio.run(main())
    finally:
        child.lane.stop()
        child.reader.close()
    leave(0)


async def _tell(child: ChildProcess) -> None:
    """Tell the supervisor every second what the lane did, for who watches the server; a process that falls silent is killed.

    It has a thread of its own: all others may wait for a database that does not answer.
    """
    loop, telling = asyncio.get_running_loop(), ThreadPoolExecutor(1, "telling")
    try:
        while True:
            numbers = child.lane.gauge.numbers() | {"queue": child.lane.queue_length}
            with contextlib.suppress(OSError):
                await loop.run_in_executor(telling, child.supervisor.tell, numbers)
            await asyncio.sleep(TELL_EVERY_S)
    finally:
        telling.shutdown(wait=False)


def leave(code: int) -> NoReturn:
    """End at once: everything is written, and taking the interpreter apart would only keep Ctrl-C waiting."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
