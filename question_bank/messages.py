"""Messages by code, in Indonesian and English."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from importlib.resources import files

LANGUAGES = ("id", "en")


def preferred_language() -> str:
    """Return the language for a command's texts: `CAT_LANG`, else Indonesian."""
    wanted = os.environ.get("CAT_LANG", "")[:2].lower()
    return wanted if wanted in LANGUAGES else "id"


class Catalogue:
    """The messages of one or more packages: `<package>/locale/<language>.toml`, flat `code = "text {param}"`.

    Later packages add to earlier ones; the same code twice is a bug and raises at start.
    """

    def __init__(self, *packages: str) -> None:
        self._texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
        for package in packages:
            for language in LANGUAGES:
                content = (files(package) / "locale" / f"{language}.toml").read_text(encoding="utf-8")
                for code, text in tomllib.loads(content).items():
                    if code in self._texts[language]:
                        raise ValueError(f"message {code} of {package} exists already")
                    self._texts[language][code] = text

    def text(self, language: str, code: str, params: Mapping[str, object] | None = None) -> str:
        """Return the message for `code` in `language` with its parameters filled in.

        Raises:
            KeyError: no such code, or a parameter that the text names is missing.
        """
        return self._texts[language][code].format_map(params or {})

    def codes(self, language: str) -> frozenset[str]:
        """Return every code that has a text in `language`."""
        return frozenset(self._texts[language])
