"""`cat-server front`: the configuration of a program that stands between the rooms and the server."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cat_server.cli.site_command import DEFAULT_SITE, LanguageOption, SiteOption, site_command
from cat_server.domain.refusals import Refusal

front_app = typer.Typer(no_args_is_help=True, help="Perangkat depan: nginx. / A front: nginx.")


@front_app.callback()
def front_group() -> None:
    """Perangkat depan untuk situs besar. / A front for big sites."""


@front_app.command("nginx")
def nginx_command(
    site: SiteOption = DEFAULT_SITE,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Tulis ke berkas / write to a file")
    ] = None,
    lang: LanguageOption = "",
) -> None:
    """Tulis konfigurasi nginx untuk situs ini. / Write nginx's configuration for this site."""
    with site_command(site, lang, as_json=False) as opened:
        if not opened.settings.front.trusted:
            raise Refusal("FRONT_NOT_TRUSTED")
        # The web apps, whose bounds are asked, take long to load; no other command should wait for them.
        text: str = import_module("cat_server.cli.front_nginx").nginx_configuration(opened.settings)
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
            opened.console.say("front_written", file=out)
            opened.console.say("front_next", file=out)
        opened.console.finish()
