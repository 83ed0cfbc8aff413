"""`recovery recall`: a payment that is called back from bank to bank, and the money that came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, find, instant, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.papers import paper
from recovery_flows.cli.restitution import recall_letter
from recovery_flows.cli.restitution.voluntary import currency_of, money
from recovery_flows.cli.table import instant_text, tell
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.recall import RecallCreditRow, RecallRow
    from models.queries.books.booked_credits import BookedCredit
    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.cross_border.channels import Channel

RecallId = Annotated[str, typer.Argument(metavar="RECALL", help="See `recovery recall list`.")]
Reason = Annotated[str, typer.Option(help="What was said or written; stored encrypted.")]
Further = Annotated[
    bool, typer.Option("--further", help="It came besides what was entered before.")
]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="A payment called back from bank to bank.", no_args_is_help=True)
    for command in (draft, message, sent, answer, receive, chase, end):
        group.command()(command)
    group.command("reversed")(reversed_)
    group.command("list")(list_)
    recall_letter.attach(group)
    app.add_typer(group, name="recall")


def _channels() -> dict[str, Channel]:
    from recovery_flows.cli.case.channels import border_channels, state_groups

    return border_channels(state_groups())


def draft(
    ref: Ref,
    *,
    claim: Annotated[str, typer.Option(metavar="CLAIM", help="Needed where several.")] = "",
    channel: Annotated[str, typer.Option(help="swift_recall or sepa_recall.")] = "swift_recall",
    uetr: Annotated[str, typer.Option(help="The payment's UETR, from the victim's bank.")] = "",
    original_message: Annotated[str, typer.Option(help="Id of its pacs.008, likewise.")] = "",
    instruction_id: Annotated[str, typer.Option(help="Its instruction id, likewise.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Write the camt.056 of a payment and ask for its approval."""
    from recovery_flows.recalls import actions

    given = actions.Given(
        channel=channel, claim_id=claim, uetr=uetr, original_message=original_message,
        instruction_id=instruction_id,
    )  # fmt: skip
    with opened() as installation:
        recovery_id, sender = find(installation, ref), installation.sender().name
        acting = installation.case_officer(acting_as)
        done = actions.draft(acting, recovery_id, given, _channels(), sender)
    if as_json:
        say_json({"done": done})
    else:
        tell([done])


def message(
    ref: Ref,
    recall: RecallId,
    *,
    out: Annotated[Path, typer.Option("--out", help="A new file, such as recall.xml.")],
    acting_as: ActingAs = "",
) -> None:
    """Write a recall's camt.056 into a new file, to be read or sent."""
    from models.entities.outside.disclosure import DisclosureKind
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.correspondence.letters.files import check_free, write_new
    from recovery_flows.recalls.actions import message_of

    check_free(out)
    with opened() as installation:
        recovery_id = find(installation, ref)
        raw = message_of(installation.database, recovery_id, recall)
        note_files(
            installation.case_officer(acting_as), recovery_id, DisclosureKind.RECALL_MESSAGE,
            f"camt.056 of {recall}", {out.name: raw},
        )  # fmt: skip
    write_new(out, raw)
    tell([f"{out}: {len(raw):,} bytes, for nobody else to read"])


def sent(
    ref: Ref,
    recall: RecallId,
    *,
    how: Annotated[str, typer.Option(help="How it went to the victim's bank.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that the approved message went out. Its clock starts."""
    from recovery_flows.recalls import actions

    act(ref, acting_as, as_json, actions.sent, recall, how, _channels())


def answer(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A camt.029 or a pacs.004.")],
    *,
    recall: Annotated[str, typer.Option(help="Where the message names none.")] = "",
    further: Further = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Take a bank's answer, or its return of money, from a file."""
    from recovery_flows.recalls import answer_actions

    raw = paper(file, "FILE")
    with opened() as installation:
        done = answer_actions.take_message(
            installation.case_officer(acting_as), raw, file.name, _channels(), recall,
            is_further=further,
        )  # fmt: skip
    if as_json:
        say_json({"done": list(done)})
    else:
        tell(done)


def receive(
    ref: Ref,
    recall: RecallId,
    *,
    booking: Annotated[str, typer.Option(help="Its reference on the victim's account.")],
    amount: Annotated[str, typer.Option(help="Where no imported statement has the booking.")] = "",
    at: Annotated[str, typer.Option(help="When it was credited, likewise.")] = "",
    proof: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The paper that shows it, likewise.")
    ] = None,
    further: Further = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter a credit of the victim. It counts with a second yes."""
    from recovery_flows.recalls import answer_actions

    def enter(acting: CaseOfficer, recovery_id: str) -> str:
        given = answer_actions.Received(
            booking=booking,
            amount=money(amount, currency_of(acting, recovery_id)) if amount else None,
            received_at=instant(at, "--at") if at else None,
            paper=paper(proof),
            is_further=further,
        )
        return answer_actions.receive(acting, recovery_id, recall, given)

    act(ref, acting_as, as_json, enter)


def reversed_(
    ref: Ref,
    recall: RecallId,
    *,
    booking: Annotated[str, typer.Option(help="By which reference it was entered.")],
    at: Annotated[str, typer.Option(help="When the bank took it back.")],
    proof: Annotated[Path, typer.Option(metavar="FILE", help="The paper that shows it.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter that a bank took its money back. A second yes decides."""
    from recovery_flows.recalls import actions

    when, seen = instant(at, "--at"), paper(proof)
    act(ref, acting_as, as_json, actions.reversed_by_bank, recall, booking, when, seen)


def chase(
    ref: Ref, recall: RecallId, *, reason: Reason, acting_as: ActingAs = "", as_json: AsJson = False
) -> None:
    """Record that the bank was asked again."""
    from recovery_flows.recalls import actions

    act(ref, acting_as, as_json, actions.chase, recall, reason, _channels())


def end(
    ref: Ref, recall: RecallId, *, reason: Reason, acting_as: ActingAs = "", as_json: AsJson = False
) -> None:
    """Record that nothing more is expected of a recall."""
    from recovery_flows.recalls import actions

    act(ref, acting_as, as_json, actions.end, recall, reason)


def list_(ref: Ref, *, as_json: AsJson = False) -> None:
    """List recalls, their clocks, and the money that came."""
    from models.queries.books.recalls import fitting_credits
    from models.queries.cases.case_files import load_file

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            fits = {row.id: fitting_credits(session, file, row) for row in file.recalls}
    if as_json:
        say_json(
            [
                {"recall": row, "money": [c for c in file.recall_credits if c.recall_id == row.id],
                 "credits_that_fit": fits[row.id]}
                for row in file.recalls
            ]
        )  # fmt: skip
    else:
        channels = _channels()
        tell(line for row in file.recalls for line in _lines(file, row, channels, fits[row.id]))
        if not file.recalls:
            tell(["no payment of it was called back"])


def _standing(credit: RecallCreditRow) -> str:
    going = credit.reversal_entered_by and credit.state == "confirmed"
    return spoken(credit.state) + (", its reversal entered" if going else "")


def _lines(
    file: CaseFile, row: RecallRow, channels: dict[str, Channel], fits: list[BookedCredit]
) -> Iterator[str]:
    from models.money import Money
    from recovery_flows.recalls.lifecycle import requested
    from recovery_flows.recalls.returned_money import came

    yield f"{row.id}: {spoken(row.state)}, {row.case_ref}, {row.channel} by {row.partner_id}"
    yield f"  {came(file, row)} of {requested(row)} came back"
    if row.due_at is not None:
        clocks = channels[row.channel].clock if row.channel in channels else ()
        source = next((c.source for c in clocks if c.code == row.law_row), row.law_row)
        yield f"  due {instant_text(row.due_at)}  {source}"
    if row.answer_code:
        yield f"  the bank's reason: {row.answer_code}"
    for credit in (c for c in file.recall_credits if c.recall_id == row.id):
        amount = Money(credit.amount_minor, credit.currency)
        yield (
            f"  money {credit.booking:<20}{amount!s:>20}  {instant_text(credit.arrived_at)}  "
            f"{_standing(credit)}, matched by {credit.matched_by}"
        )
    for fit in fits:
        name = fit.names[0] if fit.names else "no reference"
        yield f"  may be its money: {fit.amount} of {instant_text(fit.booked_at)} under {name}"
