"""The space held back: taken only where there is enough, given back at once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from cat_server.runtime.ballast import BALLAST_FILE, hold_back, let_go


def test_it_takes_real_space_and_gives_it_back(tmp_path: Path) -> None:
    assert hold_back(tmp_path, 4, beyond_mib=0)
    found = (tmp_path / BALLAST_FILE).stat()
    assert (found.st_size, found.st_blocks * 512 >= 4 << 20) == (4 << 20, True)
    assert hold_back(tmp_path, 4, beyond_mib=0)
    assert (let_go(tmp_path), let_go(tmp_path)) == (True, False)
    assert list(tmp_path.iterdir()) == []


def test_it_is_not_taken_from_a_disk_that_is_nearly_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is a made-up one: on a real one others make room, or fill it, at any moment."""
    disk = SimpleNamespace(f_frsize=4096, f_bavail=((4 + 10) << 20) // 4096 - 1)
    monkeypatch.setattr("cat_server.runtime.ballast.os.statvfs", lambda _folder: disk)
    assert not hold_back(tmp_path, 4, beyond_mib=10)
    assert list(tmp_path.iterdir()) == []
    disk.f_bavail += 1
    assert hold_back(tmp_path, 4, beyond_mib=10)
