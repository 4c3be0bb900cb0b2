"""The `cat-server` command: which commands to load, and what happens to what nobody foresaw."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

_WITHOUT_A_SITE = frozenset({"check", "template", "fairness", "synthesize"})
"""Commands on banks that need no database and no web server, and so do not load them."""
_SERVE = "serve"
"""The command that is waited for: it loads no other."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; interrupted, it ends with code 130 and no trace."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _app_for(given)(given, prog_name="cat-server")
    except KeyboardInterrupt:
        sys.exit(130)


def _app_for(given: Sequence[str]) -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    if given[:1] == ["bank"] and len(given) > 1 and given[1] in _WITHOUT_A_SITE:
        app.add_typer(import_module("question_bank.bank_commands").bank_app, name="bank")
        return app
    if given[:1] == [_SERVE]:
        gc.disable()  # until the server's processes begin: what is loaded stays
        app.command(_SERVE)(import_module("cat_server.cli.serve").serve_command)
        return app
    whole: typer.Typer = import_module("cat_server.cli.commands").app
    return whole


if __name__ == "__main__":
    main()
