"""The site signs what the server hands out, as officers sign what people decide."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cat_server.runtime.public_keys import fingerprint
from question_bank.canonical import tagged


class SiteSigner:
    """Signs in the site's name with the site's own Ed25519 key (`runtime.keyring`)."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.public_key = private_key.public_key().public_bytes_raw().hex()
        """In hex, as trusted keys files hold it."""

    @property
    def fingerprint(self) -> str:
        """What people compare."""
        return fingerprint(self.public_key)

    def sign(self, kind: str, content: bytes) -> str:
        """Return the signature over `content` as `kind` (type and version), in hex."""
        return self._private_key.sign(tagged(kind, content)).hex()
