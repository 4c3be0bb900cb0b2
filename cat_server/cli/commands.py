"""Every group of `cat-server` commands."""

from __future__ import annotations

import typer

from cat_server.cli import bank, formations, rank
from cat_server.cli.backup import backup_app, drill_command, restore_command
from cat_server.cli.demo import demo_app
from cat_server.cli.doctor import doctor_command
from cat_server.cli.event import event_app
from cat_server.cli.exam_session import exam_session_app
from cat_server.cli.front import front_app
from cat_server.cli.logs import logs_command
from cat_server.cli.officer import officer_app
from cat_server.cli.results import results_app
from cat_server.cli.room import room_app
from cat_server.cli.roster import roster_app
from cat_server.cli.serve import serve_command
from cat_server.cli.site import site_app
from cat_server.cli.ups import ups_command
from question_bank.bank_commands import bank_app
from question_bank.profile_cli import profile_app

ADDING = (bank, formations, rank)
"""Modules that add their commands to a group which another module begins: `bank`, `event` and `results`."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="cat-server: ujian CAT di jaringan lokal. / Computer-assisted tests on a closed LAN.",
)
app.command("serve")(serve_command)
app.command("doctor")(doctor_command)
app.add_typer(backup_app, name="backup")
app.command("restore")(restore_command)
app.command("drill")(drill_command)
app.command("ups")(ups_command)
app.command("logs")(logs_command)
app.add_typer(site_app, name="site")
app.add_typer(front_app, name="front")
app.add_typer(officer_app, name="officer")
app.add_typer(room_app, name="room")
app.add_typer(bank_app, name="bank")
app.add_typer(profile_app, name="profile")
app.add_typer(event_app, name="event")
app.add_typer(roster_app, name="roster")
app.add_typer(exam_session_app, name="exam-session")
app.add_typer(results_app, name="results")
app.add_typer(demo_app, name="demo")
