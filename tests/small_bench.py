"""The server's bench in small, run as people run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.served_site import CHECKOUT


def small_bench(folder: Path, kiosks: int, only: str, *more: str) -> dict[str, Any]:
    """Measure for half a second each; return what the bench has written. Its sites stay in `folder`."""
    written = folder / "bench.json"
    command = [sys.executable, "-m", "scripts.bench_server", "--quick", "--kiosks", str(kiosks)]
    command += ["--seconds", "0.5", "--only", only, "--sites", str(folder), "--json", str(written), *more]
    ran = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads(written.read_text())
    return found
