"""Results as a table: everyone expected, ranked by the profile's rule, and as formula-safe CSV (security.md R5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from cat_server.domain.attempt import RANKED
from cat_server.domain.ranking import Contender, ranked
from question_bank.points import points_text
from question_bank.scoring_profile import Ranking

BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PERSON = ("participant_number", "name", "agency", "position", "formation", "category")


def result_lines(
    participants: Sequence[Mapping[str, Any]], scores: Sequence[Mapping[str, Any]], ranking: Ranking
) -> list[dict[str, Any]]:
    """Return `results.json`'s lines: those who are ranked best first, then the others by participant number.

    A disqualified participant keeps the score but is not ranked. `participants` and `scores` are the entries of `participants.json` and `scores.json`.
    """
    score_of = {each["attempt_id"]: each for each in scores}
    contenders = [
        Contender(
            each["participant_number"],
            score_of[each["attempt_id"]]["total"],
            {section["code"]: section["points"] for section in score_of[each["attempt_id"]]["sections"]},
            each,
        )
        for each in participants
        if _is_ranked(each, score_of)
    ]
    lines = [
        {**line.entry, "rank": line.rank, "score": score_of[line.entry["attempt_id"]]}
        for line in ranked(contenders, ranking)
    ]
    others = [each for each in participants if not _is_ranked(each, score_of)]
    lines += [
        {**each, "rank": None, "score": score_of.get(each["attempt_id"])}
        for each in sorted(others, key=lambda each: (str(each["participant_number"]), int(each["ordinal"])))
    ]
    return lines


def _is_ranked(participant: Mapping[str, Any], score_of: Mapping[str, Any]) -> bool:
    return participant["attempt_id"] in score_of and participant["state"] in RANKED


def results_csv(lines: Sequence[Mapping[str, Any]], sections: Sequence[str]) -> bytes:
    """Return the lines as CSV: UTF-8 with byte order mark, `;` between cells, CRLF, points as exact decimals.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["rank", *_PERSON, "state", "room", "seat", *sections, "total", "meets"])
    for line in lines:
        score = line["score"]
        points = {each["code"]: each["points"] for each in score["sections"]} if score else {}
        writer.writerow(
            [
                "" if line["rank"] is None else line["rank"],
                *(safe_cell(line[name]) for name in _PERSON),
                line["state"],
                safe_cell(line["room_code"]),
                "" if line["seat_no"] is None else line["seat_no"],
                *(points_text(points[code]) if code in points else "" for code in sections),
                points_text(score["total"]) if score else "",
                _yes_no(score["meets"] if score else None),
            ]
        )
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def safe_cell(text: str) -> str:
    """Return a text as a spreadsheet cell that is never a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _yes_no(meets: object) -> str:
    return "" if meets is None else ("yes" if meets else "no")
