"""Style sheets, scripts and fonts of an app, from memory, under addresses that change with their content.

All files share one version, a hash of everything, so relative imports between modules and fonts named by the style
sheet stay inside the same version: `/static/<version>/base.css`.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "ico": "image/x-icon",
}
_COMPRESSED = frozenset({"css", "js", "svg", "txt", "json"})


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    zipped: bytes | None
    media_type: str


class StaticFiles:
    """An ASGI app to be mounted at `/static`: the files of `<package>/static` for each package.

    Raises:
        ValueError: two packages hold a file of the same name.
    """

    def __init__(self, *packages: str) -> None:
        self._files: dict[str, _File] = {}
        seal = hashlib.sha256()
        for package in packages:
            for name, content in sorted(_walk(files(package) / "static")):
                if name in self._files:
                    raise ValueError(f"static file {name} of {package} exists already")
                self._files[name] = _prepared(name, content)
                seal.update(f"{name}\n{len(content)}\n".encode() + content)
        self.version = seal.hexdigest()[:16]

    def url(self, name: str) -> str:
        """Return the address of a file.

        Raises:
            KeyError: there is no such file; a template that names one is a bug.
        """
        if name not in self._files:
            raise KeyError(f"no static file {name}")
        return f"/static/{self.version}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file: for good under its own version, uncached under an older one."""
        _, _, rest = scope["path"].partition("/static/")
        version, _, name = rest.partition("/")
        found = self._files.get(name)
        if found is None:
            await Response(status_code=404)(scope, receive, send)
            return
        accepted = HTTPConnection(scope).headers.get("accept-encoding", "")
        is_zipped = found.zipped is not None and "gzip" in accepted
        is_current = version == self.version
        headers = {
            "cache-control": "public, max-age=31536000, immutable" if is_current else "no-store",
            "vary": "accept-encoding",
        }
        if is_zipped:
            headers["content-encoding"] = "gzip"
        content = found.zipped if is_zipped else found.content
        await Response(content, headers=headers, media_type=found.media_type)(scope, receive, send)


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    for each in folder.iterdir():
        if each.is_dir():
            yield from _walk(each, f"{prefix}{each.name}/")
        elif each.name.rpartition(".")[2] in _TYPES:
            yield f"{prefix}{each.name}", each.read_bytes()


def _prepared(name: str, content: bytes) -> _File:
    suffix = name.rpartition(".")[2]
    zipped = gzip.compress(content, 9, mtime=0) if suffix in _COMPRESSED else None
    return _File(content, zipped, _TYPES[suffix])
