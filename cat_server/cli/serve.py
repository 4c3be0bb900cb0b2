"""`cat-server serve`: the supervisor of the kiosk and the monitoring process."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated

import typer

from cat_server.cli import forge
from cat_server.cli.demo_card import SECRETS_FILE, demo_card, read_demo_secrets
from cat_server.cli.opened_site import DEFAULT_SITE, OpenedSite, SiteOption, command
from cat_server.cli.start_found import Found
from cat_server.domain.log_entries import BackupFailed, BackupMade, ServerStarted, ServerStopped
from cat_server.domain.refusals import Refusal
from cat_server.runtime import tls_authority
from cat_server.runtime.addresses import ANY, bind, is_loopback, lan_addresses
from cat_server.runtime.backup_schedule import BackupSchedule
from cat_server.runtime.ballast import hold_back, let_go
from cat_server.runtime.forge import Forge, ForgedProcess
from cat_server.runtime.logs import start_logs
from cat_server.runtime.settings import SiteSettings
from cat_server.runtime.software import software
from cat_server.runtime.supervisor import Child, Role, SiteLock, Supervisor
from question_bank.cli_options import LanguageOption

_EXPIRY_WARNING_MS = 14 * 86_400_000
_log = logging.getLogger(__name__)


def serve_command(
    site: SiteOption = DEFAULT_SITE,
    lan: Annotated[
        bool, typer.Option("--lan", help="Buka demo untuk LAN, tanpa enkripsi / open a demo to the LAN")
    ] = False,
    new_journal: Annotated[
        bool,
        typer.Option("--new-journal", help="Mulai jurnal baru: perangkat lama hilang / begin a new journal"),
    ] = False,
    lang: LanguageOption = "",
) -> None:
    """Jalankan server: kios, pemantauan, dan papan nilai. Ctrl-C menghentikan. / Run the server."""
    with command(lang, as_json=False) as console:
        opened = OpenedSite(console, site)
        settings = opened.settings
        _check_transport(opened, lan)
        forged = forge.begin_forge()
        lock = SiteLock(settings.folder / "serve.lock")
        sockets: list[socket.socket] = []
        try:
            found = _check_records(opened, forged, lock, new_journal=new_journal)
            hold_back(settings.folder, settings.disk.ballast_mib, beyond_mib=settings.disk.floor_mib)
            start_logs(settings.folder, "serve", file_mib=settings.logs.file_mib, files=settings.logs.files)
            _log.info(ServerStarted(software(), settings.kiosk_workers))
            sockets = _serve(opened, lan, forged, found)
            _log.info(ServerStopped())
        finally:
            forged.close()
            for each in sockets:
                each.close()
            let_go(settings.folder)
            lock.release()
        opened.console.say("serve_stopped")
        opened.console.finish()


def _check_records(opened: OpenedSite, forged: Forge, lock: SiteLock, *, new_journal: bool) -> Found:
    """Have the records checked by a process of its own, which holds the site as long as it works; say no more where it said why not."""
    also = ["--new-journal"] if new_journal else []
    checks = _begin_checks(opened, forged, also, [lock.fileno()])
    try:
        code = checks.wait()
    finally:
        _let_go_of(checks)
    if code < 0:
        raise Refusal("SERVE_FAILED")
    if code & ~(Found.WITHOUT_BASE | Found.PAGES_LEFT):
        raise SystemExit(1)
    return Found(code)


def _begin_checks(
    opened: OpenedSite, forged: Forge, also: Sequence[str], fds: Sequence[int] = ()
) -> ForgedProcess:
    passed = ["--site", str(opened.folder), "--lang", opened.console.language, *also]
    return forged.start("cat-checks", [forge.CHECKS, *passed], fds)


def _let_go_of(process: ForgedProcess) -> None:
    """End what lives as long as its standard input does."""
    if process.stdin is not None:
        process.stdin.close()


def _serve(opened: OpenedSite, lan: bool, forged: Forge, found: Found) -> list[socket.socket]:
    settings = opened.settings
    workers = settings.kiosk_workers

    def listening(name: str, *, is_shared: bool = False) -> list[socket.socket]:
        addresses, port = settings.doors[name]
        is_open = lan and not settings.front.trusted
        return bind(("0.0.0.0",) if is_open else addresses, port, is_shared=is_shared)  # noqa: S104 - on explicit wish

    kiosk = listening("kiosk", is_shared=workers > 1)
    monitoring, scoreboard = listening("monitoring"), listening("scoreboard")
    program = [sys.executable, "-m"]
    folder = ["--site", str(settings.folder.absolute())]
    kiosk_command = [forge.KIOSK, *folder, "--kiosk-fds", _numbers(kiosk)]
    children = [
        *(
            Child(Role.KIOSK, [*kiosk_command, "--worker", str(number)], kiosk, number)
            for number in (range(1, workers + 1) if workers > 1 else (0,))
        ),
        Child(
            Role.MONITORING,
            [
                *(forge.MONITORING, *folder),
                *("--monitoring-fds", _numbers(monitoring), "--scoreboard-fds", _numbers(scoreboard)),
            ],
            [*monitoring, *scoreboard],
        ),
    ]
    console = opened.console

    def on_ready() -> None:
        with suppress(OSError):
            _announce(opened, {"kiosk": kiosk, "monitoring": monitoring, "scoreboard": scoreboard})

    def notice(event: str, role: str) -> None:
        # The log has it: a console that is gone must cost nobody the server.
        with suppress(OSError):
            console.say(f"serve_{event}", role=role)

    schedule = _schedule(
        opened, found, [*program, "cat_server.cli.main", "backup", "--gently", "--json", *folder]
    )
    supervisor = Supervisor(children, opened.keyring, opened.bank_files, notice, forged.start)
    pages = _PageCheck(supervisor, Found.PAGES_LEFT in found)

    def on_settled() -> None:
        pages.begin_once(lambda: _begin_checks(opened, forged, ["--pages"]))
        forged.rest()
        pages.follow()

    try:
        if schedule is not None:
            schedule.start()
        if not supervisor.run(on_ready, on_settled):
            raise Refusal("SERVE_FAILED")
    finally:
        pages.stop()
        if schedule is not None:
            schedule.stop()
        for each in (*kiosk, *monitoring, *scoreboard):
            each.close()
    return [*kiosk, *monitoring, *scoreboard]


class _PageCheck:
    """Reads the pages that a start had no time for, while the server runs, and tells monitoring what came of it."""

    def __init__(self, supervisor: Supervisor, is_needed: bool) -> None:
        self._supervisor = supervisor
        self._is_needed = is_needed
        self._process: ForgedProcess | None = None
        self._following: threading.Thread | None = None

    def begin_once(self, begin: Callable[[], ForgedProcess]) -> None:
        """Begin where it is needed."""
        if self._is_needed and self._process is None:
            self._process = begin()
            self._supervisor.tell("pages", {"left": 1})

    def follow(self) -> None:
        """Wait for its end beside everything else; its forge must be at rest, so that the end is told to this process."""
        if self._process is not None and self._following is None:
            self._following = threading.Thread(target=self._wait, name="pages", daemon=True)
            self._following.start()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            _let_go_of(self._process)

    def _wait(self) -> None:
        if self._process is not None and (code := self._process.wait()) in (Found.SOUND, Found.PAGES_DAMAGED):
            self._supervisor.tell("pages", {"damaged": int(code == Found.PAGES_DAMAGED)})


def _schedule(opened: OpenedSite, found: Found, program: Sequence[str]) -> BackupSchedule | None:
    """Return what makes backups while the server runs; the first one comes before the doors open where none fits."""
    settings, console = opened.settings, opened.console
    if settings.backup_folder is None:
        if not settings.is_demo:
            console.say("serve_no_backups")
        return None

    def tell(code: str, message: str) -> None:
        if code == "works":
            _log.info(BackupMade())
        else:
            _log.error(BackupFailed())
        console.say(f"serve_backup_{code}", message=message, folder=settings.backup_folder)

    schedule = BackupSchedule(program, settings.backup.every_s, tell)
    if Found.WITHOUT_BASE in found:
        schedule.make_one()
    return schedule


def _check_transport(opened: OpenedSite, lan: bool) -> None:
    settings = opened.settings
    if settings.transport == "http":
        if not settings.is_demo:
            raise Refusal("HTTP_NOT_ALLOWED")
        listens = (*settings.kiosk_listen, *settings.monitoring_listen)
        if not lan and not all(is_loopback(each) for each in listens):
            raise Refusal("DEMO_LOOPBACK_ONLY")
        if lan:
            opened.console.say("serve_demo_is_open")
        return
    issued = tls_authority.issued(settings.keys_folder)
    if issued is None:
        raise Refusal("CERTIFICATE_MISSING")
    now_ms = opened.clock.now().at_ms
    if issued.not_after_ms <= now_ms:
        raise Refusal("CERTIFICATE_EXPIRED")
    missing = [each for each in lan_addresses() if each not in issued.names]
    if missing:
        opened.console.say("serve_certificate_lacks", addresses=", ".join(missing))
    if issued.not_after_ms - now_ms < _EXPIRY_WARNING_MS:
        opened.console.say("serve_certificate_ends")


def _numbers(sockets: Sequence[socket.socket]) -> str:
    return ",".join(str(each.fileno()) for each in sockets)


def _announce(opened: OpenedSite, sockets: Mapping[str, Sequence[socket.socket]]) -> None:
    settings, console = opened.settings, opened.console
    if settings.is_demo and (settings.folder / SECRETS_FILE).exists():
        secrets = read_demo_secrets(settings.folder)
        console.line(demo_card(console, settings, secrets, opened.folder))
    rooms, officers = settings.kiosk_listen, settings.monitoring_listen
    kiosks = _addresses(settings, sockets["kiosk"], rooms, settings.kiosk_port)
    boards = _addresses(settings, sockets["monitoring"], officers, settings.monitoring_port)
    public = _addresses(settings, sockets["scoreboard"], officers, settings.scoreboard_port)
    console.say("serve_kiosks", addresses=kiosks)
    console.say("serve_monitoring", addresses=boards)
    console.say("serve_scoreboard", addresses=public)
    if settings.kiosk_workers > 1:
        console.say("serve_workers", count=settings.kiosk_workers)
    if settings.front.trusted:
        console.say("serve_front", ports=", ".join(str(port) for _, port in settings.doors.values()))
    console.say("serve_stop_hint")
    sys.stdout.flush()


def _addresses(
    settings: SiteSettings, sockets: Sequence[socket.socket], listen: Sequence[str], port: int
) -> str:
    """Return where browsers go: to the front, which listens so, or else to the sockets; on every address, to the LAN's."""
    hosts = list(listen)
    if not settings.front.trusted:
        port = sockets[0].getsockname()[1]
        hosts = [str(each.getsockname()[0]) for each in sockets]
    if any(each in ANY for each in hosts):
        hosts = [*lan_addresses(), "127.0.0.1"]
    return "  ".join(f"{settings.scheme}://{each}:{port}/" for each in hosts)
