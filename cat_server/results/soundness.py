"""Whether a database can be trusted: its pages, its ledger, and its tables against its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cat_server.domain.ids import SITE_CHAIN
from cat_server.records.chains import Head, chain_head, each_event, head_hashes, last_event
from cat_server.records.engine import Reader, View
from cat_server.records.health import page_problems
from cat_server.records.new_exam_sessions import exam_session_summaries
from cat_server.records.session_record import read_session_record
from cat_server.results.fold_check import check_tables
from cat_server.results.ledger_check import read_chain
from question_bank.problems import Place, Problem


@dataclass(frozen=True, slots=True)
class Soundness:
    """What is wrong with a database (nothing, if it is sound), and the head of each of its ledger chains."""

    problems: Sequence[Problem]
    heads: Mapping[str, tuple[int, str]]


def soundness(reader: Reader, *, with_tables: bool) -> Soundness:
    """Read every page and every chain; `with_tables` also folds each exam session's ledger and compares its tables."""
    with reader.view() as view:
        found = [
            Problem("sound_pages", params={"reason": each}) for each in page_problems(view.connection)[:5]
        ]
        found += chain_problems(view, signed_too=True)
        if with_tables and not found:
            found += _table_problems(view)
        return Soundness(found, head_hashes(view.connection))


def chain_problems(view: View, *, signed_too: bool) -> Sequence[Problem]:
    """Return what is wrong with the site's chain and with the chain of every exam session that is not signed.

    With `signed_too` every chain there is is read.
    """
    problems: list[Problem] = []
    sessions = {
        each.exam_session_id: each.code
        for each in exam_session_summaries(view.connection)
        if signed_too or each.state != "SIGNED"
    }
    for chain, name in {SITE_CHAIN: SITE_CHAIN, **sessions}.items():
        for _ in read_chain(chain, each_event(view.connection, chain), name, problems):
            pass
        head = chain_head(view.connection, chain)
        if (last_event(view.connection, chain) or Head(0, head.hash)) != head:
            problems.append(Problem("results_ledger_order", Place(file=name), {"number": head.number}))
    return problems


def _table_problems(view: View) -> Sequence[Problem]:
    problems: list[Problem] = []
    for each in exam_session_summaries(view.connection):
        record = read_session_record(view.connection, each.exam_session_id)
        check = check_tables(record) if record else None
        if check is not None and not check.is_ok:
            problems.append(
                Problem("sound_tables", Place(file=each.code), {"count": max(len(check.details), 1)})
            )
    return problems
