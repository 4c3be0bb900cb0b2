"""Structured logs: one JSON object per line, one file per process in the site's folder `logs`, bounded and mode 0600.

A line has the time (UTC milliseconds), process, level, a code of `cat_server.domain.log_entries` and its parameters. Words of
exceptions are left out, since they may quote what somebody typed: their types, the system's own messages and the places in the
code are enough to find a bug.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from cat_server.domain.log_entries import LogEntry, RequestMalformed, Unexpected

FOLDER = "logs"
OWN = ("cat_server", "kiosk_ui", "monitoring", "question_bank")
"""Packages whose loggers speak the vocabulary, and from level INFO on."""
MOST_IN_A_MINUTE = 30
"""So many lines of one code; how many were left out stands in the next one."""
_LONGEST = 120
_LINE, _LEFT_OUT = "cat_line", "cat_is_left_out"
"""What the first handler leaves at a record for the second."""
_KNOWN: Mapping[str, LogEntry] = {"Invalid HTTP request received.": RequestMalformed()}
"""What libraries say that has a code of its own."""

_log = logging.getLogger(__name__)

Line = dict[str, Any]


def log_nowhere() -> None:
    """Let what this process logs go nowhere, until `start_logs`: a command says in sentences what went wrong."""
    logging.getLogger().addHandler(logging.NullHandler())


def start_logs(
    folder: Path, process: str, *, file_mib: int, files: int, echo: Callable[[Line], str] | None = None
) -> None:
    """Let everything that this process logs go to `folder/logs/<process>.log`, uncaught errors and libraries too.

    `files` of `file_mib` are kept. What `echo` makes of a warning or worse goes to standard error, for people. Where the folder
    cannot be written, standard error is all there is.
    """
    root = logging.getLogger()
    for each in tuple(root.handlers):
        root.removeHandler(each)
        each.close()
    root.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        path = folder / FOLDER / f"{process}.log"
        root.addHandler(_File(process, path, max_bytes=file_mib << 20, files=files))
    except OSError as error:
        sys.stderr.write(f"{folder / FOLDER}: {error.strerror}\n")
    if echo is not None:
        root.addHandler(_Echo(process, echo))
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def line_of(record: logging.LogRecord, process: str) -> Line:
    """Return a record as it is written. Whatever is not of the vocabulary is `UNEXPECTED`."""
    said = record.msg
    if not isinstance(said, LogEntry):
        first = str(said).partition("\n")[0][:_LONGEST] if isinstance(said, str) else type(said).__name__
        said = _KNOWN.get(first) or Unexpected(record.name, first)
    line: Line = {
        "at_ms": int(record.created * 1_000),
        "process": process,
        "pid": record.process,
        "level": record.levelname.lower(),
        "code": said.code,
        "params": said.params(),
    }
    for name in ("chain", "number"):
        if name in line["params"]:
            line[name] = line["params"].pop(name)
    if error := record.exc_info[1] if record.exc_info else None:
        line["error"], line["traceback"] = error_words(error), list(_places(error))
    return line


def error_words(error: BaseException) -> str:
    """Return what an error is, without anything that it may quote: its type, and what the operating system or database says."""
    kind = type(error).__name__
    if isinstance(error, OSError):
        return f"{kind}: {error.strerror}" if error.strerror else kind
    original = getattr(error, "orig", None)
    return f"{kind}: {str(original).partition(chr(10))[0][:_LONGEST]}" if original is not None else kind


def _places(error: BaseException) -> Iterator[str]:
    """Yield file, line and function of each call, the innermost last; those of causes come first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _places(cause)
        yield f"{error_words(cause)} ->"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:  # noqa: ANN401 - as Python has it
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        _log.critical(Unexpected("uncaught", kind.__name__), exc_info=(kind, error or kind(), trace))


class _Flood(logging.Filter):
    """Lets only so many lines of one code pass in a minute, and counts the others."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if _LINE not in record.__dict__:
            record.__dict__[_LINE] = line = line_of(record, self._process)
            key = (line["code"], str(line["params"].get("source", "")))
            since, count = self._seen.get(key, (record.created, 0))
            if not 0 <= record.created - since < 60:  # a clock put back ends the minute too
                if count > MOST_IN_A_MINUTE:
                    line["left_out"] = count - MOST_IN_A_MINUTE
                since, count = record.created, 0
            self._seen[key] = (since, count + 1)
            record.__dict__[_LEFT_OUT] = count >= MOST_IN_A_MINUTE
        return not record.__dict__[_LEFT_OUT]


class _File(RotatingFileHandler):
    def __init__(self, process: str, path: Path, *, max_bytes: int, files: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=files - 1, encoding="utf-8")
        self.addFilter(_Flood(process))

    def _open(self) -> IO[str]:  # type: ignore[override]  # the library promises a narrower type
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(record.__dict__[_LINE], ensure_ascii=False)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Go on: a full disk must not stop anybody, and is told of by who meets it."""


class _Echo(logging.StreamHandler[Any]):
    def __init__(self, process: str, echo: Callable[[Line], str]) -> None:
        super().__init__(sys.stderr)
        self.setLevel(logging.WARNING)
        self._echo = echo
        self.addFilter(_Flood(process))

    def format(self, record: logging.LogRecord) -> str:
        return self._echo(record.__dict__[_LINE])

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Go on: nobody may be looking."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
