from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.free_ports import free_ports

PROGRAM = [sys.executable, "-m", "cat_server.cli.main"]
CHECKOUT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    names = ("CAT_KIOSK_PORT", "CAT_MONITORING_PORT", "CAT_SCOREBOARD_PORT")
    return dict(zip(names, map(str, free_ports(len(names))), strict=True))


@pytest.fixture(scope="module")
def env(ports: dict[str, str]) -> dict[str, str]:
    return os.environ | ports | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "site"
    made = run(env, "demo", "prepare", "--site", str(folder))
    assert made.returncode == 0, made.stderr
    return folder


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], env=env, capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def served(env: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--site", str(folder)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        assert process.poll() is None
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        process.stdout.close()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def joined(folder: Path) -> dict[str, dict[str, str]]:
    """Return the crowd's browsers that have come as far as waiting."""
    file = folder / "demo-crowd.json"
    browsers: dict[str, dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}
    return {number: cookies for number, cookies in browsers.items() if "cat_participant" in cookies}


def is_up(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code < 400
    except httpx.HTTPError:
        return False


def children_of(pid: int) -> list[int]:
    """Return the two web processes, once the forge that made them has ended and left them to the supervisor."""

    def names() -> dict[int, str]:
        found = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return {each: Path(f"/proc/{each}/comm").read_text().strip() for each in found}

    def web_processes() -> list[int]:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found = names()
            if set(found.values()) == {"cat-kiosk", "cat-monitoring"}:
                return list(found)
        return []

    wait_until(lambda: bool(web_processes()))
    return web_processes()


@contextmanager
def coordinator(env: dict[str, str], folder: Path) -> Iterator[tuple[httpx.Client, str]]:
    """Sign in as the coordinator and give the browser and the room's address."""
    secrets = json.loads((folder / "demo-secrets.json").read_text(encoding="utf-8"))
    officer = secrets["officers"][0]
    address = f"http://127.0.0.1:{env['CAT_MONITORING_PORT']}"
    headers = {"Origin": address}
    with httpx.Client(base_url=address, headers=headers, follow_redirects=True, timeout=20) as browser:
        password = {"username": officer["username"], "password": officer["password"]}
        room = re.search(r'href="(/rooms/[^"]+)"', browser.post("/sign-in", data=password).text)
        assert room is not None
        yield browser, room[1]


def test_a_demo_from_the_card_to_a_crowd_that_finished(demo: Path, env: dict[str, str]) -> None:
    with served(env, demo) as process:
        kiosk = f"http://127.0.0.1:{env['CAT_KIOSK_PORT']}"
        crowd = subprocess.Popen(
            [
                *PROGRAM,
                "demo",
                "crowd",
                "3",
                "--site",
                str(demo),
                "--pace",
                "0.1",
                "--minutes",
                "4",
                "--json",
            ],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        with coordinator(env, demo) as (browser, room):
            wait_until(lambda: len(joined(demo)) == 3)
            assert browser.post(f"{room}/start").status_code == 200
            out, _ = crowd.communicate(timeout=250)
            result: dict[str, Any] = json.loads(out)
            assert result["problems"] == []
            assert result["finished"] == 3
            assert result["answers"] >= 45

            # Either process may be killed at any time: it comes back, and nothing is lost.
            for pid in children_of(process.pid):
                os.kill(pid, signal.SIGKILL)
            monitoring = f"http://127.0.0.1:{env['CAT_MONITORING_PORT']}"
            wait_until(lambda: is_up(kiosk) and is_up(monitoring))
            wait_until(lambda: browser.get(room).status_code == 200)
            assert browser.get(room).status_code == 200

            headers = httpx.get(kiosk, follow_redirects=True).headers
            assert "server" not in headers
            with httpx.stream(
                "GET", f"http://127.0.0.1:{env['CAT_SCOREBOARD_PORT']}/events", timeout=20
            ) as feed:
                next(feed.iter_bytes())
                with browser.stream("GET", f"{room}/events") as board:
                    next(board.iter_bytes())
                    before = time.monotonic()
                    process.send_signal(signal.SIGINT)
                    assert process.wait(60) == 0
                    # Two seconds on a machine that is not busy; open streams alone would keep it for ever.
                    assert time.monotonic() - before < 20


def test_a_second_server_and_a_busy_port_are_refused_in_one_line(
    demo: Path, env: dict[str, str], tmp_path: Path
) -> None:
    with served(env, demo):
        again = run(env, "serve", "--site", str(demo))
        assert again.returncode == 1
        assert len(again.stderr.strip().splitlines()) == 1
        assert "Ctrl-C" in again.stderr
        assert run(env, "site", "init", "--demo", "--site", str(tmp_path / "other")).returncode == 0
        busy = run(env, "serve", "--site", str(tmp_path / "other"))
        assert busy.returncode == 1
        assert len(busy.stderr.strip().splitlines()) == 1
        assert env["CAT_KIOSK_PORT"] in busy.stderr


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_goes_on(
    demo: Path, env: dict[str, str]
) -> None:
    with served(env, demo) as process:
        children = children_of(process.pid)
        assert len(children) == 2
        process.kill()
        process.wait(30)
        wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in children))
    with served(env, demo), coordinator(env, demo) as (browser, room):
        assert browser.get(room).status_code == 200


@pytest.mark.parametrize(
    ("modules", "left_out"),
    [
        ("serve_kiosk", "PIL alembic httpx mako numpy openpyxl reportlab rich typer"),
        ("serve_monitoring", "alembic httpx mako numpy openpyxl reportlab rich typer"),
        ("serve", "alembic httpx mako numpy openpyxl reportlab"),
    ],
)
def test_a_server_starts_without_what_only_other_commands_need(modules: str, left_out: str) -> None:
    code = (
        f"import sys, cat_server.cli.{modules}; "
        f"print(sorted(set({left_out.split()}) & {{each.split('.')[0] for each in sys.modules}}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_real_site_speaks_tls_1_3_only(tmp_path: Path, env: dict[str, str]) -> None:
    folder = tmp_path / "site"
    assert run(env, "site", "init", "--site", str(folder), "--host", "cat.local").returncode == 0
    with served(env, folder):
        trusting = ssl.create_default_context(cafile=str(folder / "keys" / "tls-ca.pem"))
        trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT
        address = f"https://127.0.0.1:{env['CAT_KIOSK_PORT']}/go"
        with httpx.Client(verify=trusting, follow_redirects=True, timeout=20) as browser:
            response = browser.get(address)
            assert response.status_code == 403, "no room is being enrolled, so an unknown PC gets nothing"
            assert dict(browser.cookies) == {}
        trusting.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(httpx.ConnectError), httpx.Client(verify=trusting, timeout=20) as old:
            old.get(address)
