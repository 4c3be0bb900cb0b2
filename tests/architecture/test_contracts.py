"""Four packages, one direction: import-linter's contracts hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cat_server", "question_bank", "kiosk_ui", "monitoring")


def test_import_linters_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout
    assert "Four packages, one direction KEPT" in " ".join(ran.stdout.split())


def test_nobody_imports_scripts_or_tests() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            lines = path.read_text(encoding="utf-8").splitlines()
            wrong = [
                each
                for each in lines
                if each.strip().startswith(("import scripts", "from scripts", "from tests"))
            ]
            assert wrong == [], path
