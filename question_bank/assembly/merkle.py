"""One hash for all forms: over the plain list, and as the root of a tree from which each form's place can be proved without showing the others."""

from __future__ import annotations

from collections.abc import Sequence

from question_bank.canonical import cjson, digest

FORMS_TYPE = "forms/1"


def forms_hash(hashes: Sequence[str]) -> str:
    """Return the hash over the hashes of all forms, in the order of their numbers."""
    return digest(FORMS_TYPE, cjson([*hashes]))


def forms_root(hashes: Sequence[str]) -> str:
    """Return the root over the hashes of all forms in order: leaves hold number and hash, an odd last node moves up."""
    level = [digest("form-leaf/1", cjson([number, each])) for number, each in enumerate(hashes, start=1)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        joined = [digest("form-node/1", cjson([left, right])) for left, right in pairs]
        level = [*joined, level[-1]] if len(level) % 2 else joined
    return level[0] if level else digest("form-node/1", cjson([]))
