"""A PostgreSQL of the test run's own: made in a temporary folder, on a socket and a free port, removed at the end."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from scripts.free_ports import free_ports

ACCOUNT = "postgres"
OWNER = "cat"


def programs() -> Path:
    """Return the folder of the newest PostgreSQL programs that Debian's package has put there."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    assert found, "PostgreSQL is missing: scripts/ensure_browsers.sh installs it"
    return found[-1]


@dataclass(slots=True)
class Cluster:
    """A running server; `settings` are lines of postgresql.conf beside the default ones (fsync is on)."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str, user: str = OWNER) -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def start(self) -> None:
        self._control("start", "-w", "-t", "60", "-l", str(self.folder / "log"))

    def stop(self, how: str = "fast") -> None:
        self._control("stop", "-m", how, "-w", "-t", "60")

    def admin(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Connect as the superuser."""
        return psycopg.connect(self.url(database, ACCOUNT), autocommit=True)

    def new_database(self, template: str = "template0") -> str:
        """Return the name of a new database: an empty one, or a copy of another to which nobody is connected."""
        name = f"site_{secrets.token_hex(8)}"
        with self.admin() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY wal_log")
        return name

    def make_standby(self, name: str) -> Cluster:
        """Return a running standby that each commit of this cluster waits for."""
        standby = Cluster(self.folder / name, free_ports(1)[0], self.settings)
        standby.folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(standby.folder, ACCOUNT, ACCOUNT)
        source = f"host={self.folder} port={self.port} user={ACCOUNT} application_name={name}"
        _run("pg_basebackup", "-d", source, "-D", str(standby.data), "-R", "-c", "fast")
        with (standby.data / "postgresql.conf").open("a") as file:
            file.write(f"port = {standby.port}\nunix_socket_directories = '{self.folder / name}'\n")
        standby.start()
        with self.admin() as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
            connection.execute("SELECT pg_reload_conf()")
            while connection.execute("SELECT sync_state FROM pg_stat_replication").fetchone() != ("sync",):
                time.sleep(0.05)
        return standby

    def promote(self) -> None:
        """Let a standby become the server."""
        self._control("promote", "-w")

    def end_backends(self, database: str) -> int:
        """Terminate everybody who is connected to a database; return how many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        with self.admin() as connection:
            row = connection.execute(query, (database,)).fetchone()
        return int(str(row[0])) if row else 0

    def _control(self, *words: str) -> None:
        _run("pg_ctl", "-D", str(self.data), *words)


def make_cluster(**settings: str) -> Cluster:
    """Make and start a cluster; `remove` ends it."""
    folder = Path(tempfile.mkdtemp(prefix="cat-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
    folder.chmod(0o755)
    cluster = Cluster(folder, free_ports(1)[0], settings)
    how = ("-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-instructions")
    _run("initdb", "-D", str(cluster.data), "-U", ACCOUNT, *how)
    lines = {
        "port": str(cluster.port),
        "listen_addresses": "'127.0.0.1'",
        "unix_socket_directories": f"'{folder}'",
        "fsync": "on",
        "max_connections": "200",
        **settings,
    }
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = {value}\n" for name, value in lines.items())
    cluster.start()
    with cluster.admin() as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
    return cluster


def remove(cluster: Cluster) -> None:
    """Stop a cluster with its standbys and take its folder away."""
    for data in (cluster.data, *cluster.folder.glob("*/data")):  # no deeper: files come and go in there
        if (data / "postmaster.pid").exists():
            Cluster(data.parent, 0).stop("immediate")
    shutil.rmtree(cluster.folder, ignore_errors=True)


def _run(program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs, as the account of the package where root runs the tests."""
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
    subprocess.run(
        [str(programs() / program), *words],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **account,
    )
