"""Lines of the log as sentences for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache

from cat_server.runtime.logs import Line, start_logs
from cat_server.runtime.settings import SiteSettings
from question_bank.messages import Catalogue, preferred_language


@cache
def _texts() -> Catalogue:
    return Catalogue("cat_server.cli")


def words_of(settings: SiteSettings, language: str = "") -> Callable[[Line], str]:
    """Return what makes one sentence of a line, with the site's time of day and the process in front."""
    spoken = language or preferred_language()

    def words(line: Line) -> str:
        at = dt.datetime.fromtimestamp(line["at_ms"] / 1_000, settings.zone)
        event: dict[str, object] = {name: line[name] for name in ("chain", "number") if name in line}
        try:
            sentence = _texts().text(spoken, f"log_{line['code']}", {**line["params"], **event})
        except KeyError:  # a file of another version
            sentence = f"{line['code']} {line['params']}"
        if error := line.get("error"):
            sentence += f" ({error})"
        if left_out := line.get("left_out"):
            sentence += " " + _texts().text(spoken, "log_left_out", {"count": left_out})
        return f"{at:%Y-%m-%d %H:%M:%S} {line['process']}: {sentence}"

    return words


def log_for_people(settings: SiteSettings, process: str, language: str = "") -> None:
    """Log this process into the site's folder, and say warnings on standard error in words."""
    start_logs(
        settings.folder,
        process,
        file_mib=settings.logs.file_mib,
        files=settings.logs.files,
        echo=words_of(settings, language),
    )
