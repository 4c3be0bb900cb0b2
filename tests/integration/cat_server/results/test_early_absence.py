"""A package whose session saw absences at the cut-off, late admissions and forfeitures verifies, by both verifiers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cat_server.actions.control_sitting import close_sitting
from cat_server.actions.postpone_exam_session import postpone_exam_session
from cat_server.actions.refuse_admission import admit_late, refuse_admission, reinstate
from cat_server.cli.results import results_app
from cat_server.cli.site import site_app
from cat_server.domain.documents import Shown
from cat_server.domain.ids import OPERATOR
from tests.integration.conftest import Centre

ROOT = Path(__file__).resolve().parents[4]
SHOWN = Shown(("KTP", "PARTICIPANT_CARD"))


def postpone(centre: Centre, minutes: int) -> None:
    start_ms = centre.clock.at_ms + minutes * 60_000
    centre.do(postpone_exam_session(centre.lane, centre.exam_session_id, start_ms, "hujan", OPERATOR))


def live_through(centre: Centre) -> None:
    """All that registration may do: twice absent at a cut-off, admitted late, sent away, taken back."""
    lane, ids = centre.lane, centre.attempt_ids
    postpone(centre, 10)
    seated = centre.seat(0)
    centre.clock.advance(400)
    centre.tick()
    postpone(centre, 10)
    centre.check_in(1)
    centre.do(refuse_admission(lane, ids[1], "tanpa KTP", OPERATOR))
    centre.do(refuse_admission(lane, ids[2], "tanpa kartu", OPERATOR))
    centre.do(reinstate(lane, ids[2], "kartu ditemukan", OPERATOR))
    centre.clock.advance(400)
    centre.tick()
    centre.do(admit_late(lane, centre.secrets, ids[3], "", OPERATOR, SHOWN, "macet"))
    centre.start()
    centre.answer(seated, 1, "o1")
    centre.finish(seated)
    centre.do(close_sitting(lane, centre.exam_session_id, "", OPERATOR))


def test_both_verifiers_follow_absences_that_were_taken_back(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_through(centre)
    assert dict(centre.rows("SELECT state, count(*) FROM attempt GROUP BY state")) == {
        "FINISHED": 1,
        "FORFEITED": 2,
        "ABSENT": 9,
    }
    monkeypatch.chdir(tmp_path)
    runner, site = CliRunner(), ["--site", str(tmp_path / "site")]
    made = runner.invoke(results_app, ["export", "S1", "--unofficial", "--output", "package", *site])
    assert made.exit_code == 0, made.output
    assert runner.invoke(site_app, ["keys", "--out", "trusted.json", *site]).exit_code == 0
    ours = runner.invoke(results_app, ["verify", "package.zip", "--trusted", "trusted.json", "--json"])
    assert ours.exit_code == 0, ours.output
    assert json.loads(ours.stdout)["participants"] == 12
    script = [sys.executable, str(ROOT / "scripts" / "verify_results.py"), "package.zip"]
    theirs = subprocess.run(
        [*script, "--trusted", "trusted.json"], capture_output=True, text=True, check=False
    )
    assert theirs.returncode == 0, theirs.stdout + theirs.stderr
