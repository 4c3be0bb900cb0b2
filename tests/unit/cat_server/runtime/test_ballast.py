"""The space held back: taken only where there is enough, given back at once."""

from __future__ import annotations

import shutil
from pathlib import Path

from cat_server.runtime.ballast import BALLAST_FILE, hold_back, let_go


def test_it_takes_real_space_and_gives_it_back(tmp_path: Path) -> None:
    assert hold_back(tmp_path, 4, beyond_mib=0)
    found = (tmp_path / BALLAST_FILE).stat()
    assert (found.st_size, found.st_blocks * 512 >= 4 << 20) == (4 << 20, True)
    assert hold_back(tmp_path, 4, beyond_mib=0)
    assert (let_go(tmp_path), let_go(tmp_path)) == (True, False)
    assert list(tmp_path.iterdir()) == []


def test_it_is_not_taken_from_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    free_mib = shutil.disk_usage(tmp_path).free >> 20
    assert not hold_back(tmp_path, 4, beyond_mib=free_mib + 1)
    assert list(tmp_path.iterdir()) == []
