"""A site made for the bench: where it is, who sits at which PC, and the officer who commands it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

ITEMS = 110
OFFICER = "koordinator"
KIOSKS_FILE = "bench-kiosks.json"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A PC with who sits there. `sign_in` is empty before somebody has signed in."""

    attempt_id: str
    number: str
    pin: str
    device: str
    sign_in: str


@dataclass(frozen=True, slots=True)
class FilledSite:
    """A site made for the bench: one exam session in one room."""

    folder: Path
    exam_session_id: str
    room_id: str
    password: str
    kiosks: tuple[Kiosk, ...]

    def keep(self) -> None:
        """Write it down in the site's folder, so that a copy of the folder knows it too."""
        content = asdict(self) | {"folder": ""}
        (self.folder / KIOSKS_FILE).write_text(json.dumps(content), encoding="utf-8")


def kept_site(folder: Path) -> FilledSite:
    """Return what `keep` wrote, for the site in `folder`."""
    content = json.loads((folder / KIOSKS_FILE).read_text(encoding="utf-8"))
    kiosks = tuple(Kiosk(**each) for each in content.pop("kiosks"))
    return FilledSite(**content | {"folder": folder, "kiosks": kiosks})
