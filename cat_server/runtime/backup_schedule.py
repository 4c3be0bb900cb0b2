"""Makes a backup every few minutes while the server runs, in a process of its own that gives way to everything else."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress


class BackupSchedule:
    """Runs `command` (which prints one JSON object) every `every_s` seconds, the first time at once.

    `tell` hears `failed` with the reason when a backup fails for the first time in a row, and `works` with the file
    after the first that succeeds. What cannot even be begun (no memory, no process left) has failed too, and nothing that
    fails ends the schedule.
    """

    def __init__(self, command: Sequence[str], every_s: float, tell: Callable[[str, str], None]) -> None:
        self._command = command
        self._every_s = every_s
        self._tell = tell
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._said = ""
        self._thread = threading.Thread(target=self._work, name="backups", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop a backup that is being made (it leaves nothing behind), and make no more."""
        self._stop.set()
        with self._lock:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(5)

    def make_one(self) -> bool:
        """Make a backup now and wait for it; return whether there is one more."""
        try:
            with self._lock:
                if self._stop.is_set():
                    return False
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                )
        except OSError as error:
            self._say("", error.strerror or str(error), is_made=False)
            return False
        output, trouble = self._process.communicate()
        is_made = self._process.returncode == 0
        if not self._stop.is_set():
            self._say(output, trouble, is_made=is_made)
        return is_made

    def _work(self) -> None:
        while not self._stop.is_set():
            self.make_one()
            self._stop.wait(self._every_s)

    def _say(self, output: str, trouble: str, *, is_made: bool) -> None:
        code = "works" if is_made else "failed"
        if code == self._said:
            return
        self._said = code
        try:
            content = json.loads(output)
            message = content["file"] if is_made else content["problems"][0]["message"]
        except (ValueError, KeyError, IndexError):
            message = (trouble.strip().splitlines() or ["?"])[-1]
        with suppress(OSError):  # nobody may be reading any more
            self._tell(code, str(message))
