"""A prepared demo site whose exam is long, to be copied and served by each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.served_site import Served, copied_site, prepare_site

ServeSite = Callable[..., Served]


@pytest.fixture(scope="session")
def template_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo site that is never served, only copied; who comes late starts with the full time."""
    return prepare_site(tmp_path_factory.mktemp("template") / "site", minutes="300", late_start='"full_time"')


@pytest.fixture
def serve_site(template_site: Path, tmp_path: Path) -> Iterator[ServeSite]:
    """Serve a copy of the site; `lines` replace the value of lines of its `site.toml`, by name."""
    started: list[Served] = []

    def serve(**lines: object) -> Served:
        site = copied_site(template_site, tmp_path / f"site-{len(started)}")
        site.configure(**lines)
        site.start()
        started.append(site)
        return site

    yield serve
    for each in started:
        each.end()
