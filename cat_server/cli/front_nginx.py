"""The configuration of nginx before this site: a template, filled in with the bounds that the server itself keeps."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from cat_server.cli.site_command import catalogue
from cat_server.cli.web_servers import KEEP_ALIVE_S, MOST_CONNECTIONS
from cat_server.domain.refusals import Refusal
from cat_server.runtime import tls_authority
from cat_server.runtime.settings import SiteSettings
from cat_server.web.bounded_protocol import ConnectionLimits
from cat_server.web.security import BODY_LIMIT_BYTES
from cat_server.web.server_sent_events import HEARTBEAT_S
from monitoring.app import BODY_LIMIT_BYTES as MONITORING_BODY_LIMIT_BYTES

_TEMPLATE = "front_nginx.conf"
_ANSWER_S = 60
_LONG_ANSWER_S = 300
"""Official papers of a whole session take their time."""


@dataclass(frozen=True, slots=True)
class Door:
    """One app: where the front listens, where it passes on, how large a body may be, how long an answer may take."""

    name: str
    addresses: tuple[str, ...]
    upstream: str
    body_bytes: int
    answer_s: int


def nginx_configuration(settings: SiteSettings) -> str:
    """Return the whole file, with the bounds that the server itself keeps.

    Raises:
        Refusal: `CERTIFICATE_MISSING`.
    """
    is_tls = settings.transport == "tls"
    if is_tls and tls_authority.issued(settings.keys_folder) is None:
        raise Refusal("CERTIFICATE_MISSING")
    keys = settings.keys_folder.resolve()
    texts = catalogue()
    environment = Environment(
        autoescape=False,  # noqa: S701 - nginx's language, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = (files("cat_server.cli") / _TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(template).render(
        site_code=settings.site_code,
        connections=MOST_CONNECTIONS,
        limits=ConnectionLimits(),
        per_address=settings.connections_per_address,
        keep_alive_s=KEEP_ALIVE_S,
        upstream_idle_s=KEEP_ALIVE_S - 30,
        stream_s=round(6 * HEARTBEAT_S),
        certificate=keys / tls_authority.CERTIFICATE_FILE if is_tls else "",
        key=keys / tls_authority.KEY_FILE if is_tls else "",
        doors=_doors(settings),
        away_id=texts.text("id", "front_away"),
        away_en=texts.text("en", "front_away"),
    )


def _doors(settings: SiteSettings) -> tuple[Door, ...]:
    def door(name: str, listen: tuple[str, ...], port: int, body_bytes: int, answer_s: int) -> Door:
        (address, *_), own_port = settings.doors[name]
        addresses = tuple(f"[{each}]:{port}" if ":" in each else f"{each}:{port}" for each in listen)
        return Door(name, addresses, f"{address}:{own_port}", body_bytes, answer_s)

    kiosks, officers = settings.kiosk_listen, settings.monitoring_listen
    return (
        door("kiosk", kiosks, settings.kiosk_port, BODY_LIMIT_BYTES, _ANSWER_S),
        door("monitoring", officers, settings.monitoring_port, MONITORING_BODY_LIMIT_BYTES, _LONG_ANSWER_S),
        door("scoreboard", officers, settings.scoreboard_port, BODY_LIMIT_BYTES, _ANSWER_S),
    )
