"""Officers' passwords: random ones, and Argon2id of what was typed."""

from __future__ import annotations

import os
import secrets
import threading

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 1
_LENGTH = 32
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that are mistaken for one another on paper."""
_AT_ONCE = threading.Semaphore(2)
"""A flood of sign-ins waits here instead of filling the memory."""


def new_password(groups: int = 4) -> str:
    """Return a random password to be written down: groups of four, about 20 bits each."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups))


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password in PHC form, with its parameters and salt."""
    with _AT_ONCE:
        kdf = Argon2id(
            salt=os.urandom(16), length=_LENGTH, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB
        )
        return kdf.derive_phc_encoded(password.encode())


def is_password(password: str, password_hash: str) -> bool:
    """Tell whether `password` is the one behind `password_hash`."""
    with _AT_ONCE:
        try:
            Argon2id.verify_phc_encoded(password.encode(), password_hash)
        except InvalidKey:
            return False
        return True
