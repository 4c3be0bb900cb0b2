"""A database that could lose what it confirmed is refused before anything is written to it."""

from __future__ import annotations

from collections.abc import Mapping


class UnsafeDatabaseError(RuntimeError):
    """The database at hand, or its settings, could lose a committed answer; `code` and `params` say why."""

    def __init__(self, code: str, params: Mapping[str, str | int]) -> None:
        super().__init__(f"{code} {dict(params)}")
        self.code = code
        self.params = dict(params)
