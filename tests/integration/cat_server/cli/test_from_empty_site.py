from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.public_inputs import places_in
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.profile_reading import load_profile
from tests.site_databases import values

Cat = Callable[..., Any]
BANK = files("question_bank") / "demo" / "bank.csv"
ROSTER = "Nomor Peserta;Nama;Tanggal Lahir\n" + "".join(
    f"{number:05d};Peserta {number};01-01-1999\n" for number in range(1, 13)
)


@pytest.fixture
def site(cat: Cat) -> Cat:
    """A site with a room of eight seats, the demo bank, and an event of twelve people."""
    Path("rooms.csv").write_text("Kode;Kursi;Cadangan\nA;8;1\n", encoding="utf-8")
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    for command in (
        ("site", "init", "--host", "cat.local"),
        ("room", "import", "rooms.csv"),
        ("bank", "import", BANK),
        ("event", "create", "E1", "--name", "Seleksi"),
        ("roster", "import", "roster.csv", "--event", "E1"),
    ):
        assert cat(*command).code == 0
    return cat


def create(cat: Cat, code: str, *more: str) -> Any:
    return cat(
        *("exam-session", "create", code, "--event", "E1", "--room", "A", "--bank", "bank"),
        *("--profile", "simulation_20x10", "--json", *more),
    )


def test_init_makes_a_guarded_site_and_refuses_a_second(cat: Cat) -> None:
    assert cat("site", "init").code == 0
    modes = {path: path.stat().st_mode & 0o777 for path in Path("site").rglob("*")}
    assert Path("site").stat().st_mode & 0o777 == 0o700
    assert all(mode in (0o600, 0o700) for mode in modes.values()), modes
    before = {path: path.read_bytes() for path in modes if path.is_file()}
    again = cat("site", "init", "--json")
    assert again.code == 1
    assert again.problems == ["refusal_SITE_EXISTS"]
    assert {path: path.read_bytes() for path in before} == before
    assert [path.name for path in Path.cwd().iterdir()] == ["site"]


def test_a_failed_init_leaves_nothing(cat: Cat) -> None:
    assert cat("site", "init", "--timezone", "Mars/Base").code == 1
    assert list(Path.cwd().iterdir()) == []
    Path("full").mkdir()
    Path("full/note.txt").touch()
    assert cat("site", "init", "--site", "full", "--json").problems == ["refusal_FOLDER_NOT_EMPTY"]


def test_an_officers_secrets_are_shown_once_and_stored_nowhere(cat: Cat) -> None:
    cat("site", "init")
    added = cat(
        *("officer", "add", "dewi", "--name", "Dewi", "--role", "chair"),
        *("--committee", "agency_committee", "--json"),
    ).json
    stored = b"".join(path.read_bytes() for path in Path("site").rglob("*") if path.is_file())
    assert added["password"].encode() not in stored
    assert added["passphrase"].encode() not in stored
    assert added["public_key"] in cat("site", "keys").out
    twice = cat("officer", "add", "dewi", "--name", "Dewi", "--role", "chair", "--json")
    assert twice.problems == ["refusal_OFFICER_EXISTS"]
    wrong = cat("officer", "add", "eko", "--name", "Eko", "--role", "boss", "--json")
    assert wrong.problems == ["refusal_OFFICER_ROLE"]


def test_the_bank_is_unreadable_on_disk_and_comes_in_once(site: Cat) -> None:
    stored = b"".join(path.read_bytes() for path in Path("site").rglob("*") if path.is_file())
    assert b"Kongres Pemuda" not in stored
    twice = site("bank", "import", BANK, "--json")
    assert (twice.code, twice.problems) == (1, ["refusal_BANK_EXISTS"])
    assert [each["bank"] for each in site("bank", "list", "--json").json["banks"]] == ["bank"]
    copy = Path("copy.csv")
    copy.write_bytes(BANK.read_bytes())
    assert set(site("bank", "import", copy, "--json").problems) == {"bank_item_in_other_bank"}
    assert len(list(Path("site/banks").iterdir())) == 3


def test_a_session_has_a_form_for_every_seat_and_the_seed_proves_them(site: Cat) -> None:
    made = create(site, "S1", "--start", "2026-11-23 08:00")
    assert made.code == 0
    assert (made.json["attempts"], made.json["seats"], made.json["forms"], made.json["left_over"]) == (
        7,
        8,
        9,
        5,
    )
    at = Path("site")
    [(commitment, form_set_id, bank_id, known)] = values(
        at,
        "select seed_commitment, form_set.id, bank_id, stats_hash from form_set join exam_session on exam_session_id = exam_session.id",
    )
    hashes = [row[0] for row in values(at, "select hash from form order by form_no")]
    [(planned,)] = values(at, "select planned_start_at_ms from exam_session")
    [(inputs,)] = values(at, "select content from form_set_inputs")
    assert planned == 1795395600000
    keyring = open_keyring(Path("site/keys"))
    banks, profile = BankFiles(Path("site/banks"), keyring), load_profile("simulation_20x10")[0]
    assert profile is not None
    sealed = SealedSeed(keyring.seed(form_set_id))
    assert sealed.commitment == commitment
    again = draw_forms(
        banks.bank(bank_id),
        banks.keys(bank_id),
        banks.statistics(bank_id, known),
        profile,
        seats=8,
        spares=1,
        seed=sealed,
        places=places_in(inputs),
    )
    assert [form.hash for form in again.forms] == hashes
    assert len(set(hashes)) == 9


def test_a_copy_takes_the_next_people_and_new_forms(site: Cat) -> None:
    create(site, "S1")
    copied = site("exam-session", "copy", "S1", "S2", "--json")
    assert (copied.json["attempts"], copied.json["left_over"]) == (5, 0)
    assert site("exam-session", "copy", "S1", "S3", "--json").problems == ["refusal_NO_PARTICIPANTS"]
    [(distinct, forms)] = values(Path("site"), "select count(distinct hash), count(*) from form")
    assert (distinct, forms) == (18, 18)
    shown = site("exam-session", "list", "--json").json["exam_sessions"]
    assert [(each["code"], each["number"], each["day_ordinal"]) for each in shown] == [
        ("S1", 1, 1),
        ("S2", 2, 2),
    ]


def test_a_refused_session_leaves_no_trace(site: Cat) -> None:
    before = site("site", "show", "--json").json
    Path("numbers.txt").write_text("00001\n99999\n", encoding="utf-8")
    assert create(site, "S1", "--participants", "numbers.txt").problems == ["refusal_PARTICIPANTS_UNKNOWN"]
    assert create(site, "S1", "--start", "tomorrow").problems == ["refusal_START_MALFORMED"]
    too_big = site(
        *("exam-session", "create", "S1", "--event", "E1", "--room", "A", "--bank", "bank"),
        *("--profile", "pppk_2024", "--json"),
    )
    assert too_big.code == 1
    assert {"bank_section_too_few", "bank_topic_too_few"} & set(too_big.problems)
    assert site("site", "show", "--json").json == before
    seeds = Path("site/keys/seeds")
    assert not seeds.exists() or not list(seeds.iterdir())


def test_a_roster_with_one_bad_row_changes_nothing_unless_asked(site: Cat) -> None:
    Path("more.csv").write_text("Nomor Peserta;Nama\n00099;Baru\n00001;Lama\n;Tanpa\n", encoding="utf-8")
    refused = site("roster", "import", "more.csv", "--event", "E1", "--json")
    assert (refused.code, refused.json["participants"]) == (1, 0)
    kept = site("roster", "import", "more.csv", "--event", "E1", "--keep-good", "--json")
    assert (kept.code, kept.json["participants"]) == (0, 1)
    assert kept.problems == ["roster_number_missing", "roster_number_known"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("officer", "list"), 1),
        (("officer", "add"), 2),
        (("serve",), 1),
        (("bank", "import", "missing.csv"), 1),
        (("room", "template", "rooms.doc"), 1),
        (("demo", "card"), 1),
        (("site", "show", "--lang", "xx"), 2),
        (("nonsense",), 2),
    ],
)
def test_bad_input_ends_with_a_sentence_and_the_right_code(
    cat: Cat, arguments: tuple[str, ...], code: int
) -> None:
    ran = cat(*arguments)
    assert ran.code == code
    assert "Traceback" not in ran.out + ran.err
    assert ran.out.strip() or ran.err.strip()


def test_a_real_event_is_never_served_over_http(cat: Cat) -> None:
    cat("site", "init")
    settings = Path("site/site.toml")
    settings.write_text(settings.read_text(encoding="utf-8").replace('"tls"', '"http"'), encoding="utf-8")
    assert "TLS" in cat("serve").err
    cat("site", "init", "--demo", "--site", "demo")
    demo = Path("demo/site.toml")
    text = re.sub(r"kiosk_listen = .*", 'kiosk_listen = ["0.0.0.0"]', demo.read_text(encoding="utf-8"))
    demo.write_text(text, encoding="utf-8")
    assert "--lan" in cat("serve", "--site", "demo").err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(cat: Cat) -> None:
    Path("locked").mkdir(mode=0o500)
    assert "locked" in cat("site", "init", "--site", "locked/site").err


def test_messages_follow_the_language(cat: Cat) -> None:
    assert "Tidak ada situs" in cat("officer", "list").err
    assert "There is no site" in cat("officer", "list", "--lang", "en").err


def test_the_planned_start_moves_with_a_reason_and_no_other_way(site: Cat) -> None:
    assert create(site, "S1", "--start", "2031-01-02 08:00").code == 0

    def postpone(start: str, reason: str) -> Any:
        return site("exam-session", "postpone", "S1", "--start", start, "--reason", reason, "--json")

    assert postpone("2031-01-02 10:00", " ").problems == ["refusal_REASON_MISSING"]
    assert postpone("2001-01-02 10:00", "x").problems == ["refusal_POSTPONE_PAST"]
    assert postpone("", "x").problems == ["refusal_START_MALFORMED"]
    moved = postpone("2031-01-02 10:00", "listrik padam")
    assert (moved.code, moved.json["start"], moved.json["reinstated"]) == (0, "2031-01-02 10:00", 0)
    shown = site("exam-session", "postpone", "S1", "--start", "2031-01-03 08:00", "--reason", "banjir")
    assert "2031-01-03 08:00" in shown.out
    assert "cat-server serve" in shown.out
