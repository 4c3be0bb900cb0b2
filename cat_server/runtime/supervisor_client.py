"""A child's side of the socket to its supervisor: it asks for what its role may know, and keeps it in memory only."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cat_server.domain.refusals import Refusal
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.limits import Limit
from cat_server.runtime.supervisor_frames import receive_frame, send_frame
from question_bank.items import Bank, KeySheet
from question_bank.storing import decode_bank, decode_keys


class SupervisorClient:
    """Asks the supervisor; banks are asked for once. Safe to use from several threads."""

    def __init__(self, fd: int) -> None:
        self._connection = socket.socket(fileno=fd)
        self._lock = threading.Lock()
        self._banks: dict[str, Bank] = {}
        self._keys: dict[str, KeySheet] = {}

    def secrets(self) -> Secrets:
        """Return the keys of PINs, salts and journal."""
        answer = self._ask({"want": "secrets"})
        return Secrets(
            answer["pin_key"], answer["private_salt_key"], answer["journal_key"], answer["rescue_key"]
        )

    def bank(self, bank_id: str) -> Bank:
        """Return the items of a bank.

        Raises:
            Refusal: `BANK_UNREADABLE`.
        """
        if bank_id not in self._banks:
            self._banks[bank_id] = decode_bank(self._ask({"want": "bank", "bank_id": bank_id})["bank"])
        return self._banks[bank_id]

    def keys(self, bank_id: str) -> KeySheet:
        """Return the key sheet of a bank; only monitoring gets one.

        Raises:
            Refusal: `BANK_UNREADABLE`, or `NOT_ALLOWED` for another role.
        """
        if bank_id not in self._keys:
            self._keys[bank_id] = decode_keys(self._ask({"want": "keys", "bank_id": bank_id})["keys"])
        return self._keys[bank_id]

    def signing_key(self) -> Ed25519PrivateKey:
        """Return the server's signing key; only monitoring gets it.

        Raises:
            Refusal: `NOT_ALLOWED` for another role.
        """
        return Ed25519PrivateKey.from_private_bytes(self._ask({"want": "signing_key"})["signing_key"])

    def tell(self, numbers: Mapping[str, Any]) -> None:
        """Tell the supervisor how this process does."""
        self._ask({"want": "tell", "numbers": dict(numbers)})

    def told(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what each process told of itself last; only monitoring gets that.

        Raises:
            Refusal: `NOT_ALLOWED` for another role.
        """
        found: Mapping[str, Mapping[str, Any]] = self._ask({"want": "told"})["told"]
        return found

    async def ask_limit(self, limit: Limit, key: str) -> bool:
        """Let the supervisor count for all processes of this role; as `Limits.decide`."""
        told = await asyncio.to_thread(self._ask, {"want": "limit", "limit": limit.value, "key": key})
        return bool(told["is_news"])

    def ready(self) -> None:
        """Tell the supervisor that requests are being served."""
        self._ask({"want": "ready"})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            send_frame(self._connection, request)
            answer = receive_frame(self._connection)
        if answer is None:
            raise ConnectionError("the supervisor has gone")
        if "refusal" in answer:
            raise Refusal(answer["refusal"], answer["params"])
        return answer
