"""The commands on banks that need no site and no server, in one group."""

from __future__ import annotations

from question_bank.cli import bank_app
from question_bank.fairness_cli import fairness_command, synthesize_command

__all__ = ["bank_app"]

bank_app.command("fairness")(fairness_command)
bank_app.command("synthesize")(synthesize_command)
