"""What all measurements of one run share: where sites are made, how long to measure, what was found so far."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.bench_server.filled_site import KIOSKS_FILE, FilledSite, kept_site
from scripts.bench_server.site_filler import fill_site, make_ready, start


@dataclass(slots=True)
class Bench:
    """One run. `rows` gathers what was measured; `tell` says what is being done now. `is_pinned`: saves have one core for the server."""

    folder: Path
    seconds: float
    warm_up_s: float
    tell: Callable[[str], None]
    is_pinned: bool = True
    rows: list[dict[str, Any]] = field(default_factory=list)
    database: str = "sqlite"

    def registered(self, people: int, exam_s: int = 0) -> FilledSite:
        """Return a site where everybody is checked in, for an exam of `exam_s`, else as long as the profile says."""
        name = f"registered-{exam_s}s" if exam_s else "registered"
        return self._site(name, people, lambda folder: fill_site(folder, people, exam_s))

    def ready(self, people: int) -> FilledSite:
        """Return a site where everybody waits for the start."""
        return self._site("ready", people, lambda folder: make_ready(self.registered(people), folder))

    def running(self, people: int) -> FilledSite:
        """Return a site where everybody works."""
        return self._site("running", people, lambda folder: start(self.ready(people), folder))

    def add(self, measure: str, server: str, kiosks: int, **figures: object) -> None:
        """Keep a row."""
        row = {"measure": measure, "server": server, "kiosks": kiosks, "database": self.database}
        self.rows.append(row | figures)

    def _site(self, name: str, people: int, make: Callable[[Path], FilledSite]) -> FilledSite:
        folder = self.folder / f"{name}-{people}"
        if not (folder / KIOSKS_FILE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            self.tell(f"making a site: {people:,} people, {name}")
            make(folder)
        return kept_site(folder)
