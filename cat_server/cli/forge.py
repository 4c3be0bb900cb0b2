"""What the server's processes are made of, loaded once; run as a program, a forge that takes the place of one that died."""

from __future__ import annotations

import gc
import socket
import sys
from importlib import import_module

from cat_server.runtime.forge import Forge, work

KIOSK, MONITORING = "cat_server.cli.serve_kiosk", "cat_server.cli.serve_monitoring"
CHECKS = "cat_server.cli.start_checks"
"""Modules with a `main` that a forge becomes."""
_ALSO = ("uvicorn.lifespan.on", "uvicorn.loops.asyncio", "cat_server.cli.forge")
"""Loaded by name only when a server starts."""


def begin_forge() -> Forge:
    """Fork the forge off. Nothing secret may have been read yet, and no thread may run."""
    return Forge.begin(_load, [sys.executable, "-m", "cat_server.cli.forge"])


def _load() -> None:
    gc.disable()  # what is loaded stays; each child collects again
    for each in (CHECKS, KIOSK, MONITORING, *_ALSO):
        import_module(each)


if __name__ == "__main__":
    _load()
    work(socket.socket(fileno=int(sys.argv[1])))
