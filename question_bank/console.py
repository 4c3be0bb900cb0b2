"""One manner for every command: people read sentences, programs one JSON object; exit 0 done, 1 problems, 2 usage."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import rich.console
import rich.table
from rich.markup import escape
from rich.progress import Progress

from question_bank.messages import Catalogue, preferred_language
from question_bank.problems import Place, Problem


class Console:
    """What a command prints, in the reader's language.

    With `as_json` nothing is printed but one object on stdout, by `finish`; progress goes to stderr either way.
    """

    def __init__(self, catalogue: Catalogue, language: str = "", *, as_json: bool = False) -> None:
        self.catalogue = catalogue
        self.language = language or preferred_language()
        self.as_json = as_json
        self._out = rich.console.Console(highlight=False, soft_wrap=True)
        self._err = rich.console.Console(highlight=False, soft_wrap=True, stderr=True)

    def text(self, code: str, **params: object) -> str:
        """Return a message of the catalogue."""
        return self.catalogue.text(self.language, code, params)

    def say(self, code: str, **params: object) -> None:
        """Print a message of the catalogue."""
        self.line(self.text(code, **params))

    def line(self, text: str = "", style: str = "") -> None:
        """Print a line as it is (a name, a secret, an address)."""
        if not self.as_json:
            self._out.print(escape(text), style=style or None)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table; `headings` are message codes."""
        if self.as_json:
            return
        table = rich.table.Table(*(self.text(heading) for heading in headings), box=None, pad_edge=False)
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._out.print(table)

    def progress(self) -> Progress:
        """Return a progress display for long work, on stderr."""
        return Progress(console=self._err, transient=True, disable=self.as_json)

    def report(self, problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
        """Print warnings and problems, for a command that has more to say after them."""
        if self.as_json:
            return
        for each in warnings:
            self._err.print(escape(self.sentence(each)), style="yellow")
        for each in problems:
            self._err.print(escape(self.sentence(each)), style="red")

    def finish(
        self,
        result: dict[str, Any] | None = None,
        problems: Sequence[Problem] = (),
        warnings: Sequence[Problem] = (),
        *,
        failed: bool | None = None,
        reported: bool = False,
    ) -> NoReturn:
        """Print every problem and warning (or the one JSON object) and exit 0, or 1 if there are problems.

        `failed` decides instead where problems were reported but the command did its work (`--keep-good`);
        `reported` says that `report` has printed them already.
        """
        if self.as_json:
            content = {
                **(result or {}),
                "problems": [self._as_object(each) for each in problems],
                "warnings": [self._as_object(each) for each in warnings],
            }
            sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        elif not reported:
            self.report(problems, warnings)
        is_failed = bool(problems) if failed is None else failed
        sys.stdout.flush()
        raise SystemExit(1 if is_failed else 0)

    def sentence(self, problem: Problem) -> str:
        """Return a problem with its place in front, as one line for a person."""
        place = self._place(problem.place)
        message = self.catalogue.text(self.language, problem.code, problem.params)
        return f"{place}: {message}" if place else message

    def _as_object(self, problem: Problem) -> dict[str, Any]:
        message = self.catalogue.text(self.language, problem.code, problem.params)
        return {
            "code": problem.code,
            "place": problem.place.as_dict(),
            "message": message,
            "params": dict(problem.params),
        }

    def _place(self, place: Place) -> str:
        parts = [place.file, place.sheet]
        if place.row is not None:
            parts.append(self.text("place_row", row=place.row))
        if place.column:
            parts.append(self.text("place_column", column=place.column))
        if place.item:
            parts.append(self.text("place_item", item=place.item))
        return ", ".join(part for part in parts if part)
