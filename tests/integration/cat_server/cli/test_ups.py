"""The UPS: what it says is recorded and shown, a low battery pauses every running room; tried with Network UPS Tools' own programs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.free_ports import free_ports
from tests.http_clients import HttpOfficer
from tests.served_site import CHECKOUT, Served, copied_site, prepare_site, wait_until

NUT = Path("/lib/nut")
"""Where Debian keeps the programs themselves; those in /usr/sbin ask /etc/nut/nut.conf first."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo site that is never served, only copied."""
    return prepare_site(tmp_path_factory.mktemp("ups") / "template", late_start='"full_time"')


@pytest.fixture
def site(template: Path, tmp_path: Path) -> Iterator[Served]:
    """A served site whose room is running."""
    from tests.browser.conftest import begin  # noqa: PLC0415 - only here

    served = copied_site(template, tmp_path / "site")
    served.start()
    begin(served)
    yield served
    served.stop()


def states(site: Served) -> list[str]:
    return [row["state"] for row in site.rows("select state from exam_session order by code")]


def alarms(site: Served) -> str:
    officer = HttpOfficer(site)
    text: str = officer.browser.get("/alarms").text
    officer.close()
    return text


def powers(site: Served) -> list[str]:
    found = site.rows("select envelope from ledger where kind = 'POWER_CHANGED' order by number")
    return [json.loads(row["envelope"])["body"]["power"] for row in found]


def test_each_notice_is_told_and_a_low_battery_pauses_what_runs(site: Served) -> None:
    wait_until(
        lambda: not alarms(site).strip(), "no alarm is shown"
    )  # nor one of a tick that a busy machine held up
    assert site.cli("ups", "--notice", "ONBATT", "--json").returncode == 0
    assert "baterai UPS" in alarms(site)
    assert "RUNNING" in states(site)
    low = site.cli("ups", "UPS aula: battery is low", "--notice", "lowbatt", "--json")
    assert low.returncode == 0, low.stdout + low.stderr
    assert '"power": "LOW"' in low.stdout
    assert "RUNNING" not in states(site)
    assert "PAUSED" in states(site)
    assert "hampir habis" in alarms(site)
    twice = site.cli("ups", "--notice", "FSD", "--json")
    assert (twice.returncode, '"paused": []' in twice.stdout) == (0, True)
    assert site.cli("ups", "--notice", "ONLINE").returncode == 0
    wait_until(
        lambda: not alarms(site).strip(), "no alarm is shown"
    )  # nor one of a tick that a busy machine held up
    assert "PAUSED" in states(site), "nothing goes on by itself"
    assert powers(site) == ["ON_BATTERY", "LOW", "LOW", "ONLINE"]


def test_other_notices_are_passed_over_and_none_is_wrong_usage(site: Served) -> None:
    assert site.cli("ups", "--notice", "REPLBATT").returncode == 0
    assert site.cli("ups").returncode == 2
    assert powers(site) == []


@pytest.fixture
def nut(tmp_path: Path, site: Served) -> Iterator[Callable[[str], object]]:
    """The three programs of NUT on a dummy UPS; returns what changes its status."""
    if not (NUT / "dummy-ups").exists() or shutil.which("upsc") is None:
        pytest.fail("Network UPS Tools are missing: apt-get install nut-server nut-client")
    folder = tmp_path / "nut"
    folder.mkdir(mode=0o700)
    [port] = free_ports(1)
    device = folder / "ups.dev"
    hook = folder / "notify"
    hook.write_text(
        f'#!/bin/sh\ncd {CHECKOUT}\nexec {sys.executable} -m cat_server.cli.main ups "$1" --site {site.folder}'
        f" >> {folder}/notify.out 2>&1\n"
    )
    hook.chmod(0o700)
    flags = "".join(
        f"NOTIFYFLAG {each} EXEC\n" for each in ("ONLINE", "ONBATT", "LOWBATT", "FSD", "SHUTDOWN")
    )
    for name, content in {
        "ups.dev": "ups.status: OL\nbattery.charge: 100\n",
        "ups.conf": f"[aula]\n driver = dummy-ups\n port = {device}\n mode = dummy-once\n",
        "upsd.conf": f"LISTEN 127.0.0.1 {port}\nMAXAGE 30\n",
        "upsd.users": "[mon]\n password = rahasia\n upsmon primary\n",
        "upsmon.conf": f"MONITOR aula@127.0.0.1:{port} 1 mon rahasia primary\nMINSUPPLIES 1\nPOLLFREQ 1\nPOLLFREQALERT 1\n"
        f"FINALDELAY 1\nHOSTSYNC 1\nDEADTIME 15\nRUN_AS_USER root\nPOWERDOWNFLAG {folder}/killpower\nSHUTDOWNCMD true\n"
        f"NOTIFYCMD {hook}\n{flags}",
    }.items():
        (folder / name).write_text(content)
        (folder / name).chmod(0o600)
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT),
        "NUT_CONFPATH": str(folder),
        "NUT_STATEPATH": str(folder),
        "NUT_ALTPIDPATH": str(folder),
    }
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "nut.out").open("ab"))

        def run(name: str, *words: str) -> None:
            running = subprocess.Popen(
                [NUT / name, *words], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
            stack.callback(running.wait, 10)
            stack.callback(running.terminate)

        run("dummy-ups", "-a", "aula", "-D", "-u", "root")
        wait_until((folder / "dummy-ups-aula").exists, "the driver runs")
        run("upsd", "-D", "-u", "root")
        query = ["upsc", f"aula@127.0.0.1:{port}", "ups.status"]
        wait_until(
            lambda: b"OL" in subprocess.run(query, env=environment, capture_output=True, check=False).stdout,
            "upsd knows the UPS",
        )
        run("upsmon", "-D", "-p")
        yield lambda text: _tell(device, f"ups.status: {text}\nbattery.charge: 50\n")


def _tell(device: Path, content: str) -> None:
    """Change the dummy UPS as a whole, and to a later second: the driver reads the file anew only where that differs."""
    second = int(device.stat().st_mtime) + 2
    changed = device.with_suffix(".new")
    changed.write_text(content)
    changed.chmod(0o600)
    os.utime(changed, (second, second))
    changed.replace(device)


@pytest.mark.skipif(os.geteuid() != 0, reason="NUT's programs drop to another user unless they are root's")
def test_network_ups_tools_calls_the_hook(site: Served, nut: Callable[[str], object]) -> None:
    nut("OB DISCHRG")
    wait_until(lambda: powers(site) == ["ON_BATTERY"], "the battery is told")
    assert "RUNNING" in states(site)
    nut("OB LB")
    wait_until(lambda: "PAUSED" in states(site) and "RUNNING" not in states(site), "the room is paused")
    assert "LOW" in powers(site)
