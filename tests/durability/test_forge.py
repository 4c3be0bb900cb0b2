"""The process that the web processes are forked from: it holds no secret, and nobody depends on its living."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cat_server.runtime.keyring import MASTER_FILE, SIGNING_FILE, open_keyring
from tests.served_site import Served, copied_site, wait_until


@pytest.fixture(scope="module")
def served(template_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = copied_site(template_site, tmp_path_factory.mktemp("forge") / "site")
    served.start()
    yield served
    served.stop()


def is_in_memory(pid: int, secrets: dict[str, bytes]) -> set[str]:
    """Return which of the secrets a running process holds anywhere in its memory."""
    found = set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if place is None:
                continue
            begin, end = int(place[1], 16), int(place[2], 16)
            memory.seek(begin)
            content = b""
            with contextlib.suppress(OSError):  # a process that runs may have let go of it since
                content = memory.read(end - begin)
            found |= {name for name, each in secrets.items() if each in content}
    return found


def caught_forge(served: Served) -> int:
    """Let a web process die; return the forge that makes another, stopped as it works."""
    wait_until(lambda: set(served.children()) == {"kiosk", "monitoring"}, "the forge before rests")
    os.kill(served.children()["monitoring"], signal.SIGKILL)
    forge = int(wait_until(lambda: served.children().get("forge"), "a forge begins"))
    os.kill(forge, signal.SIGSTOP)
    return forge


def zombies(served: Served) -> list[int]:
    """Return which of the server's processes have ended and were not asked how."""
    return [pid for pid in served.family() if "(zombie)" in Path(f"/proc/{pid}/status").read_text()]


def test_neither_the_forge_nor_a_kiosk_process_holds_a_key(served: Served) -> None:
    keys = served.folder / "keys"
    keyring = open_keyring(keys)
    secrets = {
        "master": (keys / MASTER_FILE).read_bytes(),
        "signing": (keys / SIGNING_FILE).read_bytes(),
        "key sheets": keyring.key_sheet_key,
        "banks": keyring.bank_key,
        "pins": keyring.secrets.pin_key,
    }
    forge = caught_forge(served)
    try:
        assert is_in_memory(forge, secrets) == set()
    finally:
        os.kill(forge, signal.SIGCONT)
    served.wait_until_up()
    assert is_in_memory(served.children()["kiosk"], secrets) == {"pins"}, (
        "what its role may know, and nothing else"
    )
    assert is_in_memory(served.process.pid, secrets) >= {"banks", "key sheets"}, (
        "the search finds what is there"
    )


def test_the_forge_ends_when_all_serve_and_how_a_child_died_is_known_all_the_same(served: Served) -> None:
    wait_until(lambda: set(served.children()) == {"kiosk", "monitoring"}, "the forge rests")
    before = served.children()
    os.kill(before["kiosk"], signal.SIGKILL)
    wait_until(
        lambda: served.children().get("kiosk", before["kiosk"]) != before["kiosk"], "the kiosk process", 30
    )
    served.wait_until_up()
    wait_until(lambda: set(served.children()) == {"kiosk", "monitoring"}, "the forge rests again")
    assert served.children()["monitoring"] == before["monitoring"], "the other one was not disturbed"
    assert httpx.get(f"{served.board_url}/sign-in", timeout=5).status_code == 200
    log = (served.folder / "logs" / "serve.log").read_text(encoding="utf-8").splitlines()
    died = [each for each in map(json.loads, log) if each["code"] == "PROCESS_DIED"]
    assert died[-1]["params"] == {"process": "kiosk", "status": -signal.SIGKILL, "restarts": 1}
    wait_until(lambda: not zombies(served), "nobody stays behind who has ended")


def test_a_web_process_comes_back_though_its_forge_died_as_it_worked(served: Served) -> None:
    forge = caught_forge(served)
    os.kill(forge, signal.SIGKILL)
    wait_until(lambda: set(served.children()) == {"kiosk", "monitoring"}, "both serve", 60)
    served.wait_until_up()


def test_children_belong_to_no_terminal_and_end_with_the_supervisor(served: Served) -> None:
    children = served.children()
    assert {os.getsid(each) for each in children.values()} == set(children.values())
    served.process.kill()
    served.process.wait(10)
    wait_until(lambda: not any(Path(f"/proc/{each}/exe").exists() for each in children.values()), "all end")
    served.start()
