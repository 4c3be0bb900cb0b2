"""`cat-server officer`: add officers, list them."""

from __future__ import annotations

from typing import Annotated

import typer

from cat_server.actions.officers import COMMITTEES, ROLES, NewOfficer, add_officer
from cat_server.cli.site_command import DEFAULT_SITE, JsonOption, LanguageOption, SiteOption, site_command
from cat_server.queries.officers import officers

officer_app = typer.Typer(no_args_is_help=True, help="Petugas: tambah, daftar. / Officers.")


@officer_app.command("add")
def add_command(
    username: Annotated[str, typer.Argument(metavar="USERNAME", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Nama lengkap / full name", show_default=False)],
    role: Annotated[str, typer.Option("--role", help=" | ".join(ROLES), show_default=False)],
    committee: Annotated[str, typer.Option("--committee", help=" | ".join(COMMITTEES[:2]))] = "",
    nip: Annotated[str, typer.Option("--nip", help="NIP, boleh kosong / may be empty")] = "",
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tambah petugas; sandi dan frasa tanda tangan acak, tampil sekali. / Add an officer."""
    with site_command(site, lang, as_json) as opened:
        added = add_officer(opened.lane, NewOfficer(username, name, role, committee, nip))
        console = opened.console
        console.say("officer_added", username=added.officer.username, name=added.officer.name)
        console.line()
        console.line(f"  {console.text('officer_password')}: {added.password}", style="bold")
        console.line(f"  {console.text('officer_passphrase')}: {added.passphrase}", style="bold")
        console.line()
        console.say("officer_shown_once")
        opened.next_step("cat-server room import FILE.csv")
        console.finish(
            {
                "officer_id": added.officer.officer_id,
                "username": added.officer.username,
                "role": added.officer.role,
                "committee": added.officer.committee,
                "public_key": added.officer.public_key,
                "password": added.password,
                "passphrase": added.passphrase,
            }
        )


@officer_app.command("list")
def list_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Daftar petugas. / List officers."""
    with site_command(site, lang, as_json) as opened:
        found = officers(opened.reader)
        opened.console.table(
            ("cli_username", "cli_name", "cli_role", "cli_committee"),
            [(each.username, each.name, each.role, each.committee or "-") for each in found],
        )
        if not found:
            opened.next_step(
                "cat-server officer add USERNAME --name NAME --role coordinator --committee delivery_team"
            )
        opened.console.finish(
            {
                "officers": [
                    {
                        "officer_id": each.officer_id,
                        "username": each.username,
                        "name": each.name,
                        "role": each.role,
                        "committee": each.committee,
                        "public_key": each.public_key,
                    }
                    for each in found
                ]
            }
        )
