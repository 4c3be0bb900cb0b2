"""`cat-server room`: import rooms, list them, write a template."""

from __future__ import annotations

import typer

from cat_server.actions.import_rooms import import_rooms
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteOption,
    command,
    site_command,
)
from cat_server.cli.template_file import write_template
from cat_server.queries.site_contents import Room, rooms
from cat_server.runtime.room_file import read_rooms, write_room_template
from question_bank.cli import FileArgument

room_app = typer.Typer(no_args_is_help=True, help="Ruang dan kursi: impor, templat, daftar. / Rooms.")


@room_app.command("import")
def import_command(
    file: FileArgument,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Impor ruang dari CSV atau XLSX: semua atau tidak sama sekali. / Import rooms, all or none."""
    with site_command(site, lang, as_json) as opened:
        plans, problems, warnings = read_rooms(file)
        if problems:
            opened.console.finish({"rooms": 0}, problems, warnings)
        added = import_rooms(opened.lane, plans)
        opened.console.say("rooms_added", count=len(added), seats=sum(len(each.seats) for each in added))
        opened.next_step("cat-server bank import FILE.csv")
        opened.console.finish({"rooms": [_as_object(each) for each in added]}, warnings=warnings)


@room_app.command("list")
def list_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Daftar ruang. / List rooms."""
    with site_command(site, lang, as_json) as opened:
        found = rooms(opened.reader)
        opened.console.table(
            ("cli_code", "cli_name", "cli_seats", "cli_spares"),
            [
                (each.code, each.name, str(len(each.seats)), str(len(each.seats) - each.ordinary_seats))
                for each in found
            ],
        )
        if not found:
            opened.next_step("cat-server room import FILE.csv")
        opened.console.finish({"rooms": [_as_object(each) for each in found]})


@room_app.command("template")
def template_command(file: FileArgument, lang: LanguageOption = "", as_json: JsonOption = False) -> None:
    """Tulis templat daftar ruang (.csv atau .xlsx). / Write a template."""
    with command(lang, as_json) as console:
        write_template(console, file, write_room_template, f"cat-server room import {file}")


def _as_object(room: Room) -> dict[str, object]:
    return {
        "code": room.code,
        "name": room.name,
        "seats": len(room.seats),
        "spares": len(room.seats) - room.ordinary_seats,
    }
