"""The exam that the results are of: profile, key sheet, forms, and people with every way an attempt can end."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.events import EventKind
from cat_server.results.statement import SiteIdentity
from question_bank.blueprint import MICROPOINTS, Block, Graded, Keyed, Section
from question_bank.forms import Form, FormItem
from question_bank.items import ItemKey, KeySheet
from question_bank.scoring_profile import Profile, Ranking, Threshold, ThresholdSet

SESSION, ROOM = "s" * 26, "r" * 26
SITE = SiteIdentity("JKT-01", "Titik Lokasi Jakarta", "Asia/Jakarta", "cat-server 0.1.0")
PROFILE = Profile(
    "tes", 1, "Profil uji", "Keputusan 1/2026",
    (Block("utama", 600_000, ("TIU", "TKP")),),
    (
        Section("TIU", "Intelegensia", 3, Keyed(5 * MICROPOINTS, -1 * MICROPOINTS)),
        Section("TKP", "Kepribadian", 2, Graded(1 * MICROPOINTS, 5 * MICROPOINTS)),
    ),
    (
        ThresholdSet(("papua",), (Threshold(("TIU",), 5 * MICROPOINTS),)),
        ThresholdSet(("*",), (Threshold(("TIU",), 9 * MICROPOINTS), Threshold(("TIU", "TKP"), 15 * MICROPOINTS))),
    ),
    ranking=Ranking("total", ("TKP", "TIU"), 3),
)  # fmt: skip
KEYS = KeySheet(
    "b" * 26,
    {
        "i1": ItemKey(("o2",)),
        "i2": ItemKey(("2,5",)),
        "i3": ItemKey(("o1 m2", "o2 m1")),
        "i4": ItemKey(points={"o1": 1 * MICROPOINTS, "o2": 5 * MICROPOINTS}),
        "i5": ItemKey(points={"o1": 4 * MICROPOINTS, "o2": 3 * MICROPOINTS}),
    },
    "ab" * 16,
)


def form(number: int) -> Form:
    """Return a form; forms differ by the order of options."""
    order = ("o1", "o2") if number % 2 else ("o2", "o1")
    return Form(
        f"test/{number}",
        (
            FormItem("i1", "utama", "TIU", order),
            FormItem("i2", "utama", "TIU", ()),
            FormItem("i3", "utama", "TIU", order),
            FormItem("i4", "utama", "TKP", order),
            FormItem("i5", "utama", "TKP", order),
        ),
    )


@dataclass(frozen=True)
class Person:
    """One participant, how the attempt ended and what was answered."""

    number: str
    name: str
    state: str
    answers: dict[int, list[str]]
    category: str = ""

    @property
    def attempt_id(self) -> str:
        return f"attempt-{self.number}"


PERSONS = (
    Person("003", "=1+1 Budi; \"Cahya\"", "FINISHED", {1: ["o2"], 2: ["2.50"], 3: ["o2 m1", "o1 m2"], 4: ["o2"], 5: ["o1"]}),
    Person("001", "Ayu", "FINISHED", {1: ["o1"], 2: [" "], 4: ["o2"], 5: ["o1"]}, "Papua"),
    Person("002", "Dewi", "TIMED_OUT", {1: ["o1"], 4: ["o2"], 5: ["o1"]}),
    Person("004", "Eko", "FORCE_CLOSED", {1: ["o2"]}),
    Person("005", "Fitri", "ABSENT", {}),
    Person("006", "Gita", "FORFEITED", {}),
)  # fmt: skip
ENDED_BY = {
    "FINISHED": EventKind.ATTEMPT_FINISHED,
    "TIMED_OUT": EventKind.ATTEMPT_TIMED_OUT,
    "FORCE_CLOSED": EventKind.ATTEMPT_FORCE_CLOSED,
    "ABSENT": EventKind.ATTEMPT_ABSENT,
    "FORFEITED": EventKind.ATTEMPT_FORFEITED,
}
