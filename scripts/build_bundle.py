"""Writes the folder that goes on a USB stick: wheels, locks, installer, handbook, checksums.

usage: python scripts/build_bundle.py [--output dist/bundle] [--python 3.11 --python 3.12 ...]

Needs a package index once; the folder itself needs none. Every downloaded file is checked against `requirements/run.lock`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("cat_server", "question_bank", "kiosk_ui", "monitoring")
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_5_x86_64")
RUN_LOCK = CHECKOUT / "requirements" / "run.lock"
INSTALLER_LOCK = CHECKOUT / "requirements" / "installer.lock"
"""pip itself, so that the target machine needs no `ensurepip`."""
PARTS = CHECKOUT / "scripts" / "bundle"
HANDBOOK = CHECKOUT / "docs" / "handbook"

_WHEEL_DATE = "1767225600"
"""The same sources give the same wheel, whenever it is built."""


class BundleError(RuntimeError):
    """The bundle would be incomplete; nothing is left in its place."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the bundle; 0 done, 1 problems."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist" / "bundle")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="default: all of them")
    given = parser.parse_args(arguments)
    try:
        build(given.output, tuple(given.python or PYTHONS))
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{given.output}\nNext: copy this folder to a USB stick; on the server: sudo ./install.sh\n"
    )
    return 0


def build(output: Path, pythons: Sequence[str]) -> None:
    """Write the bundle to `output`, which is replaced only when the new one is whole.

    Raises:
        BundleError: a package has no wheel for a Python version, or `output` is something else than a bundle.
    """
    if output.exists() and not (output / "SHA256SUMS").exists():
        raise BundleError(f"{output} exists and is not a bundle; choose another --output")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=output.parent) as scratch:
        draft = Path(scratch) / "bundle"
        wheels = draft / "wheels"
        wheels.mkdir(parents=True)
        for version in pythons:
            sys.stderr.write(f"Python {version} ...\n")
            download(RUN_LOCK, version, wheels)
            download(INSTALLER_LOCK, version, wheels)
        own = build_wheel(Path(scratch), wheels)
        locks = draft / "requirements"
        locks.mkdir()
        shutil.copy(RUN_LOCK, locks)
        shutil.copy(INSTALLER_LOCK, locks)
        (locks / "cat-server.lock").write_text(
            f"cat-server=={version_of(own)} --hash=sha256:{sha256(own)}\n", encoding="utf-8"
        )
        (draft / "VERSION").write_text(f"{version_of(own)}\n", encoding="utf-8")
        (draft / "PYTHONS").write_text("".join(f"{each}\n" for each in pythons), encoding="utf-8")
        for part in sorted(PARTS.iterdir()):
            shutil.copy(part, draft)
        (draft / "install.sh").chmod(0o755)
        shutil.copytree(HANDBOOK, draft / "handbook")
        shutil.copy(CHECKOUT / "docs" / "result-package.md", draft / "handbook")
        for verifier in ("verify_results.py", "verify_forms.py"):
            shutil.copy(CHECKOUT / "scripts" / verifier, draft)
        shutil.copy(CHECKOUT / "LICENSE", draft)
        write_sums(draft)
        if output.exists():
            shutil.rmtree(output)
        draft.rename(output)


def download(lock: Path, version: str, wheels: Path) -> None:
    """Fetch the wheels of a lock for one Python version, each checked against the lock's hashes.

    Raises:
        BundleError: with the names of the packages that have no wheel for this version.
    """
    ran = _pip_download(version, wheels, "--require-hashes", "-r", str(lock))
    if ran.returncode == 0:
        return
    missing = [each for each in pins(lock) if not _has_wheel(each, version)]
    names = ", ".join(missing) or ran.stderr.strip()
    raise BundleError(f"Python {version}: no wheel for {names}")


def pins(lock: Path) -> tuple[str, ...]:
    """Return `name==version` of each entry of a lock."""
    return tuple(re.findall(r"^([A-Za-z0-9._-]+==[^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def build_wheel(scratch: Path, wheels: Path) -> Path:
    """Build our own wheel from a copy of the checkout, so that nothing old gets in, and return its path."""
    source = scratch / "source"
    for name in PACKAGES:
        shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source)
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", str(source), "--no-deps", "--no-build-isolation"),
            *("--no-index", "--quiet", "--disable-pip-version-check", "--wheel-dir", str(wheels)),
        ],
        env=os.environ | {"SOURCE_DATE_EPOCH": _WHEEL_DATE},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise BundleError(f"our own wheel cannot be built: {ran.stderr.strip()}")
    (own,) = wheels.glob("cat_server-*.whl")
    return own


def version_of(wheel: Path) -> str:
    """Return the version in a wheel's name."""
    return wheel.name.split("-")[1]


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_sums(folder: Path) -> None:
    """Write `SHA256SUMS` over every other file of the folder, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _has_wheel(pin: str, version: str) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        return _pip_download(version, Path(scratch), pin).returncode == 0


def _pip_download(version: str, wheels: Path, *wanted: str) -> subprocess.CompletedProcess[str]:
    platforms = [each for name in PLATFORMS for each in ("--platform", name)]
    return subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"),
            *("--only-binary=:all:", "--implementation", "cp", "--python-version", version, *platforms),
            *("--dest", str(wheels), *wanted),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    raise SystemExit(main())
