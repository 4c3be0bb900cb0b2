"""Parts that several papers share: the frame, the facts that name the exam session, and the signature blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cat_server.domain.sign_off import SIGNING, Committee, Decision
from cat_server.records.officers import Officer
from cat_server.records.session_attempts import AttemptRecord
from cat_server.records.statements import SignatureRecord
from cat_server.results.document import (
    Document,
    DocumentPart,
    Facts,
    Frame,
    Heading,
    Origin,
    Paragraph,
    Signature,
    Signatures,
)
from cat_server.results.paper_source import PaperSource
from cat_server.results.paper_words import NOTHING, PaperWords
from question_bank.scoring_profile import Profile


def paper(
    source: PaperSource,
    words: PaperWords,
    kind: str,
    parts: Iterable[DocumentPart],
    subtitle: str = "",
) -> Document:
    """Return a paper with everything that stands around its body."""
    identity = source.record.identity
    statement_hash = source.statement.hash if source.statement else ""
    if source.is_official:
        status = words.text("status_official", moment=words.moment(official_at_ms(source)))
    else:
        moment = words.moment(source.as_of_ms) if source.events else NOTHING
        status = words.text("status_unofficial", moment=moment, number=source.head.number)
    frame = Frame(
        letterhead=(
            identity.event_name,
            words.text("letterhead_site", site=source.site.name, code=source.site.site_code),
        ),
        status=status,
        mark="" if source.is_official else words.text("mark"),
        page_of=words.text("page_of", page="{page}", pages="{pages}"),
        document_hash=words.text("document_hash"),
        statement_hash=words.text("statement_hash"),
    )
    origin = Origin(
        identity.exam_session_id,
        identity.code,
        statement_hash,
        source.head.number,
        source.head.hash,
        source.site.software,
    )
    return Document(
        kind,
        words.language,
        words.text(f"title_{kind}"),
        subtitle or words.text("of_session", title=identity.title, code=identity.code),
        frame,
        tuple(parts),
        origin,
    )


def official_at_ms(source: PaperSource) -> int | None:
    """Return when the last needed signature was given."""
    signed = [each.signed_at_ms for each in source.signatures if each.decision in SIGNING]
    return max(signed, default=None)


def held_at_ms(source: PaperSource) -> int | None:
    """Return when the exam began: really, else as planned, else None."""
    started = [each.started_at_ms for each in source.record.sittings if each.started_at_ms is not None]
    return min(started, default=source.record.identity.planned_start_at_ms)


def session_facts(source: PaperSource, words: PaperWords) -> Facts:
    """Return which exam session this is: event, day, numbers, site, rooms, planned start, rules."""
    identity, at_ms = source.record.identity, held_at_ms(source)
    rooms = ", ".join(f"{each.room_name} ({each.room_code})" for each in source.record.sittings)
    rows = [
        (words.text("event"), f"{identity.event_name} ({identity.event_code})"),
        (words.text("exam_session"), f"{identity.title} ({identity.code})"),
        (
            words.text("session_numbers"),
            words.text(
                "session_numbers_value", day=identity.day_ordinal, cumulative=identity.cumulative_number
            ),
        ),
        (words.text("day"), NOTHING if at_ms is None else words.day_in_words(at_ms)),
        (words.text("planned_start"), words.moment(identity.planned_start_at_ms)),
        (words.text("site"), f"{source.site.name} ({source.site.site_code}), {source.site.timezone}"),
        (words.text("rooms"), words.nil(rooms)),
    ]
    for profile in _profiles(source):
        rows.append((words.text("profile"), f"{profile.title} ({profile.profile_id}, v{profile.version})"))
        rows.append((words.text("decree"), profile.decree or NOTHING))
    return Facts(tuple(rows))


def integrity_parts(source: PaperSource, words: PaperWords) -> tuple[DocumentPart, ...]:
    """Return the hashes and numbers that bind a paper to the record."""
    bank, stated = source.record.bank, source.stated
    rows = [
        (
            words.text("statement_hash"),
            words.text("value_of_statement", hash=source.statement.hash, version=source.statement.version)
            if source.statement
            else words.text("no_statement"),
        )
    ]
    if stated:
        rows.append((words.text("scores_hash"), stated["scores_hash"]))
        rows.append((words.text("participants_hash"), stated["participants_hash"]))
    rows += [
        (words.text("ledger_head"), f"{source.head.number} / {source.head.hash}"),
        (words.text("bank"), f"{bank.title} / {bank.bank_id}"),
        (words.text("bank_hash"), bank.bank_hash),
    ]
    if stated.get("forms"):
        rows.append((words.text("forms_hash"), stated["forms"]["forms_hash"]))
    rows.append((words.text("software"), source.site.software))
    return (Heading(words.text("integrity")), Facts(tuple(rows), is_mono=True))


def numbers_of(attempts: Iterable[AttemptRecord], words: PaperWords) -> str:
    """Return participant numbers as one list, or the word for none."""
    return words.nil(", ".join(each.participant_number for each in attempts))


def committee_signatures(
    source: PaperSource, words: PaperWords, *, with_witness: bool = True, roles: Sequence[str] = ()
) -> Signatures:
    """Return the blocks of both committees, and of a witness: who signed, else who would, else a line to fill in.

    `roles` are the texts above the two committees' blocks where they differ from the usual ones.
    """
    titles = roles or tuple(words.text(f"signer_{each.value}") for each in Committee)
    blocks: list[Signature] = []
    for committee, title in zip(Committee, titles, strict=True):
        signed = [
            each
            for each in source.signatures
            if each.committee == committee and each.decision in SIGNING and not _is_witness(source, each)
        ]
        blocks += [_signed(source, words, each, title) for each in signed]
        if not signed:
            blocks.append(_expected(source, words, committee, title))
    if with_witness:
        title = words.text("signer_witness")
        witnesses = [
            each for each in source.signatures if each.decision in SIGNING and _is_witness(source, each)
        ]
        blocks += [_signed(source, words, each, title) for each in witnesses] or [
            Signature(title, "", words.text("nip_or_nik"), "")
        ]
    at_ms = held_at_ms(source)
    day = NOTHING if at_ms is None else words.day(at_ms)
    return Signatures(words.text("place_and_date", site=source.site.name, day=day), tuple(blocks))


def objections(source: PaperSource, words: PaperWords) -> tuple[Paragraph, ...]:
    """Return every objection and every refusal to sign, with who said it."""
    return tuple(
        Paragraph(
            words.text(
                "objection",
                name=each.officer_name,
                decision=words.text(f"decision_{each.decision}"),
                reason=words.nil(each.reason),
            )
        )
        for each in source.signatures
        if each.decision != Decision.SIGNED
    )


def _signed(source: PaperSource, words: PaperWords, signature: SignatureRecord, title: str) -> Signature:
    officer = source.officers.get(signature.officer_id)
    code = "signed_note" if signature.decision == Decision.SIGNED else "signed_with_objection_note"
    note = words.text(code, moment=words.moment(signature.signed_at_ms))
    return Signature(title, signature.officer_name, _number(officer, words), note)


def _expected(source: PaperSource, words: PaperWords, committee: Committee, title: str) -> Signature:
    leading = [
        each
        for each in source.officers.values()
        if each.is_active and each.committee == committee and each.role in ("coordinator", "chair")
    ]
    officer = leading[0] if len(leading) == 1 else None
    return Signature(title, officer.name if officer else "", _number(officer, words), "")


def _number(officer: Officer | None, words: PaperWords) -> str:
    return words.text("nip", number=officer.civil_servant_number if officer else "").strip()


def _is_witness(source: PaperSource, signature: SignatureRecord) -> bool:
    officer = source.officers.get(signature.officer_id)
    return officer is not None and officer.role == "witness"


def _profiles(source: PaperSource) -> list[Profile]:
    own = source.record.identity.profile_hash
    return [source.profiles[own], *(source.profiles[each] for each in sorted(source.profiles) if each != own)]
