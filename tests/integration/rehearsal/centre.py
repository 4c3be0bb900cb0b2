"""A test centre for a day's rehearsal: a real site over TLS, made by the commands an operator types."""

from __future__ import annotations

import json
import os
import random
import re
import ssl
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from scripts.free_ports import free_ports
from tests.served_site import CHECKOUT, CLI, Served

OFFICERS = {
    "koordinator": ("coordinator", "delivery_team"),
    "ketua": ("chair", "agency_committee"),
    "pengawas": ("proctor", "delivery_team"),
    "meja1": ("registrar", ""),
    "meja2": ("registrar", ""),
    "meja3": ("registrar", ""),
    "teknisi": ("technician", ""),
}
COLUMNS = 20
SPARES = 20
FORMATIONS = 12
QUOTA = 4
CATEGORIES = ("umum", "umum", "umum", "cumlaude", "papua", "disabilitas")
CUT_OFF_S = 5


@dataclass
class RehearsalSite(Served):
    """A served site. `secrets` holds each officer's password and passphrase."""

    roster: list[dict[str, str]] = field(default_factory=list)

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "keys" / "tls-ca.pem"))

    def kiosk_url(self, host: str = "127.0.0.1") -> str:
        return f"https://{host}:{self.ports[0]}"

    @property
    def board_url(self) -> str:
        return f"https://127.0.0.1:{self.ports[1]}"

    def _answers(self, port: int) -> bool:
        assert self.process.poll() is None, (self.folder / "serve.out").read_text()
        try:
            return httpx.get(f"https://127.0.0.1:{port}/", timeout=5, verify=self.tls).status_code < 500
        except httpx.TransportError:
            return False


def prepare(folder: Path, people: int, sessions: int) -> RehearsalSite:
    """Make the site: officers, a room with spares, the bank, rosters with formations, the day's exam sessions."""
    folder.mkdir()
    site = RehearsalSite(folder / "site", free_ports(3), {})
    cat = _Commands(folder, site.folder)
    cat.run("site", "init", "--code", "JKT-01", "--name", "Titik Lokasi Gladi", "--host", "127.0.0.1")
    _use_ports(site)
    site.secrets = {"officers": [cat.officer(name, *what) for name, what in OFFICERS.items()]}
    rows = -(-(people + SPARES) // COLUMNS)
    cat.write("rooms.csv", f"Kode;Nama;Baris;Kolom;Cadangan\nA;Ruang A;{rows};{COLUMNS};{SPARES}\n")
    cat.run("room", "import", "rooms.csv")
    cat.run("bank", "import", str(CHECKOUT / "question_bank" / "demo" / "bank.csv"))
    cat.run(
        "event", "create", "GLADI", "--name", "Gladi Seleksi CPNS", "--scoreboard", "live", "--no-masking"
    )
    site.roster = roster(people * sessions)
    cat.write("roster.csv", _roster_text(site.roster))
    cat.write("formations.csv", _formations_text())
    cat.run("event", "formations", "formations.csv", "--event", "GLADI")
    cat.run("roster", "import", "roster.csv", "--event", "GLADI")
    profile = subprocess.run(
        [*CLI, "profile", "show", "skd_cpns_2024"], capture_output=True, text=True, check=True
    )
    cat.write(
        "skd.toml",
        re.sub(r"registration_cutoff_s = \d+", f"registration_cutoff_s = {CUT_OFF_S}", profile.stdout),
    )
    for number in range(1, sessions + 1):
        cat.run(
            *("exam-session", "create", f"S{number}", "--event", "GLADI", "--room", "A", "--bank", "bank"),
            *("--profile", "skd.toml", "--title", f"Sesi {number}", "--limit", str(people)),
            *("--start", "2035-01-01 08:00"),
        )
    return site


def roster(count: int) -> list[dict[str, str]]:
    """Return made-up people, some with long names and signs that papers must survive."""
    dice = random.Random(20261127)
    given = ("Andi", "Siti Nur", "I Gusti Ayu", "Muhammad", "Maria Goreti", "Yohanes", "Dwi", "R. Ngt. Ɖéwï")
    family = ("Saputra", "Rahmawati", "Simanjuntak", "Hutagalung", "Wijayakusuma Ningrat", "O'Neil", "Łukasz")
    return [
        {
            "number": f"2635{number:07d}",
            "name": f"{dice.choice(given)} {dice.choice(family)} {number}",
            "formation": f"F{number % FORMATIONS + 1:02d}",
            "category": dice.choice(CATEGORIES),
        }
        for number in range(1, count + 1)
    ]


def _roster_text(people: list[dict[str, str]]) -> str:
    lines = ["Nomor Peserta;Nama;NIK;Tanggal Lahir;Instansi;Jabatan;Formasi;Kategori;Akomodasi"]
    lines += [
        f"{each['number']};{each['name']};{3174000000000000 + place};01-01-1999;Pemerintah Kabupaten Contoh;"
        f"Analis Kebijakan;{each['formation']};{each['category']};"
        + ("netra" if each["category"] == "disabilitas" else "")
        for place, each in enumerate(people)
    ]
    return "\n".join(lines) + "\n"


def _formations_text() -> str:
    lines = [
        f"Pemerintah Kabupaten Contoh;Analis Kebijakan;F{each:02d};{QUOTA}"
        for each in range(1, FORMATIONS + 1)
    ]
    return "\n".join(("Instansi;Jabatan;Formasi;Kebutuhan", *lines)) + "\n"


def _use_ports(site: RehearsalSite) -> None:
    path = site.folder / "site.toml"
    settings = path.read_text()
    for name, port in zip(("kiosk_port", "monitoring_port", "scoreboard_port"), site.ports, strict=True):
        settings = re.sub(rf"^{name} = \d+", f"{name} = {port}", settings, flags=re.MULTILINE)
    for name in ("kiosk_listen", "monitoring_listen"):
        settings = re.sub(rf"^{name} = .*$", f'{name} = ["127.0.0.1"]', settings, flags=re.MULTILINE)
    path.write_text(settings)


class _Commands:
    """The operator's terminal."""

    def __init__(self, folder: Path, site: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "CAT_SITE": str(site), "PYTHONPATH": str(CHECKOUT)}

    def write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8")

    def run(self, *words: str) -> dict[str, Any]:
        done = subprocess.run(
            [*CLI, *words, "--json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            env=self._environment,
        )
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        content: dict[str, Any] = json.loads(done.stdout)
        return content

    def officer(self, username: str, role: str, committee: str) -> dict[str, str]:
        more = ("--committee", committee) if committee else ()
        added = self.run("officer", "add", username, "--name", f"Petugas {username}", "--role", role, *more)
        return {"username": username, "password": added["password"], "passphrase": added["passphrase"]}
