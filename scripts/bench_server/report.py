"""One table of what was measured, one of targets, and the JSON with everything."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench_server.targets import targets

_COLUMNS = (
    ("/s", "per_s", ",.0f"),
    ("/CPU-s", "per_cpu_s", ",.0f"),
    ("cores", "cores", ".2f"),
    ("p50 ms", "p50_ms", ",.1f"),
    ("p99 ms", "p99_ms", ",.1f"),
    ("max ms", "max_ms", ",.0f"),
    ("until last s", "seconds", ",.2f"),
)
_ALL_AT_ONCE = (
    *("sign-ins", "starts", "finishes", "papers", "pages", "time-up", "start-up"),
    *("seen sign-in", "seen start", "seen result"),
)


def print_report(rows: list[dict[str, Any]], console: Console) -> None:
    """Print both tables."""
    table = Table(title="Server: durable answers, storms, boards (a ratio counts only within one run)")
    table.add_column("measure")
    table.add_column("server")
    table.add_column("kiosks", justify="right")
    table.add_column("over")
    table.add_column("on")
    for head, _, _ in _COLUMNS:
        table.add_column(head, justify="right")
    table.add_column("MiB", justify="right")
    table.add_column("lost", justify="right")
    for row in rows:
        size = f" ({row['size']:,})" if "size" in row else ""
        cells = [
            row["measure"] + size,
            row["server"],
            f"{row['kiosks']:,}",
            row.get("transport", "http"),
            row["database"],
        ]
        for head, name, form in _COLUMNS:
            is_shown = name in row and (head != "until last s" or row["measure"] in _ALL_AT_ONCE)
            cells.append(format(row[name], form) if is_shown else "")
        memory = row.get("pss_mib")
        cells.append(" + ".join(f"{each:.0f}" for each in memory.values()) if memory else "")
        lost = row.get("lost")
        table.add_row(*cells, "" if lost is None else str(lost))
    console.print(table)
    wanted = Table(title="Targets")
    wanted.add_column("target")
    for head in ("wanted", "reached", ""):
        wanted.add_column(head, justify="right")
    for each in targets([row for row in rows if row["database"] == "sqlite"]):
        mark = "yes" if each.is_met else "no"
        wanted.add_row(each.text, each.wanted, f"{each.reached:,.3g}", mark)
    console.print(wanted)


def write_json(rows: list[dict[str, Any]], path: Path, settings: dict[str, Any]) -> None:
    """Write everything."""
    content = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "load_average": [round(each, 2) for each in os.getloadavg()],
        },
        "settings": settings,
        "targets": [asdict(each) for each in targets(rows)],
        "rows": rows,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
