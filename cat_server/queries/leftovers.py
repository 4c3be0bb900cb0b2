"""Under which sign-in a PC may deliver what it kept of an attempt."""

from __future__ import annotations

from cat_server.queries.access import Reader
from cat_server.records.releases import sign_in_to_deliver
from cat_server.runtime.tokens import token_hash


def sign_in_of_leftovers(
    reader: Reader, attempt_id: str, epoch: int, device_token: str, participant_token: str
) -> str:
    """Return the hash of the sign-in, or "" where this PC never had the attempt under that epoch."""
    hashes = [token_hash(each) if each else "" for each in (device_token, participant_token)]
    with reader.view() as view:
        return sign_in_to_deliver(view.connection, attempt_id, epoch, *hashes)
