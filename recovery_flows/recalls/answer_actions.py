"""What banks say to recalls, taken in: camt.029 and pacs.004, and credits of statements.

Messages are kept as they came, encrypted, by their digest. Money is entered by one person and
counts with the yes of another, who sees how it was matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.entities.officer import Role
from models.entities.recall import MatchedBy, RecallRow
from models.facts import RecallAnswerFact, RecallVerdict, ReturnFact
from models.language.phrase import error_sentence, joined, phrase
from models.money import Money
from models.queries.books.booked_credits import BookedCredit, booked_credits
from models.queries.books.recalls import recalls_that_went_out, same_money_entered
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.cross_border.channels import Channel
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.intake.recall_messages import MessageRefusedError, read_message
from recovery_flows.recalls import lifecycle, matching, returned_money
from recovery_flows.recalls.actions import Channels, channel_of
from recovery_flows.wording import spoken

_DAY_BEGINS_EARLIER = timedelta(hours=14)
"""How long before UTC a day begins where it begins first: a message names its bank's day."""

_EVENTS = {
    RecallVerdict.ACCEPTED: "bank_accepted",
    RecallVerdict.PART: "bank_accepted",
    RecallVerdict.REJECTED: "bank_rejected",
    RecallVerdict.PENDING: "bank_pending",
}


def take_message(
    acting: ActingOfficer, raw: bytes, name: str, channels: Channels, recall_id: str = "",
    *, is_further: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    """Take a bank's camt.029 or pacs.004: one sentence for each payment in it.

    A message that names no recall is refused with those that may be meant; `recall_id` is the one
    that a person has chosen. The same message twice changes nothing.
    """
    acting.actor(Role.OFFICER)
    try:
        facts = read_message(raw)
    except MessageRefusedError as refusal:
        raise MisuseError(
            phrase("{name} {refusal}", name=name, refusal=error_sentence(refusal))
        ) from refusal
    with acting.database.reading() as session:
        out = recalls_that_went_out(session)
    chosen = [(fact, *_recall_for(fact, out, recall_id, name)) for fact in facts]
    ours = [(fact, row, by) for fact, row, by in chosen if row is not None]
    _refuse_several([fact for fact, _, by in ours if by is MatchedBy.PERSON], recall_id, name)
    if not ours:
        raise StepRefusedError(
            phrase("{name} answers no recall of this unit, by UETR or by ids", name=name)
        )
    told: list[str] = []
    for fact, row, by in ours:
        try:
            told.append(_take(acting, raw, fact, row, by, channels, is_further=is_further))
        except StepRefusedError as refusal:
            if len(ours) == 1:
                raise
            told.append(f"not taken: {refusal}")  # the others of a bulk message stand
    return tuple(told)


def _refuse_several(
    unnamed: list[RecallAnswerFact | ReturnFact], recall_id: str, name: str
) -> None:
    """A person says of one payment which recall it answers, not of all in a message."""
    if len(unnamed) < 2:
        return
    told = ", ".join(
        f"{f.amount} {f.booking!r}" if isinstance(f, ReturnFact) else f"{f.refs.amount or f.code}"
        for f in unnamed[:5]
    )
    raise StepRefusedError(phrase(
        "{name} has {count} payments that name no recall ({told}), and one of them can be of "
        "{recall_id}: ask the bank for a message of that one, or enter its credit with `recovery "
        "recall receive`",
        name=name, count=len(unnamed), told=told, recall_id=recall_id,
    ))  # fmt: skip


def _recall_for(
    fact: RecallAnswerFact | ReturnFact, out: tuple[RecallRow, ...], named: str, name: str
) -> tuple[RecallRow | None, MatchedBy]:
    found = matching.match(fact.refs, out)
    if not named:
        if found.sure is None and found.found:
            ids = ", ".join(f"{r.id} ({lifecycle.requested(r)})" for r in found.found[:5])
            raise StepRefusedError(phrase(
                "{name} names no recall by UETR or ids; it may be of {ids}: say which with "
                "--recall, and a second person sees that you chose",
                name=name, ids=ids,
            ))  # fmt: skip
        return found.sure, found.by
    row = next((r for r in out if r.id == named), None)
    if row is None:
        raise StepRefusedError(
            phrase("no recall {named} was sent: `recovery recall list` shows them", named=named)
        )
    if found.sure is not None and found.sure.id != row.id:
        raise StepRefusedError(
            phrase(
                "{name} is of {sure_id} by its {by}, not of {row_id}",
                name=name,
                sure_id=found.sure.id,
                by=found.by,
                row_id=row.id,
            )
        )
    if fact.refs.uetr and row.uetr and fact.refs.uetr != row.uetr:
        raise StepRefusedError(
            phrase(
                "{name} is of another payment: its UETR is not that of {row_id}",
                name=name,
                row_id=row.id,
            )
        )
    return row, found.by


def _take(
    acting: ActingOfficer, raw: bytes, fact: RecallAnswerFact | ReturnFact, row: RecallRow,
    by: MatchedBy, channels: Channels, *, is_further: bool,
) -> str:  # fmt: skip
    channel = channel_of(channels, row.channel)
    with acting.editing(row.recovery_id) as edit:
        if isinstance(fact, ReturnFact):
            proof = edit.keep(raw, "pacs.004", "application/xml")
            credit = returned_money.Credit(
                amount=fact.amount, costs=fact.costs, booking=fact.booking, matched_by=by,
                arrived_at=min(fact.settled_on, edit.now), proof=proof, is_further=is_further,
            )  # fmt: skip
            if fact.settled_on - _DAY_BEGINS_EARLIER > edit.now:
                raise StepRefusedError(
                    phrase("the return {booking!r} settles on a day to come", booking=fact.booking)
                )
            return _enter(edit, row, credit)
        document = edit.keep(raw, "camt.029", "application/xml")
        is_part = fact.verdict is RecallVerdict.PART
        answer = lifecycle.Answer(_EVENTS[fact.verdict], fact.code, document, is_part)
        if not lifecycle.take_answer(edit.changes, row.id, answer, channel, edit.now):
            return phrase("{ref}: this answer to {id} is known already", ref=edit.ref, id=row.id)
        return phrase("{ref}: {id} {told}", ref=edit.ref, id=row.id, told=_told(fact, channel))


def _enter(edit: Edit, row: RecallRow, credit: returned_money.Credit) -> str:
    """One return makes good one payment, whichever recoveries a victim's payments are in."""
    claim = next(c for c in edit.file.claims if c.id == row.claim_id)
    other = same_money_entered(
        edit.unit.session, claim.id, claim.victim_account_id, credit.booking, credit.proof
    )
    if other:
        raise StepRefusedError(
            phrase(
                "{booking!r} is entered already as money of {other}",
                booking=credit.booking,
                other=other,
            )
        )
    asked = returned_money.enter(edit.changes, row.id, credit, edit.actor.id, edit.now)
    if asked is None:
        return phrase(
            "{ref}: the return {booking!r} of {id} is known already: nothing was entered",
            ref=edit.ref,
            booking=credit.booking,
            id=row.id,
        )
    return phrase(
        "{ref}: {amount} back by {id} entered; it counts when another person has confirmed it: "
        "{asked}",
        ref=edit.ref,
        amount=credit.amount,
        id=row.id,
        asked=asked,
    )


def _told(fact: RecallAnswerFact, channel: Channel) -> str:
    part = phrase("accepted for a part")
    word = part if fact.verdict is RecallVerdict.PART else spoken(fact.verdict)
    ground = channel.ground_of(fact.code)
    why = f" ({fact.code}: {ground.text.rstrip('.')})" if ground else ""
    why = why or (f" ({fact.code})" if fact.code else "")
    told = phrase("{word}{why}; nothing of it is money", word=word, why=why)
    left = joined(", ", map(spoken, ground.options)) if ground and ground.options else ""
    return joined("", (told, phrase("; what is left: {left}", left=left))) if left else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Money of a recall on the victim's account, as an officer enters it.

    `amount` and `received_at` may be left out where an imported statement has the booking; `paper`
    is the proof, needed where it has not.
    """

    booking: str
    amount: Money | None = None
    received_at: datetime | None = None
    paper: bytes = b""
    is_further: bool = False


def receive(acting: ActingOfficer, recovery_id: str, recall_id: str, given: Received) -> str:
    """Enter a credit on the victim's account as money of a recall; another person confirms it."""
    booking = " ".join(given.booking.split())
    if not booking:
        raise MisuseError(
            phrase("name the booking by its reference on the victim's account: --booking")
        )
    with acting.editing(recovery_id) as edit:
        row = lifecycle.recall_of(edit.file, recall_id)
        return _enter(edit, row, _credit(edit, row, booking, given))


def _credit(edit: Edit, row: RecallRow, booking: str, given: Received) -> returned_money.Credit:
    claim = next(c for c in edit.file.claims if c.id == row.claim_id)
    found = booked_credits(edit.unit.session, claim.victim_account_id, booking)
    if len(found) > 1:
        raise StepRefusedError(phrase(
            "{count} credits on the victim's account have the reference {booking!r}: name the "
            "one by the bank's own reference",
            count=len(found), booking=booking,
        ))  # fmt: skip
    if found:
        if given.amount not in (None, found[0].amount):
            raise StepRefusedError(
                phrase(
                    "the statement books {amount} under {booking}, not {amount2}",
                    amount=found[0].amount,
                    booking=booking,
                    amount2=given.amount,
                )
            )
        return returned_money.Credit(
            amount=found[0].amount, costs=None, booking=(found[0].names or (booking,))[0],
            matched_by=_matched(row, found[0]), arrived_at=found[0].booked_at,
            proof=found[0].proof, is_further=given.is_further,
        )  # fmt: skip
    if given.amount is None or given.received_at is None or not given.paper:
        raise MisuseError(phrase(
            "no imported statement of the victim's account has a credit {booking!r}: import it, "
            "or enter --amount, --at and --proof with the paper that shows it",
            booking=booking,
        ))  # fmt: skip
    return returned_money.Credit(
        amount=given.amount, costs=None, booking=booking, matched_by=MatchedBy.PERSON,
        arrived_at=given.received_at, is_further=given.is_further,
        proof=edit.keep(given.paper, "recall proof"),
    )  # fmt: skip


def _matched(row: RecallRow, found: BookedCredit) -> MatchedBy:
    if row.uetr and row.uetr in {name.lower() for name in found.names}:
        return MatchedBy.UETR
    own = {row.case_ref.lower(), row.end_to_end_id.lower()} - {""}
    is_named = bool(own & {name.lower() for name in found.names})
    return MatchedBy.IDS if is_named else MatchedBy.PERSON
