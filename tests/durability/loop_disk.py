"""A file system of its own in a file, whose power can be cut: what the kernel had not written is gone.

The kernel is told to shut the file system down without flushing anything, its own journal included; unmounting drops
what it held in memory, and mounting again replays that journal, as a machine does when it starts.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_SHUTDOWN = 0x8004587D
"""`FS_IOC_SHUTDOWN`, understood by ext4 and XFS."""
_WITHOUT_FLUSHING = 2
SIZE_MIB = 384


class LoopDisk:
    """An ext4 file system on a loop device."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.folder = folder
        self._image = image
        self._is_mounted = False
        with image.open("wb") as file:
            file.truncate(SIZE_MIB << 20)
        folder.mkdir()
        _run("mkfs.ext4", "-q", "-F", str(image))
        self.mount()
        os.sync()

    def mount(self) -> None:
        """Give the disk its power back."""
        _run("mount", "-o", "loop", str(self._image), str(self.folder))
        self._is_mounted = True

    def cut(self) -> None:
        """Cut the power: from now on nothing reaches the disk, and what had not reached it never will."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _WITHOUT_FLUSHING))
        finally:
            os.close(descriptor)

    def unmount(self) -> None:
        """Let go of everything that the kernel holds in memory."""
        if self._is_mounted:
            _until_it_works(lambda: _run("umount", str(self.folder)))
            self._is_mounted = False

    def check(self) -> None:
        """Replay the file system's journal and hold the file system itself against its rules."""
        ran = subprocess.run(
            ["e2fsck", "-p", "-f", str(self._image)], capture_output=True, text=True, check=False
        )
        assert ran.returncode in (0, 1), ran.stdout + ran.stderr


def skip_without_loop_devices(folder: Path) -> None:
    """Skip, saying why, where no file system can be mounted or shut down."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system to cut its power")
    missing = [each for each in ("mkfs.ext4", "e2fsck", "mount", "umount") if shutil.which(each) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not found: no file system to cut the power of")
    try:
        disk = LoopDisk(folder / "trial.img", folder / "trial")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no loop device can be mounted here: {error.stderr}")
    try:
        (disk.folder / "lost").write_bytes(b"x" * 5_000)
        disk.cut()
    except OSError as error:
        pytest.skip(f"this kernel cannot shut an ext4 file system down: {error.strerror}")
    finally:
        disk.unmount()
    disk.mount()
    left = (disk.folder / "lost").exists()
    disk.unmount()
    assert not left, "a file that nobody synced outlived the cut: this would prove nothing"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)


def _until_it_works(action: Callable[[], None]) -> None:
    """Processes that were killed a moment ago may still hold files open."""
    for _ in range(100):
        try:
            action()
        except subprocess.CalledProcessError:
            time.sleep(0.05)
        else:
            return
    action()
