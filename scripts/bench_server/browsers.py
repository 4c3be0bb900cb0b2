"""A whole exam of a full room with real browsers among its kiosks: what the people in front of them see.

Simulated seats and browsers are of one room and do the same in the same second: sign in, wait, get the paper, answer,
and go on to the result when the time is up. Simulated seats hold an event stream and beat like the pages they stand for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain
from time import monotonic, sleep
from typing import Any

from cat_server.runtime.clock import SystemClock
from scripts.bench_server.bench import Bench
from scripts.bench_server.browser_kiosks import BrowserKiosk, BrowserKiosks, browser_kiosks
from scripts.bench_server.crowd import Crowd, Measured, crowd
from scripts.bench_server.latencies import summary
from scripts.bench_server.officer import BenchOfficer
from scripts.bench_server.saving import MEAN_S
from scripts.bench_server.serving import Running, cat_server, ends_at_ms, lost_answers
from scripts.bench_server.storms import wait_until_idle

_BEFORE_THE_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured, what the others did meanwhile, and how many seconds the people waited each time."""

    measure: str
    others: Measured
    waited_s: Sequence[float]
    more: dict[str, Any] = field(default_factory=dict)


def browsers(bench: Bench, kiosks: int, count: int, *, tls: bool) -> None:
    """Measure what `count` people see in a browser while `kiosks` others do the same."""
    site = bench.registered(kiosks + count, _exam_s(bench, kiosks))
    folder, transport = bench.folder / "served", "tls" if tls else "http"
    with (
        cat_server(site, folder, tls=tls) as running,
        browser_kiosks(running, running.site.kiosks[kiosks:]) as people,
        crowd(running, kiosks) as others,
    ):
        room = _Room(bench, running, people, others)
        found = [*room.sign_in(), *room.start(), *room.save(), *room.end()]
    lost = lost_answers(running.site, room.acknowledged) + people.lost(folder)
    for each in found:
        figures = each.others.figures()
        figures |= {f"others_{name}": figures[name] for name in summary(())}
        figures |= {"browsers": count, "seen": len(each.waited_s), "lost": lost}
        figures |= summary(each.waited_s) | each.more
        bench.add(each.measure, "cat-server", kiosks, transport=transport, **figures)


@dataclass(slots=True)
class _Room:
    """The people, the others, and one exam for all of them, step by step."""

    bench: Bench
    running: Running
    people: BrowserKiosks
    others: Crowd
    clock: SystemClock = field(default_factory=SystemClock)
    acknowledged: dict[str, int] = field(default_factory=dict)

    def sign_in(self) -> Iterator[Seen]:
        """Sign in at once: from the click until the page is painted that asks whether it is you."""
        self.bench.tell("all sign in at once, people at browsers among them")
        clicked: list[Future[list[float]]] = []
        measured = self.others.do(
            {"kind": "storm", "steps": ["sign_in"]},
            on_begin=lambda: clicked.append(self.people.begin(BrowserKiosk.sign_in)),
        )
        yield Seen("seen sign-in", measured, clicked[0].result())

    def start(self) -> Iterator[Seen]:
        """Wait, and start at once: from the officer's press until the first item is painted."""
        self.bench.tell("all get ready; papers are made")
        readying = self.people.begin(BrowserKiosk.get_ready)
        self.others.do({"kind": "storm", "steps": ["get_ready"]})
        readying.result()
        officer = BenchOfficer(self.running.monitoring, self.running.site)
        officer.wait_for_the_board()
        wait_until_idle(self.running)
        painting = self.people.begin(BrowserKiosk.first_item_ms)
        told: dict[str, float] = {}

        def press() -> None:
            told["sent_ms"] = self.clock.now().at_ms
            told["took_s"] = officer.command("start")[1]

        self.bench.tell("all start at once")
        measured = self.others.do({"kind": "told", "state": "RUNNING", "step": "start"}, on_begin=press)
        officer.close()
        painted_ms, fetched = zip(*painting.result(), strict=True)
        waited_s = [(each - told["sent_ms"]) / 1000 for each in painted_ms]
        more = {"files_fetched": max(fetched), "officer_told_s": told["took_s"]}
        yield Seen("seen start", measured, waited_s, more)

    def save(self) -> Iterator[Seen]:
        """Answer, while the others answer as people do, then flat out: from the click until "saved" is painted."""
        times = {"warm_up_s": self.bench.warm_up_s, "seconds": self.bench.seconds}
        for measure, job in (
            (
                "seen save, paced",
                {"kind": "paced", "mean_s": MEAN_S} | times | {"seconds": times["seconds"] * 3},
            ),
            ("seen save, flat", {"kind": "flat"} | times),
        ):
            self.bench.tell(f"people at browsers answer: {measure}")
            yield Seen(measure, *self._while_others(job))

    def end(self) -> Iterator[Seen]:
        """Let the time be up: from that moment until the result page is painted, and until the score is in it."""
        left_s = self._left_s() - _BEFORE_THE_END_S
        if left_s < 0:
            raise RuntimeError("the time was up before everything was measured")
        self.bench.tell(f"the time is up in {left_s:.0f} s")
        sleep(left_s)
        seeing = self.people.begin(BrowserKiosk.result_ms)
        job = {"kind": "told", "state": "TIMED_OUT", "step": "see_result"}
        measured = self.others.do(job | {"last_answer_at_s": monotonic() + self._left_s()})
        self.acknowledged = measured.result["acknowledged"]
        due_ms = ends_at_ms(self.running.site)
        for measure, moments in zip(
            ("seen result", "seen score"), zip(*seeing.result(), strict=True), strict=True
        ):
            yield Seen(measure, measured, [(each - due_ms) / 1000 for each in moments])

    def _while_others(self, job: dict[str, Any]) -> tuple[Measured, list[float]]:
        working: list[Future[list[list[float]]]] = []
        measured = self.others.do(job, on_begin=lambda: working.append(self.people.begin_work()))
        self.people.stop_work()
        return measured, list(chain(*working[0].result()))

    def _left_s(self) -> float:
        return (ends_at_ms(self.running.site) - self.clock.now().at_ms) / 1000


def _exam_s(bench: Bench, kiosks: int) -> int:
    """Return how long the exam has to take for all that is measured in it, on a busy machine too."""
    return round(20 + 6 * bench.seconds + kiosks / 40)
