"""What a site is: the values of `site.toml`, checked when read."""

from __future__ import annotations

import ipaddress
import json
import tomllib
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cat_server.domain.refusals import Refusal

SETTINGS_FILE = "site.toml"
_DATABASES = ("postgresql://", "postgresql+psycopg://", "postgres://", "sqlite:///")
_INDONESIAN_ZONES = {"Asia/Jakarta": ("WIB", 7), "Asia/Makassar": ("WITA", 8), "Asia/Jayapura": ("WIT", 9)}


class SitePolicy(BaseModel):
    """What new events start from. `two_committees` is recorded and not negotiable: results need both signatures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scoreboard: Literal["live", "delayed", "progress", "off"] = "delayed"
    scoreboard_delay_s: int = Field(default=300, ge=0, le=86_400)
    scoreboard_masking: bool = True
    two_committees: Literal[True] = True
    officer_sign_in_hours: int = Field(default=12, ge=1, le=24)


class JournalSettings(BaseModel):
    """The journal on a second device: `path` is a folder there, empty for none.

    Where it is `required`, an answer is acknowledged only when the journal holds it too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = ""
    required: bool = True


class BackupSettings(BaseModel):
    """Backups that a running server makes by itself into the folder `path`, best on a second device.

    `path` empty: beside the journal, or none where there is no journal either. Of old ones the `keep_newest` last stay,
    and the last of each of the `keep_days` last days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = ""
    every_s: int = Field(default=300, ge=30, le=86_400)
    keep_newest: int = Field(default=24, ge=2, le=10_000)
    keep_days: int = Field(default=14, ge=0, le=3_650)


class DiskSettings(BaseModel):
    """`floor_mib`: no exam starts with less free space. `ballast_mib` is held back, and let go when the disk is full."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor_mib: int = Field(default=1024, ge=0)
    ballast_mib: int = Field(default=64, ge=0, le=4096)


class FrontSettings(BaseModel):
    """A front on this machine that takes the rooms' connections, ends TLS and passes requests on (`cat-server front nginx`).

    `trusted`: the loopback addresses it comes from; what it says of the PC it asks for is believed. Empty: there is none. With a
    front, the server itself listens on these ports of 127.0.0.1 alone, unencrypted, and the front on the site's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trusted: tuple[str, ...] = ()
    own_kiosk_port: int = Field(default=18080, ge=1, le=65535)
    own_monitoring_port: int = Field(default=18081, ge=1, le=65535)
    own_scoreboard_port: int = Field(default=18082, ge=1, le=65535)

    @field_validator("trusted")
    @classmethod
    def _is_on_this_machine(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(ipaddress.ip_address(each).is_loopback for each in value):
            raise ValueError("only a front on this machine (127.0.0.1), since nothing is encrypted behind it")
        return value


class LogSettings(BaseModel):
    """Each process keeps `files` of `file_mib` in the site's folder `logs`; a commit that takes longer than `slow_commit_ms` is logged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_mib: int = Field(default=4, ge=1, le=1024)
    files: int = Field(default=4, ge=2, le=100)
    slow_commit_ms: int = Field(default=1_000, ge=0)


class SiteSettings(BaseSettings):
    """One site. Every value may be overridden by an environment variable `CAT_<NAME>`, as `CAT_KIOSK_PORT`.

    `hosts` are names and addresses the certificate is valid for; the `*_listen` addresses are bound on their ports.
    `connections_per_address` bounds what one PC may hold open; raise it where many PCs share one address.
    `kiosk_workers` processes serve the kiosks behind one port; each takes an even part of that bound.
    """

    model_config = SettingsConfigDict(env_prefix="CAT_", frozen=True, extra="ignore")

    folder: Path
    site_code: str = Field(pattern=r"^[A-Za-z0-9._-]{1,32}$")
    name: str = Field(min_length=1, max_length=200)
    timezone: str = "Asia/Jakarta"
    is_demo: bool = False
    transport: Literal["tls", "http"] = "tls"
    hosts: tuple[str, ...] = ()
    database: str = ""
    kiosk_listen: tuple[str, ...] = ("0.0.0.0",)  # noqa: S104 - a server that faces the room's network
    monitoring_listen: tuple[str, ...] = ("0.0.0.0",)  # noqa: S104 - the same
    kiosk_port: int = Field(default=8080, ge=0, le=65535)
    monitoring_port: int = Field(default=8081, ge=0, le=65535)
    scoreboard_port: int = Field(default=8082, ge=0, le=65535)
    connections_per_address: int = Field(default=60, ge=4)
    kiosk_workers: int = Field(default=1, ge=1, le=16)
    policy: SitePolicy = SitePolicy()
    journal: JournalSettings = JournalSettings()
    backup: BackupSettings = BackupSettings()
    disk: DiskSettings = DiskSettings()
    front: FrontSettings = FrontSettings()
    logs: LogSettings = LogSettings()

    @field_validator("timezone")
    @classmethod
    def _is_known_zone(cls, value: str) -> str:
        if value not in _INDONESIAN_ZONES:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError("unknown time zone") from error
        return value

    @field_validator("database")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        if value and not value.startswith(_DATABASES):
            raise ValueError("neither postgresql://... nor empty")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and nothing else speak."""
        return env_settings, init_settings

    @property
    def zone(self) -> tzinfo:
        """The zone for display only; the three Indonesian zones also work where no zone data is installed."""
        try:
            return ZoneInfo(self.timezone)
        except ZoneInfoNotFoundError:
            name, hours = _INDONESIAN_ZONES[self.timezone]
            return timezone(timedelta(hours=hours), name)

    @property
    def scheme(self) -> str:
        """`https`, or `http` for a demo."""
        return "https" if self.transport == "tls" else "http"

    @property
    def doors(self) -> dict[str, tuple[tuple[str, ...], int]]:
        """The addresses and the port that the server itself binds, by app."""
        front, here = self.front, ("127.0.0.1",)
        if front.trusted:
            return {
                "kiosk": (here, front.own_kiosk_port),
                "monitoring": (here, front.own_monitoring_port),
                "scoreboard": (here, front.own_scoreboard_port),
            }
        return {
            "kiosk": (self.kiosk_listen, self.kiosk_port),
            "monitoring": (self.monitoring_listen, self.monitoring_port),
            "scoreboard": (self.monitoring_listen, self.scoreboard_port),
        }

    @property
    def database_url(self) -> str:
        """The URL of the exam database: a SQLite file in the site's folder unless the site says otherwise."""
        return self.database or f"sqlite:///{self.folder.resolve() / 'exam.db'}"

    @property
    def is_on_server(self) -> bool:
        """Whether the exam database is a server's (PostgreSQL) and not a file."""
        return bool(self.database) and not self.database.startswith("sqlite:")

    @property
    def keys_folder(self) -> Path:
        """Where the site's secrets are."""
        return self.folder / "keys"

    @property
    def banks_folder(self) -> Path:
        """Where encrypted banks and key sheets are."""
        return self.folder / "banks"

    @property
    def photos_folder(self) -> Path:
        """Where photos of participants are."""
        return self.folder / "photos"

    @property
    def journal_folder(self) -> Path | None:
        """The folder on the second device that the journal is written to."""
        return self.folder / self.journal.path if self.journal.path else None

    @property
    def backup_folder(self) -> Path | None:
        """Where a running server puts its backups; None where the site asks for none."""
        if self.backup.path:
            return self.folder / self.backup.path
        return self.journal_folder / "backups" if self.journal_folder else None

    def as_toml(self) -> str:
        """Return the content of `site.toml`."""
        values = self.model_dump(mode="json", exclude={"folder"})
        tables = {name: value for name, value in values.items() if isinstance(value, dict)}
        lines = _lines({name: value for name, value in values.items() if name not in tables})
        for name, table in tables.items():
            lines += ["", f"[{name}]", *_lines(table)]
        return "\n".join(lines) + "\n"


def _lines(values: dict[str, Any]) -> list[str]:
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]


def load_settings(folder: Path) -> SiteSettings:
    """Return the settings of the site in `folder`.

    Raises:
        Refusal: `SITE_MISSING`, no site there; `SITE_SETTINGS_INVALID`, with the first field at fault.
    """
    path = folder / SETTINGS_FILE
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal("SITE_MISSING", {"folder": str(folder)}) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal("SITE_SETTINGS_INVALID", {"file": str(path), "reason": str(error)}) from None
    return make_settings(folder, values)


def make_settings(folder: Path, values: dict[str, Any]) -> SiteSettings:
    """Return settings out of plain values.

    Raises:
        Refusal: `SITE_SETTINGS_INVALID`, with the first field at fault; `JOURNAL_NEEDS_SQLITE`.
    """
    try:
        settings = SiteSettings(**{**values, "folder": folder})
    except (ValidationError, ValueError) as error:
        reason = str(error)
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False)[0]
            reason = f"{'.'.join(str(each) for each in first['loc'])}: {first['msg']}"
        raise Refusal("SITE_SETTINGS_INVALID", {"file": SETTINGS_FILE, "reason": reason}) from None
    if settings.journal.path and settings.is_on_server:
        raise Refusal("JOURNAL_NEEDS_SQLITE", {"file": SETTINGS_FILE})
    return settings
