"""Pictures of papers: under which token an attempt may fetch each, and how item text shows them."""

from __future__ import annotations

import base64
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from threading import Lock

from question_bank.items import MEDIA_PREFIX, Bank, Item

_MOST_KEPT = 2_000
_FILE = re.compile(rf'<img ([^>]*)src="{MEDIA_PREFIX}([0-9a-f]{{64}})"([^>]*)>')
_DRAWING = re.compile(r"<svg([^>]*)>")
_DRAWING_ID = re.compile(r'(<pattern[^>]* id="|(?:fill|stroke)="url\(#)(?=m[0-9a-f]{12}-)')
_SIZE = re.compile(r' (?:width|height)="')
_VIEW_BOX = re.compile(r' viewBox="[^" ,]+[ ,]+[^" ,]+[ ,]+([^" ,]+)[ ,]+([^" ,]+)"')
_LEAST_HEIGHT = 96
_MOST_WIDTH = 640
"""CSS pixels between which a drawing without a size of its own is shown."""

_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))


def media_token(key: bytes, attempt_id: str, sha256: str) -> str:
    """Return the token under which one attempt fetches one picture: without the site's key nobody can make another."""
    mac = hmac.digest(key, f"cat/media/1\n{attempt_id}\n{sha256}".encode(), "sha256")
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower()


def shown(html: str, position: int, token_of: Callable[[str], str]) -> str:
    """Return item text as the page shows it: picture files by token, drawings with a size and ids of their own."""
    if "<img" in html:
        html = _FILE.sub(lambda found: f'<img {found[1]}data-media="{token_of(found[2])}"{found[3]}>', html)
    if "<svg" not in html:
        return html
    return f"i{position}-".join(_between_ids(html))


@lru_cache(maxsize=8_192)
def _between_ids(html: str) -> tuple[str, ...]:
    """Return text with its drawings sized, cut where an id of a drawing begins; a bank's texts stand on many papers."""
    sized = _DRAWING.sub(lambda found: f"<svg{found[1]}{_size(found[1])}>", html)
    cuts = [0, *(found.end() for found in _DRAWING_ID.finditer(sized)), len(sized)]
    return tuple(sized[begin:end] for begin, end in pairwise(cuts))


def media_type(content: bytes) -> str:
    """Return the MIME type of a picture that was checked when its bank was read."""
    return next(kind for start, kind in _KINDS if content.startswith(start))


def media_of(items: Iterable[Item], bank: Bank) -> tuple[str, ...]:
    """Return the SHA-256 of the picture files that items show, each once."""
    stimuli = {each.stimulus_id: each.html for each in bank.stimuli}
    found: dict[str, None] = {}
    for item in items:
        for text in (stimuli.get(item.stimulus_id, ""), item.stem, *(each.html for each in item.options)):
            found |= dict.fromkeys(each[2] for each in _FILE.finditer(text))
    return tuple(found)


class PaperMedia:
    """Which picture each token of an attempt means; made once per attempt and kept. Safe in several threads."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._kept: OrderedDict[str, Mapping[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def token(self, attempt_id: str, sha256: str) -> str:
        """Return the token of a picture for an attempt."""
        return media_token(self._key, attempt_id, sha256)

    def of(self, attempt_id: str, make: Callable[[], tuple[Iterable[Item], Bank]]) -> Mapping[str, bytes]:
        """Return an attempt's pictures by token; `make` returns its items and their bank, asked for once."""
        with self._lock:
            if attempt_id in self._kept:
                self._kept.move_to_end(attempt_id)
                return self._kept[attempt_id]
        items, bank = make()
        made = {self.token(attempt_id, each): bank.media[each] for each in media_of(items, bank)}
        with self._lock:
            self._kept[attempt_id] = made
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


def _size(attributes: str) -> str:
    box = _VIEW_BOX.search(attributes)
    if box is None or _SIZE.search(attributes):
        return ""
    width, height = float(box[1]), float(box[2])
    scale = min(max(1.0, _LEAST_HEIGHT / height), _MOST_WIDTH / width)
    return f' width="{max(1, round(width * scale))}" height="{max(1, round(height * scale))}"'
