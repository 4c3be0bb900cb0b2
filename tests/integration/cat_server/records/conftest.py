"""A site whose journal has begun and whose copy is one record old."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cat_server.records.journaled_site import JournaledSite


@pytest.fixture
def site(tmp_path: Path) -> JournaledSite:
    found = JournaledSite(tmp_path)
    found.write(0)
    found.keep_base()
    return found
