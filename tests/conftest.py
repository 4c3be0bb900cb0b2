"""Settings that all tests share, and the database that their sites are on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.site_databases import begin_run, drop_since, end_run, made

# How long an example takes says nothing on a machine that does other things at the same time.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

_CLUSTER = begin_run()


def pytest_unconfigure() -> None:
    """Leave nothing running."""
    if _CLUSTER is not None:
        end_run(_CLUSTER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several workers share the tests, begin with the longest: they would be waited for at the end.

    What shares a long preparation stays with one worker there, since others take from the end only.
    """
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda each: ("rehearsal" not in each.nodeid, "test_bench_server" not in each.nodeid))


@pytest.fixture(autouse=True)
def _databases_of_one_test() -> Iterator[None]:
    """Drop what this test alone used."""
    before = made()
    yield
    drop_since(before)
