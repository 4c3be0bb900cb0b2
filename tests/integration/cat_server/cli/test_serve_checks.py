"""The server looks at its records before it opens its doors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_databases import change, change_event, copied


@pytest.mark.parametrize(
    ("damage", "sign"),
    [
        ("", "site"),
        ("UPDATE chain_head SET hash = 'x' WHERE chain = 'site'", "site"),
        ("UPDATE alembic_version SET version_num = '9999'", "cat-server"),
    ],
)
def test_a_changed_ledger_is_not_served(prepared: Path, tmp_path: Path, damage: str, sign: str) -> None:
    site = copied(prepared, tmp_path / "site")
    if damage:
        change(site, damage)
    else:
        change_event(site, 1, "SITE_INIT", "SITE_SPLIT")
    served = subprocess.run(
        [sys.executable, "-m", "cat_server.cli.main", "serve", "--site", str(site)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert served.returncode == 1
    assert sign in served.stdout + served.stderr
    assert "Traceback" not in served.stderr
