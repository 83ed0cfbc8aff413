"""`recovery incoming`: requests that other States send us."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, instant, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import tell, tell_what

if TYPE_CHECKING:
    from datetime import datetime

    from recovery_flows.cross_border.channels import Channel

InRef = Annotated[str, typer.Argument(metavar="REF", help="See `recovery incoming list`.")]
Reason = Annotated[str, typer.Option(help="Why; kept encrypted.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Requests that come from abroad.", no_args_is_help=True)
    for command in (add, take, ack, answer, refuse, confirm, show, write):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="incoming")


def _channels() -> dict[str, Channel]:
    from recovery_flows.cli.case.channels import border_channels, state_groups

    return border_channels(state_groups())


def add(
    *,
    from_state: Annotated[str, typer.Option("--from", metavar="STATE", help="Such as FR.")],
    by: Annotated[str, typer.Option(help="The authority that asks, by its name.")],
    their_ref: Annotated[str, typer.Option("--their-ref", help="Its own reference.")],
    channel: Annotated[str, typer.Option(metavar="CODE", help="See `recovery channels`.")],
    want: Annotated[str, typer.Option(help="freeze, information, evidence or return.")],
    basis: Annotated[str, typer.Option(help="Treaty or promise, and its article.")],
    purpose: Annotated[str, typer.Option(help="What for; kept encrypted.")],
    law: Annotated[str, typer.Option(metavar="CODE", help="Our law, such as CN.")],
    bank: Annotated[str, typer.Option(metavar="PARTNER", help="Bank of the account.")] = "",
    account: Annotated[str, typer.Option(help="The whole account number it asks about.")] = "",
    received: Annotated[str, typer.Option(metavar="TIME", help="If not now.")] = "",
    due: Annotated[str, typer.Option(metavar="TIME", help="If the request sets a time.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Register a request; its clock is the channel's.

    Recoveries that have the same account are named. Who registers it is in charge of it.
    """
    from recovery_flows.cli.case.channels import border_channels, state_groups
    from recovery_flows.correspondence.incoming import actions
    from recovery_flows.correspondence.incoming.lifecycle import Given

    given = Given(
        from_state, by, their_ref, channel, want, law, basis, purpose, bank, account,
        _instant(received, "--received"), _instant(due, "--due"),
    )  # fmt: skip
    groups = state_groups()
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        done = actions.register(acting, given, border_channels(groups), groups)
    tell_what(done, as_json=as_json)


def take(ref: InRef, *, acting_as: ActingAs = "", as_json: AsJson = False) -> None:
    """Take over a request from another officer."""
    from recovery_flows.correspondence.incoming import actions

    with opened() as installation:
        done = actions.take(installation.case_officer(acting_as), ref)
    tell_what(done, as_json=as_json)


def ack(ref: InRef, *, acting_as: ActingAs = "", as_json: AsJson = False) -> None:
    """Record that its receipt was acknowledged."""
    from recovery_flows.correspondence.incoming import actions

    with opened() as installation:
        done = actions.acknowledge(installation.case_officer(acting_as), ref)
    tell_what(done, as_json=as_json)


def answer(
    ref: InRef,
    *,
    field: Annotated[
        list[str], typer.Option(metavar="NAME=TEXT", help="A field of config/privacy.toml; repeat.")
    ],
    about: Annotated[
        list[str] | None,
        typer.Option(metavar="REF", help="A recovery that it is about, where no account says so."),
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for an answer. A second person confirms it.

    The law's rules of disclosure say which approvals it must name; texts are searched for personal
    data.
    """
    from recovery_flows.cli.case.actions import named_text
    from recovery_flows.correspondence.incoming import actions

    fields = dict(named_text(text, "--field NAME=TEXT") for text in field)
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        done = actions.answer(acting, ref, fields, _channels(), about or ())
    tell_what(done, as_json=as_json)


def refuse(
    ref: InRef,
    *,
    ground: Annotated[str, typer.Option(metavar="CODE", help="A ground of the channel.")],
    reason: Reason,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a refusal. A second person confirms it."""
    from recovery_flows.correspondence.incoming import actions

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        done = actions.refuse(acting, ref, ground, reason, _channels())
    tell_what(done, as_json=as_json)


def confirm(
    ref: InRef,
    *,
    seen: Annotated[str, typer.Option(metavar="DIGEST", help="As `show --answer` tells.")] = "",
    deny: Annotated[bool, typer.Option("--deny", help="Give it back; takes --reason.")] = False,
    reason: Reason = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Confirm or deny what another person wants to answer."""
    from recovery_flows.correspondence.incoming import actions

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        done = actions.deny(acting, ref, reason) if deny else actions.confirm(acting, ref, seen)
    tell_what(done, as_json=as_json)


def list_(
    *,
    with_closed: Annotated[bool, typer.Option("--all", help="Answered ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List requests, what is due first standing first."""
    from models.queries.installation.clock import case_now
    from models.queries.partners.incoming import incoming_requests, matches
    from recovery_flows.cases.pages.incoming import EMPTY, listed
    from recovery_flows.cli.page_text import parts_lines
    from recovery_flows.clock import wall_clock

    with opened() as installation, installation.database.reading() as session:
        now = case_now(session, wall_clock())
        rows = [
            (row, [m.ref for m in matches(session, row.account_id)])
            for row in incoming_requests(session, with_closed=with_closed)
        ]
    if as_json:
        say_json([{**plain(row), "recoveries": refs} for row, refs in rows])
    else:
        tell(parts_lines(listed(rows, now), installation.time_zone) if rows else [EMPTY])


def show(
    ref: InRef,
    *,
    with_answer: Annotated[
        bool, typer.Option("--answer", help="What waits for a yes, in clear (supervisor).")
    ] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Show one request on one page."""
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.pages.incoming import written
    from recovery_flows.cli.page_text import page_lines
    from recovery_flows.clock import wall_clock
    from recovery_flows.correspondence.incoming import actions
    from recovery_flows.correspondence.incoming.reading import incoming_view

    with opened() as installation:
        if with_answer:
            row, fields = actions.pending_answer(installation.case_officer(acting_as), ref)
            told = [f"{name}: {text}" for name, text in fields.items()]
            tell([f"{row.ref} {row.state}, digest {row.answer_digest[:12]}", *told])
            return
        database = installation.database
        with database.reading() as session:
            now = case_now(session, wall_clock())
            view = incoming_view(session, database.vault, ref, now)
    if as_json:
        say_json(view)
    else:
        tell(page_lines(written(view, _channels(), installation.laws[view.row.law].time_zone)))


def write(
    ref: InRef,
    *,
    out: Annotated[Path, typer.Option("--out", help="A new file, such as answer.txt.")],
    acting_as: ActingAs = "",
) -> None:
    """Write a confirmed answer into a new file. It is logged."""
    from recovery_flows.correspondence.incoming.actions import answer_text
    from recovery_flows.correspondence.letters.files import check_free, write_new

    check_free(out)
    with opened() as installation:
        raw = answer_text(installation.case_officer(acting_as), ref)
    write_new(out, raw)
    tell([f"{out}: {len(raw):,} bytes, for nobody else to read"])


def _instant(text: str, option: str) -> datetime | None:
    return instant(text, option) if text else None
