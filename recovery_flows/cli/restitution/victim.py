"""`recovery victim`: what one victim may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, find, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import columns, instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.claim import ClaimRow


Language = Annotated[str, typer.Option("--language", help="en or zh.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="What one victim may be told.", no_args_is_help=True)
    group.callback()(_group)
    for command in (status, draft, sent, due):
        group.command()(command)
    app.add_typer(group, name="victim")


def _group() -> None:
    """What one victim may be told."""


def status(
    ref: Ref,
    claim: Annotated[str, typer.Argument(metavar="[CLAIM]", help="Needed where several.")] = "",
    *,
    payer: Annotated[
        str, typer.Option(metavar="ID", help="For who paid the victim: his payment's id.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show five plain lines for one victim, nobody else in them.

    With `--payer` they are for a bank or an insurer that has paid the victim: its part alone.
    """
    from models.queries.cases.case_files import load_file
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.views.victim_line import payer_line, victim_line
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            now = case_now(session, wall_clock())
        zone = installation.laws[file.recovery.regime].time_zone
    row = _claim(file, claim)
    if payer:
        told = payer_line(file, row, _payer(file, row, payer), now, zone)
    else:
        told = victim_line(file, row, now, zone)
    if as_json:
        say_json(told)
    else:
        tell(told.lines)


def draft(
    ref: Ref,
    claim: Annotated[str, typer.Argument(metavar="[CLAIM]", help="Needed where several.")] = "",
    *,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Write the message that a victim may be sent now."""
    from models.queries.cases.case_files import load_file
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.victims.actions import words_of
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            now = case_now(session, wall_clock())
        lines = words_of(language)(
            file, _claim(file, claim), now, installation.laws[file.recovery.regime].time_zone
        )
    if as_json:
        say_json({"language": language, "lines": lines})
    else:
        tell(lines)


def sent(
    ref: Ref,
    claim: Annotated[str, typer.Argument(metavar="[CLAIM]", help="Else all who are due.")] = "",
    *,
    how: Annotated[str, typer.Option(help="How it went; stored encrypted.")],
    language: Language = "en",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that victims were sent their messages."""
    from recovery_flows.cases.victims import actions

    act(ref, acting_as, as_json, actions.sent, claim, language, how)


def due(ref: Ref, *, as_json: AsJson = False) -> None:
    """Show which victims are to be told what, and by when."""
    from models.queries.cases.case_files import load_file
    from models.queries.installation.clock import case_now
    from recovery_flows.clock import wall_clock
    from recovery_flows.restitution.victims import news

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            now = case_now(session, wall_clock())
        found = news.due(file, installation.laws)
    if as_json:
        say_json([{**plain(one), "late": one.due_at < now} for one in found])
        return
    rows = [
        (one.claim_id, spoken(one.stage), instant_text(one.due_at),
         "late" if one.due_at < now else "", one.law_row)
        for one in found
    ]  # fmt: skip
    head = ("claim", "stage", "to be told by", "", "under")
    tell(
        columns(rows, head) if rows else ["every victim has been told how far his report has come"]
    )


def _payer(file: CaseFile, claim: ClaimRow, named: str) -> str:
    """The account of who made a confirmed payment to the victim of a claim."""
    from recovery_flows.errors import MisuseError
    from recovery_flows.ledger.claim_parts import confirmed

    found = {row.id: row.payer_account_id for row in confirmed(file, claim.id)}
    if named not in found:
        known = f"give one of {', '.join(sorted(found))}" if found else "nobody has paid its victim"
        raise MisuseError(f"--payer: {claim.id} has no confirmed payment {named}: {known}")
    return found[named]


def _claim(file: CaseFile, named: str) -> ClaimRow:
    from recovery_flows.errors import MisuseError

    found = [claim for claim in file.claims if named in ("", claim.id)]
    if len(found) == 1:
        return found[0]
    if named:
        raise MisuseError(
            f"{file.recovery.ref} has no claim {named}: `recovery show {file.recovery.ref}` "
            "lists its claims"
        )
    ids = ", ".join(sorted(claim.id for claim in file.claims))
    raise MisuseError(f"{file.recovery.ref} has several claims: name one of {ids}")
