"""What an official paper says, before anybody decides how it looks: one frozen model for the browser and the PDF."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Literal, TypeAlias

from question_bank.canonical import Json, cjson, digest

DOCUMENT_TYPE = "document/1"

Align: TypeAlias = Literal["left", "right", "center"]
Tone: TypeAlias = Literal["body", "lead", "note"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered or plain heading within a paper."""

    name: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `tone` lead is larger, note smaller."""

    name: ClassVar[str] = "paragraph"
    text: str
    tone: Tone = "body"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and their values, one to a line. `is_mono`: values are hashes and numbers, to be compared sign by sign."""

    name: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]
    is_mono: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` is its share against the other columns."""

    heading: str
    width: int
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose head is repeated on every page. `is_tall`: rows high enough to sign in."""

    name: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: in what role, the name and number where they are known, and what was signed electronically."""

    role: str
    person: str
    number: str
    note: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signature blocks of equal height, kept together on one page."""

    name: ClassVar[str] = "signatures"
    place_and_date: str
    blocks: tuple[Signature, ...]


DocumentPart: TypeAlias = Heading | Paragraph | Facts | Table | Signatures


@dataclass(frozen=True, slots=True)
class Origin:
    """Which record a paper was made from, as its hash binds it. `statement_hash` is empty before there is one."""

    exam_session_id: str
    exam_session_code: str
    statement_hash: str
    ledger_number: int
    ledger_hash: str
    software: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the body on every page: texts in the paper's language.

    `mark` is printed across the page where the results are not official yet, and empty after that.
    """

    letterhead: tuple[str, ...]
    status: str
    mark: str
    page_of: str
    document_hash: str
    statement_hash: str


@dataclass(frozen=True, slots=True)
class Document:
    """One paper in one language. Two papers with the same content have the same hash, whenever they are printed."""

    kind: str
    language: str
    title: str
    subtitle: str
    frame: Frame
    parts: tuple[DocumentPart, ...]
    origin: Origin

    @property
    def content(self) -> bytes:
        """The paper as `cjson/1`: what its hash is taken over."""
        return cjson(
            {
                "v": 1,
                "kind": self.kind,
                "language": self.language,
                "title": self.title,
                "subtitle": self.subtitle,
                "frame": _plain(self.frame),
                "parts": [_plain(each) for each in self.parts],
                "origin": _plain(self.origin),
            }
        )

    @property
    def hash(self) -> str:
        r"""SHA-256 over `"cat/document/1\n"` and the content, as the footer of every page shows it."""
        return digest(DOCUMENT_TYPE, self.content)

    @property
    def qr_text(self) -> str:
        """What the QR code says: kind, exam session, document hash and statement hash (a dash while there is none)."""
        statement = self.origin.statement_hash or "-"
        return f"cat/document/1 {self.kind} {self.origin.exam_session_code} {self.hash} {statement}"


def _plain(value: object) -> Json:
    match value:
        case str() | bool() | int():
            return value
        case tuple():
            return [_plain(each) for each in value]
        case Heading() | Paragraph() | Facts() | Table() | Signatures():
            return {"part": value.name, **_fields(value)}
        case Column() | Signature() | Origin() | Frame():
            return _fields(value)
    raise TypeError(f"not part of a document: {type(value).__name__}")


def _fields(
    value: Heading | Paragraph | Facts | Table | Signatures | Column | Signature | Origin | Frame,
) -> dict[str, Json]:
    return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
