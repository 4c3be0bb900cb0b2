"""A running room to be treated badly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.torture import COUNTS, SHOWN
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import Served, copied_site, prepare_site


@pytest.fixture(scope="session")
def template_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared demo site that is never served, only copied; its exam lasts longer than any rig."""
    return prepare_site(tmp_path_factory.mktemp("template") / "site", minutes="300")


@pytest.fixture
def served(template_site: Path, tmp_path: Path) -> Iterator[Served]:
    """A demo site of the test's own, served by the real command."""
    site = copied_site(template_site, tmp_path / "site")
    site.start()
    yield site
    site.end()


@pytest.fixture
def participants(served: Served) -> Iterator[list[HttpParticipant]]:
    """Six participants with their papers open, in a room that has begun."""
    sitting = [HttpParticipant(served, served.next_person()) for _ in range(6)]
    for each in sitting:
        each.get_ready()
    officer = HttpOfficer(served)
    officer.command("start")
    officer.close()
    for each in sitting:
        assert each.learn()["state"] == "RUNNING"
    yield sitting
    for each in sitting:
        each.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how often the server was treated badly, and what came of it."""
    if COUNTS:
        terminalreporter.section("durability")
        for name in SHOWN:
            terminalreporter.write_line(f"{COUNTS[name]:>12,}  {name}")
