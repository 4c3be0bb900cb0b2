"""Which documents a participant shows at the registration desk (domain.md 2.2, step 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cat_server.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class DocumentGroup:
    """One thing to be shown: any one document of the group will do."""

    code: str
    documents: tuple[str, ...]


REQUIRED = (
    DocumentGroup("IDENTITY", ("KTP", "SUKET", "KK", "IKD", "KIA", "PASSPORT")),
    DocumentGroup("CARD", ("PARTICIPANT_CARD",)),
)
"""KTP-el or what stands in for it (suket, original or legalised KK, printed IKD, KIA, passport), and the card."""

DOCUMENTS = frozenset(each for group in REQUIRED for each in group.documents)


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown at the desk. `override_reason` says why the person is admitted although something lacks."""

    documents: tuple[str, ...] = ()
    override_reason: str = ""


def lacking(documents: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of the groups of which nothing was shown."""
    shown = set(documents)
    return tuple(group.code for group in REQUIRED if shown.isdisjoint(group.documents))


def checked(shown: Shown) -> Shown:
    """Return what was shown in the order of the list, without repetitions; a reason only where one was needed.

    Raises:
        Refusal: `DOCUMENT_UNKNOWN`, or `DOCUMENTS_MISSING` where something lacks and no reason is given.
    """
    if not set(shown.documents) <= DOCUMENTS:
        raise Refusal("DOCUMENT_UNKNOWN")
    ordered = tuple(each for group in REQUIRED for each in group.documents if each in shown.documents)
    if not lacking(ordered):
        return Shown(ordered)
    reason = shown.override_reason.strip()
    if not reason:
        raise Refusal("DOCUMENTS_MISSING")
    return Shown(ordered, reason)


def stored(shown: Shown) -> str:
    """Return the documents as the attempt's row holds them."""
    return " ".join(shown.documents)
