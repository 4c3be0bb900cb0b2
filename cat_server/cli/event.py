"""`cat-server event`: create an exam event, list events."""

from __future__ import annotations

from typing import Annotated

import typer

from cat_server.actions.create_exam_event import create_exam_event
from cat_server.cli.site_command import DEFAULT_SITE, JsonOption, LanguageOption, SiteOption, site_command
from cat_server.domain.refusals import Refusal
from cat_server.queries.site_contents import ExamEvent, exam_events
from cat_server.runtime.tokens import new_id

SCOREBOARDS = ("live", "delayed", "progress", "off")

event_app = typer.Typer(no_args_is_help=True, help="Kegiatan seleksi: buat, daftar. / Exam events.")


@event_app.command("create")
def create_command(
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Nama kegiatan / name", show_default=False)],
    scoreboard: Annotated[str, typer.Option("--scoreboard", help=" | ".join(SCOREBOARDS))] = "",
    masking: Annotated[
        bool | None, typer.Option("--masking/--no-masking", help="Samarkan nama di papan nilai / mask names")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat kegiatan; kebijakan papan nilai ikut situs bila tidak disebut. / Create an event."""
    with site_command(site, lang, as_json) as opened:
        policy = opened.settings.policy
        wanted = scoreboard or policy.scoreboard
        if wanted not in SCOREBOARDS:
            raise Refusal("SCOREBOARD", {"scoreboard": wanted, "known": ", ".join(SCOREBOARDS)})
        event = ExamEvent(
            exam_event_id=new_id(),
            code=code,
            name=name.strip(),
            is_demo=opened.settings.is_demo,
            kiosk_binding="open" if opened.settings.is_demo else "enrolled",
            scoreboard=wanted,
            scoreboard_delay_s=policy.scoreboard_delay_s if wanted == "delayed" else 0,
            scoreboard_masking=policy.scoreboard_masking if masking is None else masking,
        )
        create_exam_event(opened.lane, event)
        opened.console.say("event_created", event=code, name=event.name)
        opened.next_step(f"cat-server event formations FILE.csv --event {code}")
        opened.next_step(f"cat-server roster import FILE.csv --event {code}")
        opened.console.finish(_as_object(event))


@event_app.command("list")
def list_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Daftar kegiatan. / List events."""
    with site_command(site, lang, as_json) as opened:
        found = exam_events(opened.reader)
        opened.console.table(
            ("cli_code", "cli_name", "cli_scoreboard"),
            [(each.code, each.name, each.scoreboard) for each in found],
        )
        if not found:
            opened.next_step("cat-server event create CODE --name NAME")
        opened.console.finish({"events": [_as_object(each) for each in found]})


def _as_object(event: ExamEvent) -> dict[str, object]:
    return {
        "event": event.code,
        "name": event.name,
        "scoreboard": event.scoreboard,
        "scoreboard_delay_s": event.scoreboard_delay_s,
        "scoreboard_masking": event.scoreboard_masking,
        "kiosk_binding": event.kiosk_binding,
    }
