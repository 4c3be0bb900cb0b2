"""The bundle for a USB stick installs and serves in a namespace that has no network but loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_databases import sqlite_only

pytestmark = sqlite_only("what is installed is the same")

CHECKOUT = Path(__file__).parents[4]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
OFFLINE = ["unshare", "--net", "--map-root-user"]

SCRIPT = r"""
set -eu
ip link set lo up
bundle=$1 prefix=$2
if "$PYTHON" -c 'import socket; socket.create_connection(("192.0.2.1", 80), 2)' 2> /dev/null; then
    echo "there is a network here" >&2; exit 9
fi
"$bundle/install.sh" --prefix "$prefix"
"$bundle/install.sh" --prefix "$prefix"
cat_server=$prefix/bin/cat-server
"$cat_server" --help > /dev/null
"$cat_server" site init
"$cat_server" doctor --json > "$prefix/doctor.json" || [ $? = 1 ]
export CAT_SITE=$prefix/demo
"$cat_server" demo prepare > /dev/null
"$cat_server" doctor
"$cat_server" serve > "$prefix/serve.out" 2>&1 &
server=$!
"$prefix/opt/current/venv/bin/python" - <<'PAGE'
import time, urllib.request
for attempt in range(150):
    try:
        page = urllib.request.urlopen("http://127.0.0.1:8081/", timeout=5)
        break
    except OSError:
        time.sleep(0.2)
assert page.status == 200 and b"<html" in page.read()
print("PAGE SERVED")
PAGE
kill -TERM "$server"
wait "$server" || true
"$bundle/install.sh" --prefix "$prefix" --rollback && exit 8
"$bundle/install.sh" --prefix "$prefix" --uninstall
test -e "$prefix/data/site/site.toml"
test ! -e "$cat_server"
echo "ALL DONE"
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for the Python that runs this test alone, to save time."""
    output = tmp_path_factory.mktemp("usb") / "bundle"
    ran = subprocess.run(
        [sys.executable, "scripts/build_bundle.py", "--python", VERSION, "--output", str(output)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return output


def test_it_installs_checks_and_serves_without_network(bundle: Path, tmp_path: Path) -> None:
    assert shutil.which("unshare"), "util-linux is part of every Debian"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "CAT_"))}
    ran = subprocess.run(
        [*OFFLINE, "bash", "-c", SCRIPT, "offline", str(bundle), str(tmp_path / "installed")],
        cwd=tmp_path,
        env=env | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "PAGE SERVED" in ran.stdout
    assert "ALL DONE" in ran.stdout


def test_a_changed_file_is_refused_before_anything_is_installed(bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / "requirements" / "run.lock").write_text("", encoding="utf-8")
    ran = subprocess.run(
        [copy / "install.sh", "--prefix", tmp_path / "installed"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "run.lock" in ran.stderr
    assert not (tmp_path / "installed" / "opt").exists()


def test_the_bundle_holds_everything_and_names_no_host(bundle: Path) -> None:
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    wanted = {"install.sh", "cat-server.service", "README.txt", "SHA256SUMS", "requirements/run.lock"}
    wanted |= {
        f"handbook/{who}.{lang}.md" for who in ("operator", "officer", "participant") for lang in ("id", "en")
    }
    assert wanted <= names
    summed = {line.split("  ", 1)[1] for line in (bundle / "SHA256SUMS").read_text("utf-8").splitlines()}
    assert summed == names - {"SHA256SUMS"}
    for lock in (bundle / "requirements").iterdir():
        assert "://" not in lock.read_text(encoding="utf-8")


def test_a_package_without_a_wheel_is_named(tmp_path: Path) -> None:
    sys.path.insert(0, str(CHECKOUT / "scripts"))
    import build_bundle  # noqa: PLC0415 - a script, not a package

    lock = tmp_path / "wrong.lock"
    lock.write_text("pip==0.0.1 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    with pytest.raises(build_bundle.BundleError, match=r"pip==0\.0\.1"):
        build_bundle.download(lock, VERSION, tmp_path)


def test_the_unit_starts_without_network_again_and_again_as_its_own_user() -> None:
    unit = CHECKOUT / "scripts" / "bundle" / "cat-server.service"
    lines = unit.read_text(encoding="utf-8").splitlines()
    for line in (
        *("User=cat-server", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "LimitCORE=0"),
        *(
            "ReadWritePaths=/var/lib/cat-server -/mnt/cat-second",
            "Restart=always",
            "RestartSec=1",
            "StartLimitIntervalSec=0",
        ),
        "WantedBy=multi-user.target",
    ):
        assert line in lines
    assert not any(line.startswith(("Wants=", "Requires=", "After=")) and "online" in line for line in lines)
    if shutil.which("systemd-analyze"):
        ran = subprocess.run(
            ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
        )
        rest = [each for each in ran.stderr.splitlines() if "is not executable" not in each]
        assert rest == []
