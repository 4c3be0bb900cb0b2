"""The result of one participant on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cat_server.records.session_attempts import AttemptRecord
from cat_server.results.document import Column, Document, DocumentPart, Facts, Paragraph, Table
from cat_server.results.paper_parts import committee_signatures, held_at_ms, paper
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords
from cat_server.results.recap import meets_text
from question_bank.points import points_text
from question_bank.scoring_profile import Profile

KIND = "person"


def person_result(source: PaperSource, words: PaperWords, line: Mapping[str, Any]) -> Document:
    """Return the page of one line of `results.json`."""
    attempt = source.attempts[line["attempt_id"]]
    profile, score = source.profiles[line["profile_hash"]], line["score"]
    scores: tuple[DocumentPart, ...] = (Paragraph(words.text("without_score")),)
    if score:
        scores = (_sections(words, profile, score), *_sums(words, profile, attempt, score))
    parts: tuple[DocumentPart, ...] = (
        Paragraph(str(line["name"]), "lead"),
        _person(source, words, attempt),
        *scores,
        Facts(
            (
                (words.text("state"), words.text(f"state_{attempt.state}")),
                (
                    words.text("rank_in_session"),
                    NOTHING
                    if line["rank"] is None
                    else words.text("rank_of", rank=line["rank"], of=_ranked(source)),
                ),
                (words.text("outcome"), _outcome(words, source.codes[str(line["attempt_id"])])),
            )
        ),
        Paragraph(words.text("person_closing", decree=profile.decree or NOTHING), "note"),
        committee_signatures(source, words, with_witness=False),
    )
    return paper(source, words, KIND, parts)


def _outcome(words: PaperWords, code: str) -> str:
    return code if code == NOTHING else f"{code} – {words.text('outcome_' + code.replace('/', ''))}"


def _person(source: PaperSource, words: PaperWords, attempt: AttemptRecord) -> Facts:
    place, identity = source.place_of(attempt), source.record.identity
    seat = f"{place.room_name}, {place.seat_no}" if place else NOTHING
    return Facts(
        (
            (words.text("participant_number"), attempt.participant_number),
            (words.text("agency"), attempt.agency or NOTHING),
            (words.text("position"), attempt.position or NOTHING),
            (words.text("formation"), attempt.formation or NOTHING),
            (words.text("category"), attempt.category or NOTHING),
            (words.text("exam_session"), f"{identity.title} ({identity.code})"),
            (words.text("day"), words.day(held_at_ms(source))),
            (words.text("room_and_seat"), seat),
        )
    )


def _sections(words: PaperWords, profile: Profile, score: Mapping[str, Any]) -> Table:
    titles = {each.code: each.title for each in profile.sections}
    digits = profile.digits
    rows = [
        (
            f"{each['code']} – {titles.get(each['code'], each['code'])}",
            f"{each['answered']}/{each['items']}",
            points_text(each["points"], digits),
            points_text(each["maximum"], digits),
            NOTHING if each["threshold"] is None else points_text(each["threshold"], digits),
            meets_text(each["meets"], words),
        )
        for each in score["sections"]
    ]
    total = (
        words.text("total"),
        f"{score['answered']}/{score['items']}",
        points_text(score["total"], digits),
        points_text(score["maximum"], digits),
        NOTHING,
        meets_text(score["meets"], words),
    )
    columns = (
        Column(words.text("section"), 38),
        Column(words.text("answered"), 12, "right"),
        Column(words.text("points"), 11, "right"),
        Column(words.text("maximum"), 12, "right"),
        Column(words.text("minimum"), 12, "right"),
        Column(words.text("threshold"), 15, "center"),
    )
    return Table(columns, (*rows, total))


def _sums(
    words: PaperWords, profile: Profile, attempt: AttemptRecord, score: Mapping[str, Any]
) -> tuple[Facts, ...]:
    """Return the thresholds on sums of sections, with what was reached."""
    points = {each["code"]: each["points"] for each in score["sections"]}
    rows = []
    for each in profile.thresholds_for(attempt.category):
        if len(each.sums) > 1:
            reached = sum(points.get(code, 0) for code in each.sums)
            value = words.text(
                "sum_value",
                points=points_text(reached, profile.digits),
                minimum=points_text(each.minimum, profile.digits),
                meets=meets_text(reached >= each.minimum, words),
            )
            rows.append((" + ".join(each.sums), value))
    return (Facts(tuple(rows)),) if rows else ()


def _ranked(source: PaperSource) -> int:
    return sum(each["rank"] is not None for each in source.lines)
