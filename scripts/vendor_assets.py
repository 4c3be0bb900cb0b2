"""Fetch the third-party browser files again and compare them with the list in the repository.

A developer's tool: it needs npm and a network, so neither the build nor a site ever runs it. What it fetches
are the exact releases named below; a file whose SHA-256 differs from `vendor.sha256` is reported and nothing
is written. `--accept` writes the fetched files and a new list, after a person has read the changes.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "cat_server" / "web" / "static"
LIST = STATIC / "vendor.sha256"

_SANS = "@fontsource/atkinson-hyperlegible-next"
_MONO = "@fontsource/atkinson-hyperlegible-mono"


def _font_files(family: str) -> dict[str, str]:
    """Return the four faces of one font family: two weights, two alphabets."""
    names = [
        f"{family}-{subset}-{weight}-normal.woff2"
        for subset in ("latin", "latin-ext")
        for weight in (400, 700)
    ]
    return {f"package/files/{name}": f"vendor/fonts/{name}" for name in names}


RELEASES: dict[str, dict[str, str]] = {
    "htmx.org@2.0.11": {
        "package/dist/htmx.min.js": "vendor/htmx.min.js",
        "package/LICENSE": "vendor/htmx-LICENSE.txt",
    },
    "htmx-ext-sse@2.2.4": {
        "package/sse.js": "vendor/sse.js",
        "package/LICENSE": "vendor/sse-LICENSE.txt",
    },
    f"{_SANS}@5.3.0": {
        **_font_files("atkinson-hyperlegible-next"),
        "package/LICENSE": "vendor/fonts/atkinson-hyperlegible-next-OFL.txt",
    },
    f"{_MONO}@5.3.0": {
        **_font_files("atkinson-hyperlegible-mono"),
        "package/LICENSE": "vendor/fonts/atkinson-hyperlegible-mono-OFL.txt",
    },
}
"""What we take: npm release -> member of its tarball -> path below `cat_server/web/static`."""


def fetch_release(release: str, members: dict[str, str], folder: Path) -> dict[str, bytes]:
    """Download one npm release into `folder` and return the wanted files by their path in `static`.

    Raises:
        subprocess.CalledProcessError: npm could not fetch the release.
        FileNotFoundError: the release has no such member.
    """
    done = subprocess.run(
        ["npm", "pack", "--silent", release], cwd=folder, check=True, capture_output=True, text=True
    )
    tarball = folder / done.stdout.strip().splitlines()[-1]
    files: dict[str, bytes] = {}
    with tarfile.open(tarball) as archive:
        for member, target in members.items():
            opened = archive.extractfile(member)
            if opened is None:
                raise FileNotFoundError(f"{release} has no {member}")
            files[target] = opened.read()
    return files


def read_list(path: Path) -> dict[str, str]:
    """Return SHA-256 (hex) by path, from a list in the manner of `sha256sum`."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines if line)}


def write_files(files: dict[str, bytes]) -> None:
    """Write the fetched files and the list that names them."""
    for name, content in files.items():
        target = STATIC / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    LIST.write_text("".join(lines), "utf-8")


def main() -> int:
    """Fetch, compare, report; return 0 if every file equals the list, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accept", action="store_true", help="write the fetched files and a new list")
    arguments = parser.parse_args()

    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for release, members in RELEASES.items():
            files.update(fetch_release(release, members, Path(folder)))

    if arguments.accept:
        write_files(files)
        sys.stdout.write(f"{len(files)} files written, list renewed: {LIST}\n")
        return 0
    listed = read_list(LIST)
    differing = [name for name in files if listed.get(name) != hashlib.sha256(files[name]).hexdigest()]
    differing += [name for name in listed if name not in files]
    for name in differing:
        sys.stdout.write(f"differs from the list: {name}\n")
    sys.stdout.write(f"{len(files)} files fetched, {len(differing)} differ\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
