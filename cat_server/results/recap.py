"""The ranked recapitulation: every number on it is that of the final board and of `results.csv`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cat_server.domain.attempt import AttemptState
from cat_server.results.document import Column, Document, DocumentPart, Facts, Heading, Paragraph, Table
from cat_server.results.paper_parts import committee_signatures, integrity_parts, paper, session_facts
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords
from question_bank.points import points_text

KIND = "recap"


def recap(source: PaperSource, words: PaperWords) -> Document:
    """Return the whole list: those with a score by rank, then those without, by number."""
    parts: tuple[DocumentPart, ...] = (
        session_facts(source, words),
        *_rules(source, words),
        Heading(words.text("recap_all")),
        table(source, words, source.lines),
        *_formations(source, words),
        Paragraph(words.text("recap_codes"), "note"),
        *integrity_parts(source, words),
        Paragraph(words.text("closing")),
        committee_signatures(source, words),
    )
    return paper(source, words, KIND, parts)


def _formations(source: PaperSource, words: PaperWords) -> Iterator[DocumentPart]:
    """Yield the ranking within each formation, with its vacancies and how many may go on."""
    line_of = {
        str(line["participant_number"]): line for line in source.lines if line["state"] != AttemptState.VOIDED
    }
    for each in source.formation_outcomes:
        key, factor = each.key, source.profile.ranking.factor
        named = " · ".join(part for part in (key.agency, key.position, key.formation) if part)
        yield Heading(words.text("recap_formation", formation=named))
        facts = [(words.text("vacancies"), str(each.quota))]
        if each.limit is not None:
            facts.append((words.text("limit"), words.text("limit_value", factor=factor, limit=each.limit)))
        yield Facts(tuple(facts))
        yield table(
            source,
            words,
            [{**line_of[one.candidate.participant_number], "rank": one.rank} for one in each.outcomes],
        )


def table(source: PaperSource, words: PaperWords, lines: Sequence[Mapping[str, Any]]) -> Table:
    """Return lines of `results.json` as a table; points are rounded as the board rounds them."""
    columns = (
        Column(words.text("rank"), 10, "right"),
        Column(words.text("participant_number"), 19),
        Column(words.text("name"), 27),
        *(Column(code, 8, "right") for code in source.sections),
        Column(words.text("total"), 8, "right"),
        Column(words.text("threshold"), 16, "center"),
        Column(words.text("outcome"), 7, "center"),
    )
    return Table(columns, tuple(_row(source, words, each) for each in lines))


def _row(source: PaperSource, words: PaperWords, line: Mapping[str, Any]) -> tuple[str, ...]:
    score = line["score"]
    digits = source.profiles[line["profile_hash"]].digits
    points = (
        {each["code"]: points_text(each["points"], digits) for each in score["sections"]} if score else {}
    )
    return (
        NOTHING if line["rank"] is None else str(line["rank"]),
        str(line["participant_number"]),
        str(line["name"]),
        *(points.get(code, NOTHING) for code in source.sections),
        points_text(score["total"], digits) if score else NOTHING,
        meets_text(score["meets"] if score else None, words),
        source.codes[str(line["attempt_id"])],
    )


def meets_text(meets: object, words: PaperWords) -> str:
    """Return whether a threshold was met, in words; a dash where none is set."""
    return NOTHING if meets is None else words.text("meets" if meets else "meets_not")


def _rules(source: PaperSource, words: PaperWords) -> tuple[DocumentPart, ...]:
    ranking = source.profile.ranking
    order = words.text("rank_order", order=", ".join(ranking.tie)) if ranking.order == "total" else ""
    thresholds = tuple(
        (
            words.text("thresholds_of", categories=_categories(words, each.categories)),
            ", ".join(
                f"{' + '.join(one.sums)} {points_text(one.minimum, source.profile.digits)}"
                for one in each.all
            ),
        )
        for each in source.profile.threshold_sets
    )
    facts = (((words.text("rank_by"), words.nil(order)),) if order else ()) + thresholds
    return (Facts(facts),) if facts else ()


def _categories(words: PaperWords, categories: Sequence[str]) -> str:
    return ", ".join(words.text("every_other") if each == "*" else each for each in categories)
