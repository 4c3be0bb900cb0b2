"""A crowd for the demo: simulated participants side by side, with progress, within a limit of time."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from cat_server.cli.crowd_participant import CrowdParticipant, CrowdTrouble, Stage
from cat_server.cli.demo_card import SHOWN, DemoParticipant, DemoSecrets, read_demo_secrets
from cat_server.cli.site_command import SiteCommand
from cat_server.domain.refusals import Refusal
from cat_server.runtime.keyring import write_secret
from question_bank.problems import Problem

BROWSERS_FILE = "demo-crowd.json"
"""What the crowd's browsers hold, so that a second run sits at the same PCs."""
_ARRIVALS_PER_S = 8


@dataclass(slots=True)
class _Tally:
    """How many reached each stage, how many answers were saved, what went wrong, and what browsers hold (in `file`)."""

    stages: Counter[Stage] = field(default_factory=Counter)
    answers: int = 0
    troubles: list[str] = field(default_factory=list)
    browsers: dict[str, dict[str, str]] = field(default_factory=dict)
    file: Path = Path()


def run_crowd(opened: SiteCommand, count: int, seconds: float, pace_s: float) -> None:
    """Let `count` participants sit the demo's exam session; the first three stay free for people.

    Raises:
        Refusal: `NO_DEMO`, `CROWD_TOO_LARGE` or `DEMO_NOT_SERVED`.
    """
    secrets = read_demo_secrets(opened.folder)
    crowd = secrets.participants[SHOWN:]
    if count > len(crowd):
        raise Refusal("CROWD_TOO_LARGE", {"most": len(crowd)})
    address = f"http://127.0.0.1:{opened.settings.kiosk_port}"
    file = opened.folder / BROWSERS_FILE
    tally = _Tally(browsers=_read_browsers(file), file=file)
    try:
        asyncio.run(_run(opened, secrets, crowd[:count], address, seconds, pace_s, tally))
    except KeyboardInterrupt:
        opened.console.line()
    finished = tally.stages[Stage.FINISHED]
    opened.console.say("crowd_done", finished=finished, count=count, answers=tally.answers)
    problems = []
    if tally.troubles:
        params: dict[str, str | int] = {"count": len(tally.troubles), "reason": tally.troubles[0]}
        problems.append(Problem("crowd_troubles", params=params))
    opened.console.finish({"finished": finished, "answers": tally.answers, "count": count}, problems)


async def _run(
    opened: SiteCommand,
    secrets: DemoSecrets,
    crowd: tuple[DemoParticipant, ...],
    address: str,
    seconds: float,
    pace_s: float,
    tally: _Tally,
) -> None:
    await _check_served(address)
    console = opened.console
    monitoring = f"http://127.0.0.1:{opened.settings.monitoring_port}/"
    console.say("crowd_hint", count=len(crowd), session=secrets.exam_session, address=monitoring)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, disable=console.as_json, transient=False) as progress:
        bars = {
            stage: progress.add_task(console.text(f"crowd_{stage}"), total=len(crowd))
            for stage in (Stage.WAITING, Stage.WORKING, Stage.FINISHED)
        }
        sitting = [
            asyncio.create_task(_sit(each, index / _ARRIVALS_PER_S, address, pace_s, tally, progress, bars))
            for index, each in enumerate(crowd)
        ]
        _, late = await asyncio.wait(sitting, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*sitting, return_exceptions=True)


async def _sit(
    who: DemoParticipant,
    delay_s: float,
    address: str,
    pace_s: float,
    tally: _Tally,
    progress: Progress,
    bars: dict[Stage, TaskID],
) -> None:
    def tell(stage: Stage | None) -> None:
        if stage is None:
            tally.answers += 1
            return
        if stage is Stage.WAITING:
            _keep_browsers(tally.file, tally.browsers)
        tally.stages[stage] += 1
        progress.advance(bars[stage])

    await asyncio.sleep(delay_s)
    try:
        cookies = tally.browsers.setdefault(who.participant_number, {})
        await CrowdParticipant(address, who.participant_number, who.pin, pace_s, tell, cookies).sit()
    except (CrowdTrouble, httpx.HTTPError) as trouble:
        tally.troubles.append(str(trouble) or type(trouble).__name__)


async def _check_served(address: str) -> None:
    try:
        async with httpx.AsyncClient(timeout=5) as browser:
            await browser.get(address)
    except httpx.HTTPError:
        raise Refusal("DEMO_NOT_SERVED", {"address": address}) from None


def _read_browsers(path: Path) -> dict[str, dict[str, str]]:
    try:
        content: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def _keep_browsers(path: Path, browsers: dict[str, dict[str, str]]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    write_secret(draft, json.dumps(browsers).encode())
    draft.rename(path)
