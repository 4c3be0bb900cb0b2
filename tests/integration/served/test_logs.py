"""A whole exam session, with all that may go wrong at a PC, leaves nothing of anybody in the logs."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

from tests.http_clients import HttpOfficer, HttpParticipant
from tests.integration.served.conftest import ServeSite
from tests.served_site import Served, wait_until

TYPED = "rahasia ketikan 8842"
"""What somebody types where it does not belong."""


def lines_of(served: Served) -> list[dict[str, Any]]:
    files = (served.folder / "logs").glob("*.log*")
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def told_of(served: Served, code: str) -> dict[str, Any]:
    return next(each for each in lines_of(served) if each["code"] == code)


def misbehave(participant: HttpParticipant, served: Served) -> None:
    """Ask what no page of ours asks."""
    browser = participant.browser
    assert browser.post("/answers", content=json.dumps({"v": TYPED})).status_code == 400
    unknown = participant.command("answer", 999, TYPED)
    assert participant.send(unknown)[0]["outcome"] != "saved"
    assert browser.post("/heartbeat", json={"v": 1, "epoch": TYPED}).status_code == 422
    assert browser.get(f"/media/{TYPED}").status_code == 404
    with socket.create_connection(("127.0.0.1", served.ports[0])) as plain:
        plain.sendall(f"{TYPED}\r\n\r\n".encode())
        plain.recv(100)


def test_a_whole_exam_session_leaves_no_secret_no_name_and_no_answer_in_the_logs(
    serve_site: ServeSite,
) -> None:
    served = serve_site(slow_commit_ms=0)
    stranger = HttpParticipant(served, served.people[0])
    stranger.browser.get("/go")
    wrong = {"participant_number": TYPED, "pin": "11223344"}
    assert stranger.browser.post("/sign_in", data=wrong).status_code == 409
    sitting = [HttpParticipant(served, served.next_person()) for _ in range(3)]
    for each in sitting:
        each.get_ready()
    officer = HttpOfficer(served)
    officer.command("start")
    for each in sitting:
        assert each.learn()["state"] == "RUNNING"
        for position in range(1, 11):
            assert each.answer(position, f"o{1 + position % 4}")["outcome"] == "saved"
    misbehave(sitting[0], served)
    served.kill("kiosk")
    served.wait_until_up()
    died = told_of(served, "PROCESS_DIED")["params"]
    assert (died["process"], died["status"]) == ("kiosk", -9)
    for each in sitting:
        each.answer(11, "o2")
        each.send(each.command("finish"))
    wait_until(lambda: sitting[0].browser.get("/score").status_code == 200, "the score is there")
    officer.browser.post("/sign-in", data={"username": TYPED, "password": TYPED})
    cookies = [
        each.value for who in (*sitting, stranger, officer) for each in who.browser.cookies.jar if each.value
    ]
    for who in (*sitting, stranger, officer):
        who.close()
    served.stop()

    lines = lines_of(served)
    by_process = {each["process"] for each in lines}
    assert by_process == {"serve", "kiosk", "monitoring"}
    assert {"SERVER_STARTED", "PROCESS_STARTED", "PROCESS_DIED", "COMMIT_SLOW", "REQUEST_MALFORMED"} <= {
        each["code"] for each in lines
    }
    assert [each for each in lines if each["code"] == "UNEXPECTED"] == []
    # Without the times: some eight digits of so many of them are somebody's PIN once in ten thousand runs.
    timeless = [{name: each[name] for name in each if name != "at_ms"} for each in lines]
    logged = "\n".join(json.dumps(each, ensure_ascii=False) for each in timeless)
    logged += (served.folder / "serve.out").read_text(encoding="utf-8").partition("Ctrl-C")[2]
    secrets = [TYPED, "11223344", *cookies]
    secrets += [each[name] for each in served.people for name in ("participant_number", "name", "pin")]
    secrets += [
        each[name]
        for each in served.secrets["officers"]
        for name in ("username", "name", "password", "passphrase")
    ]
    assert len(secrets) > 60
    assert [each for each in secrets if each in logged] == []
    assert re.findall(r"\bo[1-5]\b", logged) == [], "no response"


def test_the_console_stays_human_and_the_command_tells_it_in_words(serve_site: ServeSite) -> None:
    served = serve_site(slow_commit_ms=0)
    served.kill("monitoring")
    served.wait_until_up()
    console = served.folder / "serve.out"
    slow = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d kiosk: Penyimpanan lambat: \d+ ms", re.MULTILINE)
    wait_until(lambda: slow.search(console.read_text(encoding="utf-8")), "the console tells of a slow tick")
    told = console.read_text(encoding="utf-8")
    assert "{" not in told
    assert "Proses monitoring berhenti sendiri" in told

    worse = served.cli("logs", "--lang", "en", "--level", "error")
    assert worse.returncode == 0
    assert [each for each in worse.stdout.splitlines() if "ended by itself (status -9" in each] != []
    assert "Saving is slow" not in worse.stdout
    as_data = json.loads(served.cli("logs", "--json", "-n", "3").stdout)["lines"]
    assert len(as_data) == 3
    assert as_data == sorted(as_data, key=lambda each: each["at_ms"])
    assert Path(served.folder / "logs").stat().st_mode & 0o777 == 0o700
