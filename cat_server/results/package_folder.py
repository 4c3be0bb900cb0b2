"""A package on disk: a folder of flat files and the same as a zip beside it."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from cat_server.domain.refusals import Refusal

MOST_BYTES = 4 * 1024**3
"""A package that claims to unpack to more is not opened."""

_ZIP_TIME = (2000, 1, 1, 0, 0, 0)


class UnreadablePackageError(Exception):
    """No folder, no zip, a broken zip, or one that unpacks to too much."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files into a new folder, whole or not at all, and a zip beside it; return the zip's path.

    Raises:
        Refusal: `EXPORT_EXISTS`, the folder or the zip is there already; `EXPORT_UNWRITABLE`.
    """
    archive = folder.with_name(folder.name + ".zip")
    for path in (folder, archive):
        if path.exists():
            raise Refusal("EXPORT_EXISTS", {"path": str(path)})
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            packed = made / "package.zip"
            inside = made / "files"
            inside.mkdir()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
                for name in sorted(files):
                    _write(inside / name, files[name])
                    info = zipfile.ZipInfo(name, _ZIP_TIME)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    target.writestr(info, files[name])
            inside.rename(folder)
            packed.rename(archive)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise Refusal("EXPORT_UNWRITABLE", {"path": str(folder), "reason": error.strerror or "?"}) from error
    return archive


def read_package(path: Path) -> dict[str, bytes]:
    """Return every file of a package by name; a file in a subfolder has a name with `/` in it.

    Raises:
        UnreadablePackageError: there is no package that can be opened.
    """
    try:
        if path.is_dir():
            return {
                each.relative_to(path).as_posix(): each.read_bytes()
                for each in sorted(path.rglob("*"))
                if not each.is_dir()
            }
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            names = [each.filename for each in members]
            if len(set(names)) < len(names) or sum(each.file_size for each in members) > MOST_BYTES:
                raise UnreadablePackageError(path.name)
            return {each.filename: archive.read(each) for each in members}
    except (
        OSError,
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise UnreadablePackageError(str(error)) from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
