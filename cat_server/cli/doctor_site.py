"""Checks of the site: secrets, database, ledger, banks, certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cat_server.cli.doctor_finding import Check, Finding, go, problem, warning
from cat_server.cli.site_command import SiteCommand
from cat_server.queries.database_health import database_health, postgresql_server
from cat_server.queries.integrity import ledger_problems
from cat_server.queries.site_contents import banks
from cat_server.records.database_url import has_password, shown_url
from cat_server.records.engine import connect_as_writer
from cat_server.runtime import machine, tls_authority
from cat_server.runtime.addresses import lan_addresses
from cat_server.runtime.settings import SETTINGS_FILE
from question_bank.problems import Problem

_DAY_MS = 86_400_000
_EXPIRY_WARNING_DAYS = 14
_MOST_SHOWN = 5
_PUBLIC = frozenset({tls_authority.CA_FILE, tls_authority.CERTIFICATE_FILE})


def secrets(opened: SiteCommand) -> Iterator[Finding]:
    """The keys open, only their owner can read them, and everything belongs to one user."""
    settings = opened.settings
    assert opened.keyring  # noqa: S101 - opening it is the check; a refusal says what is wrong
    file = settings.folder / SETTINGS_FILE
    is_secret = has_password(settings.database_url)
    open_to_others = [
        *([file] if is_secret and file.stat().st_mode & 0o077 else []),
        *machine.readable_by_others(settings.keys_folder, _PUBLIC),
        *machine.readable_by_others(settings.banks_folder, frozenset()),
    ]
    for each in open_to_others[:_MOST_SHOWN]:
        yield problem(Problem("doctor_readable", params={"file": str(each)}))
    for each in machine.foreign_files(settings.folder)[:_MOST_SHOWN]:
        yield problem(Problem("doctor_foreign", params={"file": str(each), "folder": str(settings.folder)}))
    if not open_to_others:
        yield go(Problem("doctor_keys"))


def database(opened: SiteCommand) -> Iterator[Finding]:
    """Every page is sound, and the tables are of this program's version."""
    found = database_health(opened.reader)
    for each in found.page_problems[:_MOST_SHOWN]:
        yield problem(Problem("doctor_database_damaged", params={"reason": each}))
    params = {"version": found.version or "-", "wanted": found.wanted_version}
    if found.version == found.wanted_version:
        if not found.page_problems:
            yield go(Problem("doctor_database", params=params))
    elif found.version > found.wanted_version:
        yield problem(Problem("refusal_DATABASE_NEWER"))
    else:
        yield warning(Problem("doctor_database_older", params=params))
    yield from _server(opened)


def _server(opened: SiteCommand) -> Iterator[Finding]:
    """Tell whether the PostgreSQL server, where the site is on one, loses nothing, and has a second disk somewhere."""
    found = postgresql_server(opened.reader)
    if found is None:
        return
    connect_as_writer(opened.settings.database_url)
    shown = shown_url(opened.settings.database_url)
    yield go(Problem("doctor_postgresql", params={"version": found.version, "database": shown}))
    if found.standbys:
        yield go(Problem("doctor_postgresql_standby", params={"names": found.standbys}))
    else:
        yield warning(Problem("doctor_postgresql_alone"))
    if not found.has_checksums:
        yield warning(Problem("doctor_postgresql_no_checksums"))


def ledger(opened: SiteCommand) -> Iterator[Finding]:
    """Every chain of the ledger is whole, of open and of signed exam sessions."""
    found = ledger_problems(opened.reader, signed_too=True)
    for each in found[:_MOST_SHOWN]:
        yield problem(each)
    if found:
        yield problem(Problem("doctor_ledger_broken", params={"count": len(found)}))
    else:
        yield go(Problem("doctor_ledger"))


def bank_files(opened: SiteCommand) -> Iterator[Finding]:
    """Every bank opens with the keys of this site."""
    stored = banks(opened.reader)
    if not stored:
        yield problem(Problem("doctor_banks_none"))
        return
    for each in stored:
        opened.bank_files.bank(each.bank_id)
        opened.bank_files.keys(each.bank_id)
        opened.bank_files.statistics(each.bank_id, each.stats_hash)
    yield go(Problem("doctor_banks", params={"names": ", ".join(each.title for each in stored)}))


def certificate(opened: SiteCommand) -> Iterator[Finding]:
    """The certificate is valid for weeks, and for every address that browsers will use."""
    settings = opened.settings
    if settings.transport != "tls":
        yield (
            go(Problem("doctor_certificate_demo"))
            if settings.is_demo
            else problem(Problem("refusal_HTTP_NOT_ALLOWED"))
        )
        return
    issued = tls_authority.issued(settings.keys_folder)
    if issued is None:
        yield problem(Problem("refusal_CERTIFICATE_MISSING"))
        return
    now_ms = opened.clock.now().at_ms
    days = (issued.not_after_ms - now_ms) // _DAY_MS
    until = dt.datetime.fromtimestamp(issued.not_after_ms / 1000, tz=settings.zone).strftime("%Y-%m-%d")
    missing = [each for each in (*settings.hosts, *lan_addresses()) if each not in issued.names]
    if issued.not_after_ms <= now_ms:
        yield problem(Problem("refusal_CERTIFICATE_EXPIRED"))
    elif days < _EXPIRY_WARNING_DAYS:
        yield warning(Problem("doctor_certificate_ends", params={"until": until, "days": days}))
    elif not missing:
        yield go(
            Problem("doctor_certificate", params={"until": until, "fingerprint": issued.fingerprint[:16]})
        )
    if missing:
        names = ", ".join(dict.fromkeys(missing))
        yield warning(Problem("doctor_certificate_lacks", params={"names": names}))


SITE_CHECKS: tuple[Check, ...] = (secrets, database, ledger, bank_files, certificate)
