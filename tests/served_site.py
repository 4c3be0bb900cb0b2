"""Demo sites that the real command serves, for tests from outside: by browser, by HTTP, by killing processes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from question_bank.items import Bank, KeySheet, Statistics
from scripts.free_ports import free_ports
from tests.site_databases import Row, copied, rows

CLI = [sys.executable, "-m", "cat_server.cli.main"]
CHECKOUT = Path(__file__).parents[1]


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Return the condition's value as soon as it is true."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


@dataclass
class Served:
    """A demo site that is being served. `people` are checked in, each with number, PIN and seat."""

    folder: Path
    ports: list[int]
    secrets: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] = field(init=False)
    _called: int = 0

    @property
    def people(self) -> list[dict[str, Any]]:
        people: list[dict[str, Any]] = self.secrets["participants"]
        return people

    def next_person(self) -> dict[str, Any]:
        """Return somebody who has not been called yet."""
        self._called += 1
        return self.people[self._called - 1]

    def kiosk_url(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.ports[0]}"

    @property
    def board_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def scoreboard_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[2]}"

    def officer(self, username: str) -> dict[str, str]:
        return next(each for each in self.secrets["officers"] if each["username"] == username)

    def configure(self, **lines: object) -> None:
        """Give lines of `site.toml`, by name, other values."""
        file = self.folder / "site.toml"
        settings = file.read_text(encoding="utf-8")
        for name, value in lines.items():
            written = json.dumps(value)
            settings, count = re.subn(rf"^{name} = .*$", f"{name} = {written}", settings, flags=re.MULTILINE)
            assert count == 1, name
        file.write_text(settings, encoding="utf-8")

    def start(self) -> None:
        with (self.folder / "serve.out").open("ab") as output:
            self.process = subprocess.Popen(
                [*CLI, "serve", "--site", str(self.folder)],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=CHECKOUT,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT), **self.environment},
            )
        try:
            self.wait_until_up()
        except BaseException:
            self.kill_all()
            raise

    def wait_until_up(self) -> None:
        """Wait until all three apps answer."""
        for port in self.ports:
            wait_until(lambda at=port: self._answers(at), "the server answers", 60)

    def _answers(self, port: int) -> bool:
        assert self.process.poll() is None, (self.folder / "serve.out").read_text()
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code < 500
        return False

    def stop(self) -> float:
        """Press Ctrl-C; return how long the server took to stop."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - started

    def end(self) -> None:
        """Stop what the test has not stopped itself."""
        if self.process.poll() is None:
            self.stop()

    def children(self) -> dict[str, int]:
        """Return the process ids of the web processes and of the one that forks them, by name.

        Several for kiosks are `kiosk-1` and so on.
        """
        found = {}
        for pid in self.family():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                has_ended = not Path(f"/proc/{pid}/cmdline").read_bytes()
                if re.fullmatch(r"cat-(kiosk(-\d+)?|monitoring|forge)", name) and not has_ended:
                    found[name.removeprefix("cat-")] = pid
        return found

    def family(self) -> list[int]:
        """Return the supervisor's process id and those of all that it started, and that these started.

        Read until two readings agree: a child whose parent ends in between would be under neither.
        """
        found = self._family()
        while (again := self._family()) != found:
            found = again
        return found

    def _family(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found += map(int, (task / "children").read_text().split())
        return found

    def kill(self, name: str) -> None:
        """SIGKILL one web process and wait until the supervisor has started another."""
        old = int(wait_until(lambda: self.children().get(name), f"{name} runs"))
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: self.children().get(name, old) != old, f"{name} comes back")

    def kill_all(self) -> None:
        """SIGKILL the supervisor and both web processes, as a power cut would."""
        pids = self.family()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in pids[1:]), "all are gone")

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.cli_elsewhere(*words, "--site", str(self.folder))

    @staticmethod
    def cli_elsewhere(*words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as on a machine without a site."""
        return subprocess.run([*CLI, *words], capture_output=True, text=True, timeout=120, check=False)

    def rows(self, query: str, *values: object) -> list[Row]:
        """Read the site's database."""
        return rows(self.folder, query, *values)

    def attempt_id(self, person: dict[str, Any]) -> str:
        query = (
            "select attempt.id from attempt join participant on participant.id = participant_id"
            " where participant_number = ?"
        )
        return str(self.rows(query, person["participant_number"])[0]["id"])

    def form_items(self, attempt_id: str) -> list[dict[str, Any]]:
        """Return the items of an attempt's form in their order."""
        found = self.rows(
            "select form.content from attempt join form_set using (exam_session_id)"
            " join form on form_set_id = form_set.id and form.form_no = attempt.form_no where attempt.id = ?",
            attempt_id,
        )
        items: list[dict[str, Any]] = json.loads(found[0]["content"])["items"]
        return items

    def responses(self, person: dict[str, Any]) -> dict[int, list[str]]:
        """Return the stored answers by position, blank ones left out."""
        found = self.rows("select * from answer where attempt_id = ?", self.attempt_id(person))
        return {row["position"]: json.loads(row["response"]) for row in found if json.loads(row["response"])}

    def bank(self) -> tuple[Bank, KeySheet, Statistics]:
        """Return the bank with its keys, opened with the site's own keys."""
        files = BankFiles(self.folder / "banks", open_keyring(self.folder / "keys"))
        drawn = self.rows(
            "select bank_id, stats_hash from exam_session join form_set on exam_session_id = exam_session.id"
        )[0]
        bank_id = str(drawn["bank_id"])
        return files.bank(bank_id), files.keys(bank_id), files.statistics(bank_id, str(drawn["stats_hash"]))


def copied_site(template: Path, folder: Path) -> Served:
    """Copy a prepared site and give the copy ports of its own."""
    copied(template, folder)
    ports = free_ports(3)
    served = Served(folder, ports, json.loads((folder / "demo-secrets.json").read_text()))
    names = ("kiosk_port", "monitoring_port", "scoreboard_port")
    served.configure(**dict(zip(names, ports, strict=True)))
    return served


def prepare_site(folder: Path, **changes: str) -> Path:
    """Prepare a demo site whose profile differs by `changes` (lines of the TOML file, by name)."""
    profile = (CHECKOUT / "question_bank" / "profiles" / "simulation_20x10.toml").read_text(encoding="utf-8")
    for name, value in changes.items():
        profile, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", profile, flags=re.MULTILINE)
        assert count == 1, name
    file = folder.parent / f"{folder.name}.toml"
    file.write_text(profile, encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from cat_server.cli import demo_site; "
        "from cat_server.cli.main import main; "
        "demo_site._PROFILE = sys.argv.pop(1); main()"
    )
    prepared = subprocess.run(
        [sys.executable, "-c", program, str(file), "demo", "prepare", "--site", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    return folder
