"""What kind of content a fairness report is, and its hash; apart from its making, which loads all of the drawing."""

from __future__ import annotations

from question_bank.canonical import digest

REPORT_TYPE = "fairness-report/1"


def report_hash(content: bytes) -> str:
    """Return the hash of a report's content."""
    return digest(REPORT_TYPE, content)
