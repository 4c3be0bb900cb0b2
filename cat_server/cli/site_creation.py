"""Making a site: in a folder aside, which takes its place only when everything is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from cat_server.actions.create_site import record_site
from cat_server.domain.refusals import Refusal
from cat_server.records.database_url import shown_url
from cat_server.records.engine import open_engine
from cat_server.records.schema import migrate
from cat_server.records.table_copy import holds_rows
from cat_server.records.write_lane import WriteLane
from cat_server.runtime import tls_authority
from cat_server.runtime.addresses import DEMO_KIOSKS, lan_addresses
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.keyring import create_keys
from cat_server.runtime.settings import SETTINGS_FILE, SiteSettings, make_settings
from cat_server.runtime.software import software


def create_site(folder: Path, values: dict[str, object], hosts: tuple[str, ...] = ()) -> SiteSettings:
    """Make a site in `folder`: settings, keys, certificate, database. Nothing stays if anything fails.

    Raises:
        Refusal: `SITE_EXISTS`, `FOLDER_NOT_EMPTY`, `DATABASE_NOT_EMPTY` or `SITE_SETTINGS_INVALID`.
    """
    folder = folder.absolute()
    if (folder / SETTINGS_FILE).exists():
        raise Refusal("SITE_EXISTS", {"folder": str(folder)})
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal("FOLDER_NOT_EMPTY", {"folder": str(folder)})
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".cat-site-", dir=folder.parent))
    mask = os.umask(0o077)
    try:
        _fill(draft, values, hosts)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        os.umask(mask)
    return make_settings(folder, values | {"hosts": _all_hosts(values, hosts)})


def demo_values(lan: bool = False) -> dict[str, object]:
    """Return the settings of a demo: plain HTTP on this machine only, unless `lan`."""
    return {
        "site_code": "DEMO",
        "name": "Pusat Tes Demo",
        "is_demo": True,
        "transport": "http",
        "kiosk_listen": ["0.0.0.0"] if lan else list(DEMO_KIOSKS),  # noqa: S104 - on explicit wish
        "monitoring_listen": ["0.0.0.0"] if lan else ["127.0.0.1"],  # noqa: S104 - on explicit wish
        "policy": {"scoreboard": "live", "scoreboard_delay_s": 0, "scoreboard_masking": False},
    }


def certified_names(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return every name and address a certificate made now would vouch for."""
    return tuple(dict.fromkeys((*hosts, *lan_addresses(), "localhost", "127.0.0.1")))


def _fill(draft: Path, values: dict[str, object], hosts: tuple[str, ...]) -> None:
    settings = make_settings(draft, values | {"hosts": _all_hosts(values, hosts)})
    clock = SystemClock()
    create_keys(settings.keys_folder)
    settings.banks_folder.mkdir(mode=0o700)
    if settings.transport == "tls":
        tls_authority.issue(
            settings.keys_folder, settings.site_code, certified_names(hosts), clock.now().at_ms
        )
    (draft / SETTINGS_FILE).write_text(settings.as_toml(), encoding="utf-8")
    engine = open_engine(settings.database_url)
    lane = WriteLane(engine, clock)
    try:
        if settings.database and holds_rows(engine):
            raise Refusal("DATABASE_NOT_EMPTY", {"database": shown_url(settings.database)})
        migrate(engine)
        record_site(lane.start(), settings.site_code, software())
    finally:
        lane.stop()


def _all_hosts(values: dict[str, object], hosts: tuple[str, ...]) -> list[str]:
    return list(certified_names(hosts)) if values.get("transport", "tls") == "tls" else []
