"""What all chance of a drawing comes from: a secret that is committed to first, and a public draw mixed in afterwards.

Nobody can try secrets until one suits, since the secret is bound before the public draw is known; nobody can foretell a
form, since the draw alone says nothing (fairness.md 10).
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field

from question_bank.canonical import digest

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class SealedSeed:
    """A secret of 32 random bytes and the text of the public draw, empty where there was none."""

    secret: bytes = field(repr=False)
    public_draw: str = ""

    @property
    def commitment(self) -> str:
        """What is published before the draw and proves afterwards that the secret was chosen then."""
        return digest("seed/1", self.secret)

    @property
    def salt(self) -> bytes:
        """What hides the bank's ids in published files; it does not depend on the public draw."""
        return hashlib.sha256(b"cat/opaque-salt/1\n" + self.secret).digest()

    @property
    def seed(self) -> bytes:
        """What every stream starts from."""
        return hashlib.sha256(
            b"cat/mixed-seed/1\n" + self.secret + plain_draw(self.public_draw).encode()
        ).digest()


def plain_draw(text: str) -> str:
    """Return a public draw as it counts: in NFC, spaces at the ends gone, inner ones single."""
    return " ".join(unicodedata.normalize("NFC", text).split())
