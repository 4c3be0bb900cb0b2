"""The load generator, a process of its own: reads who sits where, then jobs, a line each, from standard input.

    python -m scripts.bench_server.load

For each job it prints one JSON object a line: `{"at": "begin"}` and `{"at": "end"}` around what is measured, where the
parent reads the server's CPU time, and last the result. A job with `"waits"` prints `{"at": "ready"}` and begins at the
next line of its input.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any

from scripts.bench_server import kiosk_scripts
from scripts.bench_server.filled_site import Kiosk
from scripts.bench_server.kiosk_scripts import Seat, think_s
from scripts.bench_server.latencies import summary
from scripts.bench_server.open_pages import OpenPages
from scripts.bench_server.wire import Reply, Script, Server, Wire, connect

_DRAIN_S = 60.0
_WARM_UP_S = 60.0
_STORM_S = 600.0
_STEPS = {
    "finish": kiosk_scripts.finish,
    "wait_for_start": kiosk_scripts.wait_for_start,
    "start": kiosk_scripts.start,
    "sign_in": kiosk_scripts.sign_in,
    "save": kiosk_scripts.save_once,
    "get_ready": kiosk_scripts.get_ready,
    "see_result": kiosk_scripts.see_result,
    "ask_score": kiosk_scripts.ask_score,
    "ask_if_up": kiosk_scripts.ask_if_up,
}


class Load:
    """A crowd at its kiosks. Latencies are noted only between begin and end."""

    def __init__(self, server: Server, seats: list[Seat], pages: OpenPages) -> None:
        self._server = server
        self._seats = seats
        self._pages = pages
        self._took_s: list[float] = []
        self._largest = 0
        self._is_noting = False
        self._goes_on = True
        self._open = 0
        self._idle = asyncio.Event()
        self._cut = 0
        self._paused_s: list[float] = []
        self._late_s: list[float] = []
        self._began_s = 0.0

    async def flat_out(self, warm_up_s: float, seconds: float, *, waits: bool) -> dict[str, Any]:
        """Save without pause on every connection; what is measured begins when everybody has saved at least once."""
        wires = await connect(self._server, len(self._seats), self._done)
        for seat, wire in zip(self._seats, wires, strict=True):
            self._begin(wire, kiosk_scripts.saves(seat, lambda: self._goes_on, self._note, self._note_pause))
        await asyncio.sleep(warm_up_s)
        warm_by_s = monotonic() + _WARM_UP_S
        while not all(each.acknowledged for each in self._seats) and monotonic() < warm_by_s:  # noqa: ASYNC110 - seldom asked
            await asyncio.sleep(0.1)
        if waits:
            await _told_to_go()
        self._is_noting = True
        began = _say("begin")
        await asyncio.sleep(seconds)
        self._is_noting = False
        ended = _say("end")
        await self._drain(_DRAIN_S)
        return self._result(ended - began, wires)

    async def paced(self, mean_s: float, warm_up_s: float, seconds: float, *, keeps: bool) -> dict[str, Any]:
        """Save as people do; in the middle a tenth of them within one second.

        With `keeps` the result says of each answer whose it was, its number and when its receipt had come.
        """
        kept: list[tuple[str, int, float]] = []
        wires = await connect(self._server, len(self._seats), self._done)
        loop, dice = asyncio.get_running_loop(), random.Random(20261127)  # noqa: S311 - behaviour, not secrets
        busy: set[int] = set()
        # The server hangs up on connections that ask for nothing; a page has asked for something before the first click.
        self._all(wires, _STEPS["ask_if_up"])
        await self._idle.wait()

        def click(place: int, planned_s: float, *, is_alone: bool = False) -> None:
            if not self._goes_on:
                return
            if place not in busy:
                busy.add(place)
                if self._is_noting:
                    self._late_s.append(monotonic() - planned_s)

                def note(reply: Reply) -> None:
                    busy.discard(place)
                    self._note(reply)
                    if keeps:
                        seat = self._seats[place]
                        kept.append((seat.kiosk.attempt_id, seat.acknowledged, monotonic()))

                self._begin(wires[place], kiosk_scripts.save_once(self._seats[place], note))
            if not is_alone:
                pause_s = think_s(dice, mean_s)
                loop.call_later(pause_s, click, place, monotonic() + pause_s)

        for place in range(len(wires)):
            first_s = dice.uniform(0, mean_s)
            loop.call_later(first_s, click, place, monotonic() + first_s)
        burst_at_s = monotonic() + warm_up_s + seconds / 2
        for place in dice.sample(range(len(wires)), max(len(wires) // 10, 1)):
            at_s = burst_at_s + dice.random()
            loop.call_later(at_s - monotonic(), partial(click, place, at_s, is_alone=True))
        await asyncio.sleep(warm_up_s)
        self._is_noting = True
        began = _say("begin")
        await asyncio.sleep(seconds)
        self._is_noting = False
        ended = _say("end")
        self._goes_on = False
        await self._drain(_DRAIN_S)
        return self._result(ended - began, wires) | {"own_lateness": summary(self._late_s), "kept": kept}

    async def storm(self, steps: list[str], *, waits: bool) -> dict[str, Any]:
        """Let all do each step at once; the last step is measured until the last is served."""
        wires = await connect(self._server, len(self._seats), self._done)
        for step in steps[:-1]:
            self._all(wires, _STEPS[step])
            await self._drain(_STORM_S)
        if waits:
            await _told_to_go()
            # Who has waited for minutes was hung up on, as browsers are too: they open another line when they need it.
            fresh = iter(await connect(self._server, sum(each.is_cut for each in wires), self._done))
            wires = [next(fresh) if each.is_cut else each for each in wires]
        self._is_noting = True
        began = _say("begin")
        self._all(wires, _STEPS[steps[-1]])
        await self._drain(_STORM_S)
        ended = _say("end")
        return self._result(ended - began, wires) | {"largest_bytes": self._largest}

    async def told(self, state: str, step: str, last_answer_at_s: float) -> dict[str, Any]:
        """Let each do a step as soon as the open page hears of a state; measured until the last has done it.

        With `last_answer_at_s` it begins at that moment (monotonic seconds), when everybody clicks once more.
        """
        await self._pages.open()
        wires = await connect(self._server, len(self._seats), self._done)
        self._all(wires, _STEPS["ask_if_up"])
        await self._idle.wait()
        await asyncio.sleep(max(last_answer_at_s - monotonic(), 0.0))
        self._is_noting = True
        began = _say("begin")
        if last_answer_at_s:
            self._all(wires, _STEPS["save"])
        async with asyncio.timeout(_STORM_S):
            await asyncio.gather(*map(partial(self._when_told, state, step), range(len(wires)), wires))
        ended = _say("end")
        return self._result(ended - began, wires) | {
            "largest_bytes": self._largest,
            "streams_lost": self._pages.lost,
        }

    async def _when_told(self, state: str, step: str, place: int, wire: Wire) -> None:
        await self._pages.heard(place, state)
        while wire.is_busy:  # noqa: ASYNC110 - the reply to the last answer is on its way
            await asyncio.sleep(0.005)
        await self._do(step, place, wire)
        await self._pages.next_page(place)
        if step == "see_result":
            await self._pages.heard(place, "score")
            await self._do("ask_score", place, wire)

    async def _do(self, step: str, place: int, wire: Wire) -> None:
        """Do a step to its end; on a line that is cut the job fails by its time limit."""
        replied: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._begin(wire, _STEPS[step](self._seats[place], replied.set_result))
        reply = await replied
        self._note(reply)

    def _all(self, wires: Sequence[Wire], step: Callable[[Seat, Callable[[Reply], None]], Script]) -> None:
        for seat, wire in zip(self._seats, wires, strict=True):
            self._begin(wire, step(seat, self._note))

    def _begin(self, wire: Wire, script: Script) -> None:
        self._open += 1
        self._idle.clear()
        wire.follow(script)

    def _done(self, wire: Wire) -> None:
        self._cut += wire.was_cut
        self._open -= 1
        if not self._open:
            self._idle.set()

    def _note(self, reply: Reply) -> None:
        if self._is_noting:
            self._took_s.append(reply.took_s)
            self._largest = max(self._largest, len(reply.body))

    def _note_pause(self) -> None:
        self._paused_s.append(monotonic())

    async def _drain(self, seconds: float) -> None:
        self._goes_on = False
        async with asyncio.timeout(seconds):
            if self._open:
                await self._idle.wait()

    def _result(self, seconds: float, wires: Sequence[Wire]) -> dict[str, Any]:
        for each in wires:
            each.close()
        times = os.times()
        return {
            "seconds": seconds,
            "count": len(self._took_s),
            "latency": summary(self._took_s),
            "cut": self._cut,
            "acknowledged": {each.kiosk.attempt_id: each.acknowledged for each in self._seats},
            "paused_s": [min(self._paused_s), max(self._paused_s)] if self._paused_s else [],
            "own_cpu_s": times.user + times.system,
        }


def _say(what: str) -> float:
    at_s = monotonic()
    sys.stdout.write(json.dumps({"at": what, "s": at_s}) + "\n")
    sys.stdout.flush()
    return at_s


async def _told_to_go() -> None:
    _say("ready")
    await asyncio.to_thread(sys.stdin.readline)


async def _run(load: Load, job: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    broken: list[BaseException] = []

    def on_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        broken.append(context.get("exception") or RuntimeError(context["message"]))
        running.cancel()

    loop.set_exception_handler(on_error)
    match job["kind"]:
        case "flat":
            doing = load.flat_out(job["warm_up_s"], job["seconds"], waits=job["waits"])
        case "paced":
            doing = load.paced(job["mean_s"], job["warm_up_s"], job["seconds"], keeps=job.get("keeps", False))
        case "told":
            doing = load.told(job["state"], job["step"], job.get("last_answer_at_s", 0.0))
        case _:
            doing = load.storm(job["steps"], waits=job["waits"])
    running = asyncio.ensure_future(doing)
    try:
        return await running
    except asyncio.CancelledError:
        raise broken[0] from None


async def _follow() -> None:
    """Do the jobs on standard input, until it ends."""
    about = json.loads(sys.stdin.readline())
    if about["core"] is not None:
        os.sched_setaffinity(0, {about["core"]})
    server = Server(**about["server"])
    seats = [Seat(Kiosk(**each), server) for each in about["kiosks"]]
    pages = OpenPages(server, seats)
    while line := await asyncio.to_thread(sys.stdin.readline):
        result = await _run(Load(server, seats, pages), json.loads(line))
        sys.stdout.write(json.dumps({"result": result}) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Do the jobs on standard input."""
    asyncio.run(_follow())


if __name__ == "__main__":
    main()
