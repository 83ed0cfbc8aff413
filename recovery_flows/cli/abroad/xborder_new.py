"""`recovery xborder new`: requests abroad drafted, by one channel or by those of a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.border import border_channels, state_groups, template_of
from recovery_flows.cli.options import ActingAs, AsJson, Ref, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.cli.composition import Installation
    from recovery_flows.correspondence.abroad.drafting import Given

FieldOptions = Annotated[
    list[str] | None, typer.Option("--field", metavar="NAME=TEXT", help="A field; repeat.")
]


def fields_of(fields: list[str] | None, option: str = "--field") -> dict[str, str]:
    """Fields as they were typed, NAME=TEXT each; MisuseError for one that is not."""
    from recovery_flows.errors import MisuseError

    found = {}
    for one in fields or []:
        name, is_named, text = one.partition("=")
        if not is_named or not name.strip():
            raise MisuseError(f"{option} {one!r} is not NAME=TEXT")
        found[name.strip()] = text.strip()
    return found


def new(
    ref: Ref,
    *,
    channel: Annotated[str, typer.Option(metavar="CODE", help="See `recovery channels REF`.")] = "",
    template: Annotated[
        str, typer.Option(metavar="CODE", help="Several channels side by side.")
    ] = "",
    want: Annotated[str, typer.Option(help="freeze, information, evidence or return.")] = "freeze",
    account: Annotated[str, typer.Option(metavar="ASSET", help="One account; all else.")] = "",
    authority: Annotated[str, typer.Option(help="Who is asked, by its plain name.")] = "",
    language: Annotated[str, typer.Option(help="What the requested State reads.")] = "en",
    amount: Annotated[str, typer.Option(metavar="SUM", help="All that is traced otherwise.")] = "",
    part: Annotated[
        str, typer.Option(metavar="N|new", help="Which part of the account's money; new: other.")
    ] = "",
    field: FieldOptions = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Draft a request by a channel, one for each account abroad.

    With --template those of several channels by one act; each field goes to those that ask for it.
    Requests for one part of an account ask for the same money and count once; parts add up.
    """
    from models.queries.cases.case_files import load_file
    from recovery_flows.correspondence.abroad import drafting
    from recovery_flows.errors import MisuseError

    if bool(channel) == bool(template):
        raise MisuseError("name one way: --channel CODE, or --template CODE")

    given = drafting.Given(
        channel=channel, wanted=want, account=account, authority=authority, language=language,
        amount=amount, part=part, fields=fields_of(field),
    )  # fmt: skip
    with opened() as installation:
        recovery_id = find(installation, ref)
        acting = installation.case_officer(acting_as)
        ids, left = _draft(acting, recovery_id, given, template)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
        warned = [*left, *_warned(installation, file, ids, acting_as)]
    told = [line for name in ids for line in _drafted(file, name)]
    if as_json:
        say_json({"drafted": list(ids), "done": told, "warnings": warned})
    else:
        tell([*told, *warned])


def _draft(
    acting: CaseOfficer, recovery_id: str, given: Given, template: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was drafted, and what of a template was left out and why."""
    from recovery_flows.correspondence.abroad import drafting, side_by_side

    groups = state_groups()
    channels = border_channels(groups)
    if not template:
        return drafting.draft(acting, recovery_id, given, channels), ()
    made = side_by_side.draft_all(
        acting,
        recovery_id,
        template_of(template),
        given,
        border_channels(state_groups()),
        state_groups(),
    )
    return made.drafted, tuple(f"  left out: {one}" for one in made.left_out)


def _drafted(file: CaseFile, request_id: str) -> Iterator[str]:
    from recovery_flows.cross_border.request_edits import lacking, request_of

    row = request_of(file, request_id)
    lacks = lacking(row)
    yield f"{file.recovery.ref}: {row.id} drafted by {row.channel}{'' if lacks else ': ready'}"
    if lacks:
        yield f"  lacks {lacks}"


def _warned(
    installation: Installation, file: CaseFile, ids: tuple[str, ...], acting_as: str
) -> Iterator[str]:
    """Who else asks about the account: another recovery, another channel, a recall."""
    from models.queries.cases.deconfliction import elsewhere
    from recovery_flows.cases import deconfliction
    from recovery_flows.cases.deconfliction_check import also_lines
    from recovery_flows.cli.options import viewer_of
    from recovery_flows.cross_border.request_edits import also_asked

    with installation.database.reading() as session:
        there = elsewhere(session, [file.recovery.id]).get(file.recovery.id, ())
    viewer = viewer_of(installation, acting_as)
    for name in ids:
        asset_id = next(r.asset_id for r in file.requests if r.id == name)
        yield from _closed_to(file, name)
        for found in also_lines(deconfliction.about(there, file, asset_id), viewer):
            yield f"  warning: {found.sentence}"
        for other in also_asked(file, name):
            yield f"  also asked: {other}"


def _closed_to(file: CaseFile, request_id: str) -> Iterator[str]:
    """States of a request that its channel does not bind: the adviser names the instrument."""
    from recovery_flows.cross_border.channels import is_member
    from recovery_flows.cross_border.request_edits import request_of

    row, groups = request_of(file, request_id), state_groups()
    channel, there = border_channels(groups)[row.channel], file.asset(row.asset_id).regime
    for state, codes, what in (
        (file.recovery.regime, channel.from_states, "ask"),
        (there, channel.to_states, "be asked"),
    ):
        if not is_member(state, codes, groups):
            yield f"  warning: {state} cannot {what} by {row.channel} (`recovery channels`)"
