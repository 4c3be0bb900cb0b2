"""`cat-server ups`: what Network UPS Tools calls when the power changes (NOTIFYCMD of upsmon.conf)."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from cat_server.actions.report_power import report_power
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteOption,
    site_command,
)
from cat_server.domain.power import POWER_OF


def ups_command(
    message: Annotated[
        str,
        typer.Argument(metavar="[PESAN]", help="Kalimat dari upsmon / upsmon's sentence", show_default=False),
    ] = "",
    notice: Annotated[
        str,
        typer.Option(
            "--notice",
            envvar="NOTIFYTYPE",
            metavar="JENIS",
            help="ONBATT, LOWBATT, ONLINE ...",
            show_default=False,
        ),
    ] = "",
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Terima kabar UPS; baterai hampir habis menjeda semua ruang. / Take the UPS's word; a low battery pauses all rooms."""
    with site_command(site, lang, as_json) as opened:
        console = opened.console
        kind = notice.strip().upper()
        if not kind:
            raise typer.BadParameter(console.text("ups_notice_missing"), param_hint="--notice")
        power = POWER_OF.get(kind)
        if power is None:
            console.say("ups_nothing", notice=kind)
            console.finish({"power": "", "paused": []})
        reason = console.text("ups_reason", message=message.strip() or kind)
        paused = asyncio.run(report_power(opened.lane, power, reason))
        console.say(f"ups_{power.value.lower()}")
        if paused:
            console.say("ups_paused", sessions=", ".join(paused))
        console.finish({"power": power.value, "paused": list(paused)})
