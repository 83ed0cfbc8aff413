"""What people do with money that comes by other ways: given back, or paid to a victim by others.

Each is one transaction. What moves money is entered by one person and counts with the yes of
another (`recovery approve`); words are kept sealed as notes, papers sealed by their digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.hold import Hold, HoldKind, HoldState
from models.entities.payout import NOT_ORDERED
from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money
from models.queries.books.booked_credits import BookedCredit, booked_credits
from models.queries.books.money import places
from models.store.accounts import ensure_account
from models.store.unit import Unit
from recovery_flows.access.acting_officer import Edit
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.restitution import compensation, custody, voluntary
from recovery_flows.wording import counted

_HOLDS, _ASSETS = table_of(Hold), table_of(Asset)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money on the unit's account, as an officer enters it.

    `amount` and `received_at` may be left out where the account's statement has the booking;
    `paper` is the proof, needed where it has not.
    """

    into: AccountRef
    booking: str
    amount: Money | None = None
    received_at: datetime | None = None
    paper: bytes = b""
    return_id: str = ""


def invite(
    acting: CaseOfficer, recovery_id: str, asset_id: str, reason: str, until: datetime | None
) -> str:
    """Invite the holder of an account of the recovery to give back what he got."""
    with acting.editing(recovery_id) as edit:
        ours = [a for a in edit.file.assets if not a.is_custody]
        asset = next((a for a in ours if asset_id in (a.id, "")), None)
        if not asset_id and len(ours) > 1:
            raise MisuseError(
                phrase(
                    "whose account is meant? --asset {named}", named=" or ".join(a.id for a in ours)
                )
            )
        if asset is None:
            raise MisuseError(
                phrase(
                    "{edit_ref} has no account {asset_id}: `recovery show {edit_ref} --json`",
                    edit_ref=edit.ref,
                    asset_id=asset_id,
                )
            )
        why = edit.note("invitation to give the money back", reason)
        name = voluntary.invite(
            edit.changes, asset.account_id, edit.actor.id, why, edit.now, until, acting.laws
        )
        row = next(r for r in edit.file.voluntary_returns if r.id == name)
    due = acting.instant_in_words(edit, row.answer_due_at)
    return phrase(
        "{ref}: invited, {name}; an answer is due by {due}", ref=edit.ref, name=name, due=due
    )


def promise(
    acting: CaseOfficer,
    recovery_id: str,
    return_id: str,
    parts: Sequence[tuple[Money, datetime]],
    reason: str,
) -> str:
    """Record what was promised; what was open of an earlier plan is replaced."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"promise of {return_id}", reason)
        voluntary.promise(edit.changes, return_id, parts, why, edit.now)
        voluntary.advance(edit.changes, edit.now)
        total = Money(sum(money.minor for money, _ in parts), edit.file.recovery.currency)
    count = counted(len(parts), "part")
    return phrase(
        "{ref}: {total} promised in {count}; nothing of it counts yet",
        ref=edit.ref,
        total=total,
        count=count,
    )


def remind(acting: CaseOfficer, recovery_id: str, return_id: str, reason: str) -> str:
    """Record how somebody was reminded of what is overdue."""
    with acting.editing(recovery_id) as edit:
        edit.note(f"reminder of {return_id}", reason)
        count = voluntary.remind(edit.changes, return_id, edit.now, acting.laws)
    return phrase("{ref}: reminded of {count} overdue", ref=edit.ref, count=count)


def end(acting: CaseOfficer, recovery_id: str, return_id: str, reason: str) -> str:
    """Record that nothing more is expected from a voluntary return."""
    with acting.editing(recovery_id) as edit:
        voluntary.end(edit.changes, return_id, edit.note(f"end of {return_id}", reason))
    return phrase(
        "{ref}: nothing more is expected from {return_id}", ref=edit.ref, return_id=return_id
    )


def receive(acting: CaseOfficer, recovery_id: str, incoming: Incoming) -> str:
    """Enter money that came in on the unit's account; another person confirms it."""
    incoming = replace(incoming, booking=" ".join(incoming.booking.split()))
    if not incoming.booking:
        raise MisuseError(phrase("name the booking by its reference on the account: --booking"))
    with acting.editing(recovery_id) as edit:
        file, unit = edit.file, edit.unit
        expected = {c.id for c in file.clawbacks if c.state not in NOT_ORDERED}
        expected |= {r.id for r in file.voluntary_returns}
        if incoming.return_id not in {"", *expected}:
            raise MisuseError(
                phrase(
                    "{edit_ref} has no voluntary return or clawback {return_id}",
                    edit_ref=edit.ref,
                    return_id=incoming.return_id,
                )
            )
        account_id = ensure_account(unit, incoming.into, file.recovery.currency)
        receipt, names = _receipt(edit, incoming, account_id)
        receipt = _as_new(unit, receipt, names)
        place = places(unit.session, [account_id])[account_id]
        asked = custody.receive(edit.changes, receipt, place, edit.actor.id, edit.now)
    return phrase(
        "{ref}: {amount} entered; it counts when another person has confirmed it: {asked}",
        ref=edit.ref,
        amount=receipt.amount,
        asked=asked,
    )


def _receipt(edit: Edit, incoming: Incoming, account_id: str) -> tuple[custody.Receipt, set[str]]:
    """The receipt as the account's statement tells it, or as the officer does with his paper.

    With every name that its booking has: by none of them it may be there.
    """
    booked = _booked(edit.unit, account_id, incoming.booking)
    if booked is not None:
        if incoming.amount not in (None, booked.amount):
            raise StepRefusedError(
                phrase(
                    "the account's statement books {amount} under {booking}, not {amount2}",
                    amount=booked.amount,
                    booking=incoming.booking,
                    amount2=incoming.amount,
                )
            )
        names = booked.names or (incoming.booking,)
        receipt = custody.Receipt(
            account_id, booked.amount, booked.booked_at, names[0], booked.proof,
            incoming.return_id,
        )  # fmt: skip
        return receipt, {incoming.booking, *names}
    if incoming.amount is None or incoming.received_at is None or not incoming.paper:
        raise MisuseError(phrase(
            "no imported statement of this account has a credit {booking!r}: import it, or enter "
            "--amount, --at and --proof with the paper that shows it",
            booking=incoming.booking,
        ))  # fmt: skip
    proof = edit.keep(incoming.paper, "receipt proof")
    receipt = custody.Receipt(
        account_id, incoming.amount, incoming.received_at, incoming.booking, proof,
        incoming.return_id,
    )  # fmt: skip
    return receipt, {incoming.booking}


def _booked(unit: Unit, account_id: str, booking: str) -> BookedCredit | None:
    """The credit of that reference on an account, by its imported statements."""
    found = booked_credits(unit.session, account_id, booking)
    if len(found) > 1:
        raise StepRefusedError(phrase(
            "{count} credits on this account have the reference {booking!r}: name the one by the "
            "bank's own reference",
            count=len(found), booking=booking,
        ))  # fmt: skip
    return found[0] if found else None


def _as_new(unit: Unit, receipt: custody.Receipt, names: set[str]) -> custody.Receipt:
    query = (
        sa.select(_HOLDS.c.recovery_id, _HOLDS.c.state)
        .join(_ASSETS, _ASSETS.c.id == _HOLDS.c.asset_id)
        .where(_ASSETS.c.account_id == receipt.account_id, _HOLDS.c.kind == HoldKind.CUSTODY)
        .where(_HOLDS.c.bank_ref.in_(names))
    )
    rows = unit.session.execute(query).all()
    over = (HoldState.DENIED, HoldState.CANCELLED)
    known = next((row.recovery_id for row in rows if row.state not in over), None)
    if known is not None:
        raise StepRefusedError(phrase(
            "the booking {booking!r} of this account is entered already ({known}): no money "
            "comes in twice",
            booking=receipt.booking, known=known,
        ))  # fmt: skip
    return replace(receipt, again=len(rows))


def compensate(
    acting: CaseOfficer,
    recovery_id: str,
    claim_id: str,
    payer: AccountRef,
    amount: Money,
    paid_at: datetime,
    paper: bytes,
    booking: str = "",
) -> str:
    """Enter what a bank or an insurer has paid a victim; another person holds it to its proof."""
    if not paper:
        raise MisuseError(
            phrase("a payment to a victim is entered with the paper that shows it: --proof")
        )
    with acting.editing(recovery_id) as edit:
        account_id = edit.account_of(payer, "say who has paid the victim: --payer NAME")
        proof = edit.keep(paper, "compensation proof")
        paid = compensation.Paid(claim_id, account_id, amount, paid_at, proof, booking)
        asked = compensation.enter(edit.changes, paid, edit.actor.id, edit.now)
    return phrase(
        "{ref}: {amount} paid to the victim of {claim_id} entered; it counts when another person "
        "has seen the proof: {asked}",
        ref=edit.ref,
        amount=amount,
        claim_id=claim_id,
        asked=asked,
    )
