"""`cat-server logs`: what the server's processes logged, in the order of time and in words."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cat_server.cli.log_words import words_of
from cat_server.cli.site_command import DEFAULT_SITE, JsonOption, LanguageOption, SiteOption, site_command
from cat_server.runtime.logs import FOLDER, Line

_LEVELS = ("info", "warning", "error", "critical")
_POLL_S = 0.5


def logs_command(
    site: SiteOption = DEFAULT_SITE,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="Banyak baris terakhir / how many last lines")
    ] = 50,
    level: Annotated[
        str, typer.Option("--level", metavar="|".join(_LEVELS), help="Tingkat terendah / the lowest level")
    ] = "info",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Tunggu baris baru / wait for new lines")
    ] = False,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tampilkan catatan server dengan kata-kata. / Show what the server logged, in words."""
    if level not in _LEVELS:
        raise typer.BadParameter(" | ".join(_LEVELS), param_hint="--level")
    with site_command(site, lang, as_json) as opened:
        folder = opened.settings.folder / FOLDER
        wanted = _LEVELS[_LEVELS.index(level) :]
        words = words_of(opened.settings, opened.console.language)
        read = _Reading(folder)
        last = deque((each for each in read.new() if each["level"] in wanted), maxlen=lines)
        if as_json:
            opened.console.finish({"lines": list(last)})
        for each in last:
            typer.echo(words(each))
        if not last and not follow:
            opened.console.say("logs_none", folder=folder)
        while follow:
            for each in read.new():
                if each["level"] in wanted:
                    typer.echo(words(each))
            time.sleep(_POLL_S)
        opened.console.finish()


class _Reading:
    """Reads what was appended to the files of a folder since it looked last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at: dict[int, int] = {}

    def new(self) -> list[Line]:
        """Return new lines of all files in the order of time; what is no line is passed over."""
        found = [line for path in sorted(self._folder.glob("*.log*")) for line in self._lines(path)]
        return sorted(found, key=lambda line: int(line["at_ms"]))

    def _lines(self, path: Path) -> Iterator[Line]:
        try:
            with path.open("rb") as file:
                known = path.stat().st_ino  # a file keeps its number when it is moved aside
                file.seek(self._at.get(known, 0))
                whole, _, _ = file.read().rpartition(b"\n")
                self._at[known] = self._at.get(known, 0) + len(whole) + bool(whole)
        except FileNotFoundError:
            return
        for each in whole.splitlines():
            try:
                line = json.loads(each)
            except ValueError:
                continue
            if isinstance(line, dict) and {"at_ms", "process", "level", "code", "params"} <= line.keys():
                yield line
