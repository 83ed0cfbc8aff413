"""`recovery multi-agency`: joint requests about one incident, and what became of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Now, Ref, SeenVersion, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.sending import tell_done
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from recovery_flows.cli.composition import Installation
    from recovery_flows.multi_agency.identifiers import Subject

_READS = "; `-` reads standard input; repeat."
Task = Annotated[str, typer.Argument(metavar="TASK", help="Its id, or how it begins.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Telecoms, platforms, banks and authorities, asked at once.",
                        no_args_is_help=True)  # fmt: skip
    for command in (start, show, renew, cancel, read):
        group.command()(command)
    group.command("withdraw", hidden=True)(cancel)
    app.add_typer(group, name="multi-agency")
    app.add_typer(group, name="link", hidden=True)


def start(
    ref: Ref,
    *,
    number: Annotated[
        list[str] | None, typer.Option(metavar="PHONE", help="A telephone number" + _READS)
    ] = None,
    imei: Annotated[
        list[str] | None, typer.Option(metavar="DIGITS", help="A telephone's IMEI" + _READS)
    ] = None,
    domain: Annotated[
        list[str] | None, typer.Option(metavar="SITE", help="A domain or a page" + _READS)
    ] = None,
    account_name: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An account at a platform" + _READS)
    ] = None,
    ip: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="An IP address" + _READS)
    ] = None,
    query: Annotated[bool, typer.Option("--query", help="Ask also who is behind it.")] = False,
    partner: Annotated[
        list[str] | None, typer.Option(metavar="PARTNER_ID", help="Only these; repeat.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would be sent.")] = False,
    seen_version: SeenVersion = None,
    now: Now = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Send joint requests at once. A second person confirms them."""
    from recovery_flows.multi_agency import actions as multi_agency_actions

    found = _subjects(number, imei, domain, account_name, ip)
    partners = tuple(partner or ())
    with opened() as installation:
        recovery_id = find(installation, ref)
        if preview:
            _preview(installation, recovery_id, found, partners, ask=query, as_json=as_json)
            return
        done = multi_agency_actions.start(
            installation.case_officer(acting_as), recovery_id, found, ask=query, partners=partners,
            seen=seen_version,
        )  # fmt: skip
        tell_done(installation, recovery_id, done, now=now, as_json=as_json)


def _subjects(
    number: list[str] | None,
    imei: list[str] | None,
    domain: list[str] | None,
    account_name: list[str] | None,
    ip: list[str] | None,
) -> list[Subject]:
    from models.entities.multi_agency import SubjectKind
    from recovery_flows.multi_agency.actions import site_of, subject_of

    found = [site_of(_given(text)) for text in domain or ()]
    for kind, texts in (
        (SubjectKind.NUMBER, number),
        (SubjectKind.IMEI, imei),
        (SubjectKind.ACCOUNT_NAME, account_name),
        (SubjectKind.IP, ip),
    ):
        found += [subject_of(kind, _given(text)) for text in texts or ()]
    return found


def _given(text: str) -> str:
    return sys.stdin.readline() if text == "-" else text


def _preview(
    installation: Installation,
    recovery_id: str,
    found: list[Subject],
    partners: tuple[str, ...],
    *,
    ask: bool,
    as_json: bool,
) -> None:
    from recovery_flows.cli.case.multi_agency_text import planned_lines
    from recovery_flows.cli.officer import case_time
    from recovery_flows.multi_agency.actions import read_prospect

    prospect = read_prospect(installation.database, recovery_id)
    planned = prospect.planned(found, ask=ask, partners=partners)
    copy = prospect.copy(planned, case_time(installation))
    if as_json:
        told = [{"partner": p.partner_id, "kind": p.kind, "subject": p.hint} for p in planned]
        say_json({"tasks": told, "copy": copy, "left_out": prospect.left_out})
    else:
        tell(planned_lines(prospect, planned, copy))


def show(
    ref: Ref,
    *,
    regulator: Annotated[
        bool, typer.Option("--regulator", help="As a regulator may see it: nobody's name in it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the status board: each task, its deadline, its last answer."""
    from recovery_flows.cases.views.page import recovery_page
    from recovery_flows.cli.case import multi_agency_text
    from recovery_flows.clock import wall_clock
    from recovery_flows.multi_agency.board import regulator_view

    with opened() as installation:
        recovery_id = find(installation, ref)
        page = recovery_page(installation.database, installation.laws, recovery_id, wall_clock())
        zone = installation.laws[page.regime].time_zone
    if regulator:
        told = [
            regulator_view(page.ref, len(page.claims), line) for line in page.multi_agency_requests
        ]
        _say(told, multi_agency_text.regulator_lines(told, page.now, zone), as_json=as_json)
    else:
        _say(page.multi_agency_requests, multi_agency_text.board_lines(page, zone), as_json=as_json)


def _say(value: object, lines: list[str], *, as_json: bool) -> None:
    if as_json:
        say_json(value)
    else:
        tell(lines)


def renew(
    ref: Ref,
    task: Task,
    *,
    seen_version: SeenVersion = None,
    now: Now = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask a partner to preserve for another term."""
    from recovery_flows.multi_agency import actions as multi_agency_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        done = multi_agency_actions.renew(acting, recovery_id, task, seen_version)
        tell_done(installation, recovery_id, done, now=now, as_json=as_json)


def cancel(
    ref: Ref,
    task: Task,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept sealed in the file.")],
    seen_version: SeenVersion = None,
    now: Now = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Withdraw one task at its partner."""
    from recovery_flows.multi_agency import actions as multi_agency_actions

    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        done = multi_agency_actions.cancel_task(acting, recovery_id, task, reason, seen_version)
        tell_done(installation, recovery_id, done, now=now, as_json=as_json)


def read(ref: Ref, task: Task, *, acting_as: ActingAs = "", as_json: AsJson = False) -> None:
    """Print the document of a task's last answer as it came."""
    from models.entities.outside.disclosure import DisclosureKind
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.multi_agency.actions import last_document

    with opened() as installation:
        recovery_id = find(installation, ref)
        digest, raw, media_type = last_document(installation.database, recovery_id, task)
        acting, kind = installation.case_officer(acting_as), DisclosureKind.ANSWER_DOCUMENT
        note_files(acting, recovery_id, kind, f"the answer to {task}", {task: raw})
    text = raw.decode("utf-8", "replace")
    if as_json:
        say_json({"sha256": digest, "media_type": media_type, "text": text})
    else:
        tell([f"{media_type}, sha256 {digest}", *text.splitlines()])
