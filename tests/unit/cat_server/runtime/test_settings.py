from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cat_server.domain.refusals import Refusal
from cat_server.runtime.settings import load_settings, make_settings

VALUES = {"site_code": "JKT-1", "name": 'Kantor "Pusat"', "hosts": ["cat.local"]}


def test_settings_survive_their_file(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, VALUES)
    (tmp_path / "site.toml").write_text(settings.as_toml(), encoding="utf-8")
    assert load_settings(tmp_path) == settings
    assert settings.scheme == "https"
    assert settings.database_url == f"sqlite:///{tmp_path / 'exam.db'}"


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAT_KIOSK_PORT", "9999")
    assert make_settings(tmp_path, VALUES | {"kiosk_port": 1234}).kiosk_port == 9999


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("kiosk_port", 70000),
        ("transport", "ftp"),
        ("site_code", "a b"),
        ("policy", {"two_committees": False}),
        ("database", "mysql://cat@db/cat"),
        ("kiosk_workers", 0),
        ("front", {"trusted": ["10.0.0.5"]}),
        ("front", {"trusted": ["nginx"]}),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, field: str, value: object) -> None:
    with pytest.raises(Refusal) as refused:
        make_settings(tmp_path, VALUES | {field: value})
    assert refused.value.code == "SITE_SETTINGS_INVALID"
    assert field in str(refused.value.params["reason"])


def test_no_site_and_broken_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as missing:
        load_settings(tmp_path / "nowhere")
    (tmp_path / "site.toml").write_text("a = [", encoding="utf-8")
    with pytest.raises(Refusal) as broken:
        load_settings(tmp_path)
    assert (missing.value.code, broken.value.code) == ("SITE_MISSING", "SITE_SETTINGS_INVALID")


def test_indonesian_zones_need_no_zone_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    settings = make_settings(tmp_path, VALUES | {"timezone": "Asia/Jayapura"})
    offset = settings.zone.utcoffset(None)
    assert offset is None or offset.total_seconds() == 9 * 3600


def test_toml_holds_every_field_but_the_folder(tmp_path: Path) -> None:
    written = tomllib.loads(make_settings(tmp_path, VALUES).as_toml())
    assert "folder" not in written
    assert written["policy"]["two_committees"] is True


def test_a_journal_is_for_files_alone_and_never_silently_missing(tmp_path: Path) -> None:
    journal = {"journal": {"path": "/mnt/second"}}
    assert make_settings(tmp_path, VALUES | journal).journal_folder == Path("/mnt/second")
    for url in ("postgresql://cat@db/cat", "postgresql+psycopg://cat@db/cat", "postgres://cat@db/cat"):
        assert make_settings(tmp_path, VALUES | {"database": url}).is_on_server
        with pytest.raises(Refusal, match="JOURNAL_NEEDS_SQLITE"):
            make_settings(tmp_path, VALUES | {"database": url} | journal)


def test_with_a_front_the_server_itself_listens_on_this_machine_alone(tmp_path: Path) -> None:
    without = make_settings(tmp_path, VALUES | {"kiosk_listen": ["10.0.0.2"]})
    assert without.doors["kiosk"] == (("10.0.0.2",), 8080)
    behind = make_settings(tmp_path, VALUES | {"front": {"trusted": ["127.0.0.1"], "own_kiosk_port": 9000}})
    assert behind.doors == {
        "kiosk": (("127.0.0.1",), 9000),
        "monitoring": (("127.0.0.1",), 18081),
        "scoreboard": (("127.0.0.1",), 18082),
    }
