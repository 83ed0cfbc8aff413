"""What people do with recalls: drafted, sent, chased, ended; each is one transaction.

The message is kept encrypted by its digest, which is what a second person approves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.engine import Database
from models.entities.claim import ClaimRow
from models.entities.recall import RecallState
from models.ids import digest_bytes
from models.language.phrase import phrase
from models.money import Money
from models.queries.books.recalls import same_payment_recalled
from models.queries.cases.case_files import load_file
from models.queries.cases.multi_agency import document_of
from models.queries.cases.work import account_ref
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.cross_border.channels import Channel, Help
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.recalls import lifecycle, message, reversals
from recovery_flows.wording import spoken

Channels = Mapping[str, Channel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an officer gives for a recall beside what the recovery knows of the payment."""

    channel: str
    claim_id: str = ""
    uetr: str = ""
    original_message: str = ""
    instruction_id: str = ""


def draft(
    acting: ActingOfficer, recovery_id: str, given: Given, channels: Channels, sender: str
) -> str:
    """Write the camt.056 of one payment and ask a second person to approve exactly it."""
    channel = channel_of(channels, given.channel)
    with acting.editing(recovery_id) as edit:
        file, now = edit.file, edit.now
        claim = lifecycle.check_draft(file, _only_claim(file, given.claim_id), channel, now)
        payment = _payment(edit.unit, acting, file, claim, given)
        message.check(payment)
        _check_complete(payment, channel)
        twin = same_payment_recalled(edit.unit.session, recovery_id, payment.uetr)
        if twin:
            raise StepRefusedError(
                phrase("this payment is called back already by {twin}", twin=twin)
            )
        recall_id = lifecycle.next_id(file, claim.id)
        case_ref = "RC" + digest_bytes(recall_id.encode())[:16].upper()
        raw = message.camt056(payment, case_ref, lifecycle.REASON, sender or "unit", now)
        entered = lifecycle.Draft(
            claim_id=claim.id, channel=channel.code, case_ref=case_ref, uetr=payment.uetr,
            message=edit.keep(raw, "camt.056", "application/xml"),
        )  # fmt: skip
        asked = lifecycle.draft(edit.changes, entered, edit.actor.id, now)
    return phrase(
        "{ref}: recall of {amount} drafted, {recall_id}; another person approves exactly this "
        "message: {asked}",
        ref=edit.ref,
        amount=payment.amount,
        recall_id=recall_id,
        asked=asked,
    )


def _only_claim(file: CaseFile, named: str) -> str:
    if named or len(file.claims) == 1:
        return named or file.claims[0].id
    ids = ", ".join(c.id for c in file.claims)
    raise MisuseError(
        phrase("{ref} has several claims: --claim one of {ids}", ref=file.recovery.ref, ids=ids)
    )


def _payment(
    unit: Unit, acting: ActingOfficer, file: CaseFile, claim: ClaimRow, given: Given
) -> message.Payment:
    zone = ZoneInfo(acting.laws[file.recovery.regime].time_zone)
    return message.Payment(
        amount=Money(claim.reported_minor, claim.currency),
        paid_on=claim.paid_at.astimezone(zone).date(),
        payer=account_ref(unit.session, unit.vault, claim.victim_account_id),
        payee=account_ref(unit.session, unit.vault, claim.payee_account_id),
        end_to_end_id=claim.end_to_end_id,
        uetr=given.uetr.strip().lower(),
        original_message=given.original_message.strip(),
        instruction_id=given.instruction_id.strip(),
    )


def _check_complete(payment: message.Payment, channel: Channel) -> None:
    told = message.given_fields(payment)
    missing = [f for f in channel.required_fields(Help.RETURN) if f not in told]
    if missing:
        names = ", ".join(missing)
        raise MisuseError(
            phrase(
                "a recall by {code} lacks {names}: ask the victim's bank",
                code=channel.code,
                names=names,
            )
        )


def channel_of(channels: Channels, code: str) -> Channel:
    """The channel of that code; MisuseError names those by which recalls go."""
    if code not in channels:
        known = ", ".join(c.code for c in channels.values() if c.recipient == "bank")
        raise MisuseError(
            phrase("there is no channel {code!r}; recalls go by: {known}", code=code, known=known)
        )
    return channels[code]


def message_of(database: Database, recovery_id: str, recall_id: str) -> bytes:
    """The camt.056 of a recall as it was approved, or waits to be."""
    with database.reading() as session:
        row = lifecycle.recall_of(load_file(session, recovery_id), recall_id)
        return document_of(session, database.vault, row.message)[0]


def approved_message_of(database: Database, recovery_id: str, recall_id: str) -> bytes:
    """The camt.056 of a recall that two people have approved; StepRefusedError before."""
    with database.reading() as session:
        row = lifecycle.recall_of(load_file(session, recovery_id), recall_id)
        if row.state in (RecallState.PENDING_APPROVAL, RecallState.DENIED):
            raise StepRefusedError(phrase(
                "{recall_id} is {kind}: its letter is written once it is approved; `recovery "
                "recall message` writes the message to be read before",
                recall_id=recall_id, kind=spoken(row.state),
            ))  # fmt: skip
        return document_of(session, database.vault, row.message)[0]


def sent(
    acting: ActingOfficer, recovery_id: str, recall_id: str, how: str, channels: Channels
) -> str:
    """Record how the approved message went to the victim's bank."""
    with acting.editing(recovery_id) as edit:
        by = edit.note(f"recall {recall_id} sent", how, "--how")
        channel = channel_of(channels, lifecycle.recall_of(edit.file, recall_id).channel)
        lifecycle.send(edit.changes, recall_id, by, channel, edit.now)
        row = lifecycle.recall_of(edit.file, recall_id)
    due = f"{row.due_at:%Y-%m-%d %H:%M} UTC" if row.due_at else phrase("no set time")
    return phrase(
        "{ref}: {recall_id} sent; an answer is due by {due}",
        ref=edit.ref,
        recall_id=recall_id,
        due=due,
    )


def chase(
    acting: ActingOfficer, recovery_id: str, recall_id: str, reason: str, channels: Channels
) -> str:
    """Record that the bank was asked again; its clock runs anew."""
    with acting.editing(recovery_id) as edit:
        by = edit.note(f"recall {recall_id} chased", reason)
        channel = channel_of(channels, lifecycle.recall_of(edit.file, recall_id).channel)
        lifecycle.chase(edit.changes, recall_id, channel, by, edit.now)
    return phrase(
        "{ref}: {recall_id} chased; its clock runs anew", ref=edit.ref, recall_id=recall_id
    )


def end(acting: ActingOfficer, recovery_id: str, recall_id: str, reason: str) -> str:
    """Record that nothing more is expected of a recall; money that comes later is taken still."""
    with acting.editing(recovery_id) as edit:
        lifecycle.end(edit.changes, recall_id, edit.note(f"recall {recall_id} ended", reason))
    return phrase(
        "{ref}: nothing more is expected from {recall_id}", ref=edit.ref, recall_id=recall_id
    )


def reversed_by_bank(
    acting: ActingOfficer, recovery_id: str, recall_id: str, booking: str, at: datetime,
    paper: bytes,
) -> str:  # fmt: skip
    """Enter that a bank took money of a recall back; another person confirms it by its proof."""
    if not paper:
        raise MisuseError(phrase("enter the paper that shows that the bank took it back: --proof"))
    named = " ".join(booking.split())
    with acting.editing(recovery_id) as edit:
        proof = edit.keep(paper, "recall proof")
        asked = reversals.enter(
            edit.changes, recall_id, named, (at, proof), edit.actor.id, edit.now
        )
    return phrase(
        "{ref}: reversal of {named!r} entered; the money counts until another person has "
        "confirmed it: {asked}",
        ref=edit.ref,
        named=named,
        asked=asked,
    )
