"""No exam starts on a disk that may be full before it ends (security.md D6)."""

from __future__ import annotations

from cat_server.domain.refusals import Refusal
from cat_server.runtime.machine import free_disk_bytes
from cat_server.runtime.settings import SiteSettings


def refuse_full_disk(settings: SiteSettings) -> None:
    """Let a start pass only where the site's floor of free space is kept.

    Raises:
        Refusal: `DISK_FLOOR`, with the free space and the floor in MB.
    """
    free = free_disk_bytes(settings.folder) >> 20
    if free < settings.disk.floor_mib:
        raise Refusal("DISK_FLOOR", {"free": free, "floor": settings.disk.floor_mib})
