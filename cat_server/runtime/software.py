"""Which program this is."""

from __future__ import annotations

VERSION = "0.1.0"
"""As in `pyproject.toml`; a test holds them together."""


def software() -> str:
    """Return the program's name and version, as statements name it."""
    return f"cat-server {VERSION}"
