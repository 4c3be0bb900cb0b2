"""An expected "no": a code and parameters, translated once at the edge."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - the design's name for an expected "no"; it is no error
    """A rule says no. `code` names the message `refusal_<code>`; `params` fill it in."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})

    def __repr__(self) -> str:
        return f"Refusal({self.code!r}, {self.params!r})"
