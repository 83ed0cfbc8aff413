"""`recovery xborder`: requests abroad by any channel, from the draft to the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.abroad import xborder_figures, xborder_follow, xborder_letter, xborder_new
from recovery_flows.cli.abroad.xborder_new import FieldOptions, fields_of
from recovery_flows.cli.options import (
    ActingAs,
    AsJson,
    Knowing,
    Ref,
    SeenVersion,
    act,
    find,
    opened,
)
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell, tell_what

if TYPE_CHECKING:
    from recovery_flows.cross_border.channels import Channel

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="See `recovery xborder show`.")]


def attach(app: typer.Typer) -> None:
    """Add the groups of this module; `request` is the older name of one command."""
    group = typer.Typer(help="Requests abroad by any channel.", no_args_is_help=True)
    for command in (
        list_, xborder_figures.figures, xborder_new.new, show, set_, submit, resubmit, reduce_,
    ):  # fmt: skip
        group.command(command.__name__.rstrip("_"))(command)
    xborder_letter.attach(group)
    xborder_follow.attach(group)
    app.add_typer(group, name="xborder")
    older = typer.Typer(help="See xborder.", no_args_is_help=True, hidden=True)
    older.callback()(_older)
    older.command()(resubmit)
    app.add_typer(older, name="request", hidden=True)


def _older() -> None:
    """See xborder."""


def _channels() -> dict[str, Channel]:
    from recovery_flows.cli.case.channels import border_channels, state_groups

    return border_channels(state_groups())


def set_(
    ref: Ref,
    request: RequestId,
    *,
    field: FieldOptions = None,
    strike: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Strike what is personal; repeat.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="NAME=REASON", help="Let it stay; repeat.")
    ] = None,
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Fill fields of a draft, or of what is asked for besides."""
    from recovery_flows.correspondence.free_text import Decided
    from recovery_flows.errors import MisuseError

    fields = fields_of(field)
    if not fields:
        raise MisuseError("--field NAME=TEXT is missing")
    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        decided = Decided(tuple(strike or ()), fields_of(keep, "--keep"))
        done = acting.advance(
            recovery_id, fields=fields, to=request, seen_version=seen_version, decided=decided,
            only_fills=True,
        )  # fmt: skip
    tell_what(done, as_json=as_json)


def submit(
    ref: Ref, request: RequestId, *, knowing: Knowing = False, seen_version: SeenVersion = None,
    acting_as: ActingAs = "", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Submit a complete request for the approval of another person."""
    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        done = acting.advance(recovery_id, to=request, knowing=knowing, seen_version=seen_version)
    tell_what(done, as_json=as_json)


def resubmit(
    ref: Ref,
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="Id of the refused request.")],
    *,
    reason: Annotated[str, typer.Option(help="What is cured by it; kept sealed in a note.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Draft a new version of a request that was refused.

    What was sent stays as it was. A ground that leaves no second try is named with what it leaves.
    A freeze abroad that ends is asked for again in the same way.
    """
    from recovery_flows.cross_border import actions

    act(ref, acting_as, as_json, actions.resubmit, request, reason, _channels(), seen_version)


def reduce_(
    ref: Ref,
    request: RequestId,
    *,
    reason: Annotated[str, typer.Option(help="Why less is asked for; kept sealed in a note.")],
    seen_version: SeenVersion = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Draft a new version for as much as may still be asked for.

    For a request that asks for more than the trace supports by now, or than the loss has room for.
    What has left stands until its new version leaves, and a freeze until that is carried out.
    """
    from recovery_flows.cross_border import actions

    act(ref, acting_as, as_json, actions.reduce_request, request, reason, seen_version)


def show(
    ref: Ref,
    request: Annotated[
        str, typer.Argument(metavar="[REQUEST]", help="All of them otherwise.")
    ] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show requests abroad: versions, answers, clocks, what to do."""
    from models.queries.cases.case_files import load_file
    from models.queries.cases.requests import opened_fields
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.pages.request_page import written
    from recovery_flows.cases.pages.requests import page
    from recovery_flows.cases.views.request_view import request_view
    from recovery_flows.cli.page_text import page_lines
    from recovery_flows.clock import wall_clock
    from recovery_flows.correspondence.personal_texts import PersonalTexts
    from recovery_flows.cross_border.request_edits import request_of

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file, now = load_file(session, recovery_id), case_now(session, wall_clock())
            rows = [request_of(file, request)] if request else list(file.requests)
            wanted = {row.id for row in rows} | {row.replaces_id for row in rows} - {""}
            vault, law = installation.database.vault, installation.laws[file.recovery.regime]
            fields = {n: opened_fields(session, vault, n) for n in wanted}
            texts = PersonalTexts.of(session, vault, file, law.data_classes)
        channels = _channels()
        if as_json:
            of = {row.id for row in rows}
            receipts = [r for r in file.receipts if r.request_id in of]
            messages = [m for m in file.messages if m.request_id in of]
            say_json({"requests": rows, "receipts": receipts, "messages": messages})
        elif request:
            view = request_view(
                installation.database, installation.laws, channels, recovery_id, request,
                installation.sender(), wall_clock(),
            )  # fmt: skip
            tell(page_lines(written(view)))
        else:
            shown = page(file, rows, channels, now, law.time_zone, fields, texts.holds_or_is_free)
            tell(page_lines(shown))


def list_(
    *,
    text: Annotated[
        str, typer.Option("--filter", help="Words and terms such as country:gb due<48h.")
    ] = "",
    with_closed: Annotated[bool, typer.Option("--all", help="Ended ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 200,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """List requests of all recoveries, what needs you first.

    Within that by the clock; those that other States sent stand among them.
    """
    from recovery_flows.cases.pages.request_board import written
    from recovery_flows.cases.views.queue import QueueQuery
    from recovery_flows.cases.views.request_board import request_board, wrong_terms
    from recovery_flows.cli.options import viewer_of
    from recovery_flows.cli.page_text import page_lines
    from recovery_flows.clock import wall_clock
    from recovery_flows.errors import MisuseError

    with opened() as installation:
        viewer = viewer_of(installation, acting_as)
        look = QueueQuery(text=text, with_closed=with_closed)
        zone = installation.time_zone
        with installation.database.reading() as session:
            found = request_board(session, wall_clock(), look, limit, viewer)
    if wrong := wrong_terms(text, found.now):
        raise MisuseError(f"--filter {'; '.join(wrong)}")
    if as_json:
        say_json(found)
    else:
        own = viewer.id if viewer else ""
        tell(page_lines(written(found, zone, own=own, text=text, with_closed=with_closed)))
