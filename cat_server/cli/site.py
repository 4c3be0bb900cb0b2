"""`cat-server site`: make a site, show it, hand out its public keys, renew its certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cat_server.cli.database_option import DatabaseOption, checked_database
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    command,
    site_command,
)
from cat_server.cli.site_creation import certified_names, create_site, demo_values
from cat_server.domain.refusals import Refusal
from cat_server.queries.officers import officers
from cat_server.queries.site_contents import banks, exam_events, exam_sessions, rooms
from cat_server.results.trusted_keys import TrustedKeys, TrustedOfficer, write_trusted_keys
from cat_server.runtime import tls_authority
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.public_keys import fingerprint
from cat_server.runtime.supervisor import SiteLock

site_app = typer.Typer(no_args_is_help=True, help="Situs: buat, lihat, kunci publik. / The site.")

HostOption = Annotated[
    list[str] | None,
    typer.Option(
        "--host", metavar="NAMA", help="Nama atau alamat server di LAN / the server's name or address"
    ),
]


@site_app.command("init")
def init_command(
    context: typer.Context,
    site: SiteOption = DEFAULT_SITE,
    host: HostOption = None,
    code: Annotated[str, typer.Option("--code", help="Kode titik lokasi / site code")] = "CAT",
    name: Annotated[str, typer.Option("--name", help="Nama titik lokasi / name")] = "Titik Lokasi CAT",
    timezone: Annotated[str, typer.Option("--timezone", help="Asia/Jakarta ...")] = "Asia/Jakarta",
    demo: Annotated[
        bool, typer.Option("--demo", help="Demo: HTTP, hanya komputer ini / this PC only")
    ] = False,
    database: DatabaseOption = "",
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat situs baru: kunci, sertifikat TLS, basis data. / Make a new site."""
    with command(lang, as_json) as console:
        values: dict[str, object] = {"timezone": timezone, "database": checked_database(context, database)}
        values |= demo_values() if demo else {"site_code": code, "name": name}
        settings = create_site(site, values, tuple(host or ()))
        opened = SiteCommand(console, site)
        console.say("site_made", folder=site, name=settings.name)
        issued = tls_authority.issued(settings.keys_folder)
        if issued:
            console.say("site_certificate", names=", ".join(issued.names))
            console.say("site_authority", file=settings.keys_folder / tls_authority.CA_FILE)
        opened.next_step(
            "cat-server officer add USERNAME --name NAME --role coordinator --committee delivery_team"
        )
        console.finish({"site": str(site), "site_code": settings.site_code, "is_demo": settings.is_demo})


@site_app.command("show")
def show_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Tampilkan isi situs. / Show what the site holds."""
    with site_command(site, lang, as_json) as opened:
        settings, reader = opened.settings, opened.reader
        facts = {
            "site_code": settings.site_code,
            "name": settings.name,
            "timezone": settings.timezone,
            "transport": settings.transport,
            "is_demo": settings.is_demo,
            "public_key": opened.keyring.public_key_hex,
            "fingerprint": fingerprint(opened.keyring.public_key_hex),
            "officers": len(officers(reader)),
            "rooms": len(rooms(reader)),
            "banks": len(banks(reader)),
            "events": len(exam_events(reader)),
            "exam_sessions": len(exam_sessions(reader)),
        }
        opened.console.table(("cli_what", "cli_value"), [(name, str(value)) for name, value in facts.items()])
        opened.console.finish(facts)


@site_app.command("keys")
def keys_command(
    site: SiteOption = DEFAULT_SITE,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Tulis ke berkas / write to a file")
    ] = None,
    lang: LanguageOption = "",
) -> None:
    """Cetak kunci publik untuk memeriksa paket hasil (JSON). / Print the public keys that verifiers trust."""
    with site_command(site, lang, as_json=False) as opened:
        trusted = TrustedKeys(
            opened.settings.site_code,
            opened.keyring.public_key_hex,
            tuple(
                TrustedOfficer(each.officer_id, each.name, each.committee, each.public_key)
                for each in officers(opened.reader)
                if each.committee and each.is_active
            ),
        )
        text = write_trusted_keys(trusted)
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
            opened.console.say("site_keys_written", file=out)
        opened.console.finish()


@site_app.command("certificate")
def certificate_command(
    site: SiteOption = DEFAULT_SITE,
    host: HostOption = None,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat ulang sertifikat TLS untuk alamat sekarang. / Issue a new certificate for the present addresses."""
    with site_command(site, lang, as_json) as opened:
        settings = opened.settings
        if settings.transport != "tls":
            raise Refusal("NO_TLS_HERE")
        lock = SiteLock(settings.folder / "serve.lock")
        tls_authority.remove(settings.keys_folder)
        names = certified_names(tuple(host or ()))
        issued = tls_authority.issue(
            settings.keys_folder, settings.site_code, names, SystemClock().now().at_ms
        )
        lock.release()
        opened.console.say("site_certificate", names=", ".join(issued.names))
        opened.console.say("site_authority", file=settings.keys_folder / tls_authority.CA_FILE)
        opened.next_step("cat-server serve")
        opened.console.finish({"names": list(issued.names), "fingerprint": issued.fingerprint})
