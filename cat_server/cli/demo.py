"""`cat-server demo`: prepare a demo site, show its card, let a crowd sit the exam."""

from __future__ import annotations

from typing import Annotated

import typer

from cat_server.cli.demo_card import CARD_FILE, demo_card, read_demo_secrets
from cat_server.cli.demo_crowd import run_crowd
from cat_server.cli.demo_site import prepare_demo
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    command,
    site_command,
)

demo_app = typer.Typer(no_args_is_help=True, help="Demo: siapkan, kartu, keramaian. / The demo.")


@demo_app.command("prepare")
def prepare_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Buat situs demo lengkap: petugas, ruang, soal, peserta, sesi. / Make a complete demo site."""
    with command(lang, as_json) as console:
        with console.progress() as progress:
            progress.add_task(console.text("demo_preparing"), total=None)
            card = prepare_demo(console, site)
        console.line(card)
        opened = SiteCommand(console, site)
        opened.next_step("cat-server serve")
        console.finish({"site": str(site), "card": str(site / CARD_FILE)})


@demo_app.command("card")
def card_command(site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "") -> None:
    """Cetak lagi kartu demo. / Print the demo's card again."""
    with site_command(site, lang, as_json=False) as opened:
        opened.console.line(demo_card(opened.console, opened.settings, read_demo_secrets(site), site))
        opened.console.finish()


@demo_app.command("crowd")
def crowd_command(
    count: Annotated[int, typer.Argument(metavar="N", min=1, max=500, show_default=False)],
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.1, max=600, help="Paling lama sekian menit / at most so long")
    ] = 15.0,
    pace: Annotated[
        float, typer.Option("--pace", min=0.02, max=120, help="Detik per butir, rata-rata / seconds per item")
    ] = 12.0,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Dudukkan N peserta tiruan lewat HTTP sungguhan. / Seat N simulated participants through real HTTP."""
    with site_command(site, lang, as_json) as opened:
        run_crowd(opened, count, minutes * 60, pace)
