"""Commands that enter what banks write: the answer to a letter, and a notice that came unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

Document = Annotated[
    Path | None, typer.Option("--document", help="Scan of the bank's letter; kept sealed.")
]
State = Annotated[
    str,
    typer.Option(
        help="held, queued, refused, acknowledged, released, expired, settled, returned or told."
    ),
]
Amount = Annotated[str, typer.Option(metavar="DECIMAL", help="Held, paid, or there to be held.")]
Acted = Annotated[str, typer.Option(metavar="WHEN", help="When the bank acted.")]
Expires = Annotated[str, typer.Option(metavar="WHEN", help="Until when it holds.")]
BankRef = Annotated[str, typer.Option("--bank-ref", help="The bank's own reference.")]


def _tell(done: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"done": done})
    else:
        tell([done, "nothing has changed yet: `recovery approve` lists it for another person"])


def answer(
    call: Annotated[str, typer.Argument(metavar="CALL", help="See `recovery letter list`.")],
    *,
    document: Document = None,
    state: State = "",
    amount: Amount = "",
    acted_at: Acted = "",
    expires: Expires = "",
    reason: Annotated[str, typer.Option(metavar="CODE", help="Such as NO_BALANCE.")] = "",
    bank_ref: BankRef = "",
    booking_ref: Annotated[str, typer.Option(help="Of a payout, the bank's booking.")] = "",
    booked_at: Annotated[str, typer.Option(metavar="WHEN", help="When a payout was booked.")] = "",
    debited: Annotated[
        str, typer.Option(metavar="DECIMAL", help="What left the account, in its currency.")
    ] = "",
    statement: Annotated[
        Path | None, typer.Option("--statement", help="The bank's statement file itself.")
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter a bank's answer to a letter. A second person confirms it."""
    from recovery_flows.correspondence.letters.answer_actions import enter_answer

    path, state = _document(document, statement, state)
    fields = {
        "state": state, "amount": amount, "acted_at": acted_at, "expires_at": expires,
        "reason": reason, "bank_ref": bank_ref, "booking_ref": booking_ref,
        "booked_at": booked_at, "debited": debited,
    }  # fmt: skip
    with opened() as installation:
        done = enter_answer(installation.case_officer(acting_as), call, fields, path)
    _tell(done, as_json=as_json)


def _document(document: Path | None, statement: Path | None, state: str) -> tuple[Path, str]:
    """The file behind an answer; a statement file is its own document and tells its state."""
    from recovery_flows.errors import MisuseError

    if statement is not None and (document is not None or state):
        raise MisuseError("--statement is its own document: leave out --document and --state")
    if statement is not None:
        return statement, "told"
    if document is None:
        raise MisuseError("an answer takes the bank's letter: --document, or --statement FILE")
    return document, state


def notice(
    ref: Ref,
    *,
    hold: Annotated[str, typer.Option("--hold", metavar="HOLD_ID", help="See `recovery show`.")],
    document: Document = None,
    state: State = "",
    amount: Amount = "",
    acted_at: Acted = "",
    expires: Expires = "",
    bank_ref: BankRef = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter a bank's notice: less held, an earlier end, released."""
    from recovery_flows.correspondence.letters.answer_actions import record_bank_notice

    path, state = _document(document, None, state)
    fields = {
        "state": state, "amount": amount, "acted_at": acted_at, "expires_at": expires,
        "bank_ref": bank_ref,
    }  # fmt: skip
    with opened() as installation:
        recovery_id = find(installation, ref)
        done = record_bank_notice(
            installation.case_officer(acting_as), recovery_id, hold, fields, path
        )
    _tell(done, as_json=as_json)
