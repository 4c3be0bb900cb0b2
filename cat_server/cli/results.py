"""`cat-server results`: show the ranked table, write the package, verify one on any machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cat_server.actions.export_results import SiteIdentity, export_results
from cat_server.cli.papers import papers_command
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteOption,
    command,
    site_command,
)
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.ids import OPERATOR
from cat_server.queries.result_table import ResultLine, result_table
from cat_server.queries.site_contents import exam_session_named, stored_profile
from cat_server.results.trusted_keys import read_trusted_keys
from cat_server.results.verify import Findings, verify_package
from cat_server.runtime.site_signing import SiteSigner
from cat_server.runtime.software import software
from question_bank.console import Console
from question_bank.points import points_text
from question_bank.problems import Problem

results_app = typer.Typer(no_args_is_help=True, help="Hasil: lihat, tulis paket, periksa paket. / Results.")

results_app.command("papers")(papers_command)

SessionArgument = Annotated[str, typer.Argument(metavar="SESSION", show_default=False)]


@results_app.command("show")
def show_command(
    session: SessionArgument,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tampilkan hasil menurut peringkat. / Show the results by rank."""
    with site_command(site, lang, as_json) as opened:
        console, reader = opened.console, opened.reader
        found = exam_session_named(reader, session)
        profile = stored_profile(reader, found.profile_hash)
        sections = tuple(section.code for _, section in profile.paper_order())
        table = result_table(reader, found.exam_session_id, profile.ranking)
        is_official = found.state == SittingState.SIGNED
        console.say("results_are_official" if is_official else "results_are_provisional")
        if found.state not in OVER:
            console.say("results_not_yet")
        _print_table(console, table.lines, sections, profile.digits)
        if table.without:
            console.say("results_without_score", count=len(table.without))
        console.finish(
            {
                "exam_session": found.code,
                "is_official": is_official,
                "results": [_result(each, sections) for each in table.lines],
                "without": [each.participant_number for each in table.without],
            }
        )


@results_app.command("export")
def export_command(
    session: SessionArgument,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Folder baru untuk paket / a new folder")
    ] = None,
    with_keys: Annotated[
        bool,
        typer.Option(
            "--with-keys", help="Sertakan kunci, agar nilai dapat dihitung ulang / include the keys"
        ),
    ] = False,
    unofficial: Annotated[
        bool,
        typer.Option("--unofficial", help="Juga sebelum resmi, ditandai SEMENTARA / before sign-off, marked"),
    ] = False,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tulis paket hasil yang ditandatangani, dan zip di sampingnya. / Write the signed result package."""
    with site_command(site, lang, as_json) as opened:
        console, settings = opened.console, opened.settings
        found = exam_session_named(opened.reader, session)
        exported = export_results(
            opened.lane,
            opened.reader,
            found.exam_session_id,
            opened.bank_files.keys(found.bank_id),
            SiteIdentity(settings.site_code, settings.name, settings.timezone, software()),
            SiteSigner(opened.keyring.signing_key),
            output or Path(f"results-{found.code}"),
            OPERATOR,
            is_unofficial_allowed=unofficial,
            with_keys=with_keys,
            now_ms=opened.clock.now().at_ms,
        )
        console.say("results_written", folder=exported.folder, archive=exported.archive)
        console.say("results_manifest_hash", hash=exported.manifest_hash)
        if not exported.is_official:
            console.say("results_written_unofficial")
        if with_keys:
            console.say("results_with_keys")
        opened.next_step("cat-server site keys --out trusted.json")
        console.say("cli_next", command=console.text("results_next_verify", archive=exported.archive))
        console.finish(
            {
                "folder": str(exported.folder),
                "archive": str(exported.archive),
                "manifest_hash": exported.manifest_hash,
                "is_official": exported.is_official,
                "participants": exported.participants,
            }
        )


@results_app.command("verify")
def verify_command(
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", show_default=False)],
    trusted: Annotated[
        Path,
        typer.Option(
            "--trusted",
            metavar="KEYS",
            show_default=False,
            help="Kunci yang dipercaya, dari jalan lain daripada paketnya / keys that came by another way",
        ),
    ],
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Periksa paket hasil, di komputer mana pun, tanpa situs. / Verify a result package, on any machine."""
    with command(lang, as_json) as console:
        keys, problems = read_trusted_keys(trusted)
        if keys is None:
            console.finish({"verified": False}, problems)
        findings, problems = verify_package(package, keys)
        if not problems:
            _say_findings(console, package, findings)
        console.finish(
            {
                "verified": not problems,
                "status": findings.status,
                "exam_session": findings.exam_session_code,
                "site": findings.site_code,
                "participants": findings.participants,
                "events": findings.events,
                "rescored": findings.rescored,
                "signers": [
                    {"name": name, "committee": committee, "decision": decision}
                    for name, committee, decision in findings.signers
                ],
            },
            [_worded(console, each) for each in problems],
        )


def _say_findings(console: Console, package: Path, findings: Findings) -> None:
    console.say(
        "results_verified",
        path=package.name,
        session=findings.exam_session_code,
        site=findings.site_code,
        participants=findings.participants,
        events=findings.events,
    )
    if findings.status != "official":
        console.say("results_verified_unofficial")
    for name, committee, decision in findings.signers:
        console.say(
            "results_signer",
            name=name,
            committee=console.text(f"results_committee_{committee}"),
            decision=console.text(f"results_decision_{decision}"),
        )
    if findings.rescored:
        console.say("results_rescored", count=findings.rescored)
    else:
        console.say("results_not_rescored")


def _worded(console: Console, problem: Problem) -> Problem:
    """Name a missing committee as people do."""
    committee = problem.params.get("committee")
    if problem.code != "results_committee_missing":
        return problem
    name = console.text(f"results_committee_{committee}")
    return Problem(problem.code, problem.place, {**problem.params, "committee": name})


def _print_table(
    console: Console, lines: tuple[ResultLine, ...], sections: tuple[str, ...], digits: int
) -> None:
    headings = ("results_column_rank", "results_number", "results_name", "results_total", "results_meets")
    rows = []
    for line in lines:
        total = line.total
        parts = " + ".join(
            f"{code} {points_text(line.scores[code].points, digits)}"
            for code in sections
            if code in line.scores
        )
        meets = (
            "" if total is None or total.meets is None else f"results_meets_{'yes' if total.meets else 'no'}"
        )
        rows.append(
            (
                "–" if line.rank is None else str(line.rank),
                line.attempt.participant_number,
                line.attempt.name,
                "–" if total is None else f"{points_text(total.points, digits)} = {parts}",
                console.text(meets) if meets else "–",
            )
        )
    console.table(headings, rows)


def _result(line: ResultLine, sections: tuple[str, ...]) -> dict[str, Any]:
    total = line.total
    return {
        "rank": line.rank,
        "participant_number": line.attempt.participant_number,
        "name": line.attempt.name,
        "state": line.attempt.state,
        "sections": {code: points_text(line.scores[code].points) for code in sections if code in line.scores},
        "total": points_text(total.points) if total else None,
        "meets": total.meets if total else None,
    }
