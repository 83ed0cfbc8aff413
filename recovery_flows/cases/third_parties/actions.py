"""What people do about claims of people who are no victims; each is one transaction.

A decision and a payment count with the yes of another person (`recovery approve`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.outside.third_party_claim import DamagesSource, ThirdPartyGround
from models.language.phrase import error_sentence, phrase
from models.money import Money
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError
from recovery_flows.restitution.third_party import claims, damages, decisions
from recovery_flows.restitution.third_party.rows import found

BOOKING_MAX = 80


@dataclass(frozen=True, slots=True)
class Filing:
    """A third party's claim as it is typed; `amount` "" for all beyond what is disputed.

    `asset_id` is "" where one account of the recovery is held.
    """

    ground: ThirdPartyGround
    words: str
    amount: str = ""
    asset_id: str = ""
    paper: bytes = b""


def file_claim(acting: CaseOfficer, recovery_id: str, filing: Filing) -> str:
    """Take in a claim of a third party about a held account."""
    about = f"third party's claim ({filing.ground.replace('_', ' ')})"
    with acting.editing(recovery_id) as edit:
        words = edit.note(about, filing.words, "--words")
        asset = _asset(edit.file, filing)
        amount = _money(filing.amount, asset.currency) if filing.amount else None
        proof = edit.keep(filing.paper, "third party's paper") if filing.paper else ""
        filed = claims.Filed(asset.id, filing.ground, amount, words, proof)
        row = claims.file_claim(edit.changes, filed, edit.actor.id, edit.now, acting.laws)
    claimed = Money(row.claimed_minor, row.currency)
    return phrase(
        "{ref}: {id}, {claimed} claimed; to be decided by {by}",
        ref=edit.ref,
        id=row.id,
        claimed=claimed,
        by=acting.instant_in_words(edit, row.due_at),
    )


def _asset(file: CaseFile, filing: Filing) -> AssetRow:
    """The account that is meant; of a wrong freeze one that was ever held."""
    is_past = filing.ground is ThirdPartyGround.WRONG_FREEZE
    ours = [
        a
        for a in file.assets
        if not a.is_custody and (any(h.acted_at for h in file.holds_of(a.id)) if is_past
                                 else any(h.held_minor for h in file.live_holds(a.id)))
    ]  # fmt: skip
    named = [a for a in ours if filing.asset_id in ("", a.id)]
    if len(named) == 1:
        return named[0]
    ref = file.recovery.ref
    if named:
        raise MisuseError(
            phrase(
                "which account is meant? --asset {named}", named=" or ".join(a.id for a in named)
            )
        )
    what = phrase("was ever held") if is_past else phrase("is held now")
    which = f" {filing.asset_id}" if filing.asset_id else ""
    raise MisuseError(
        phrase(
            "no account{which} of {ref} {what}: `recovery show {ref} --json` has them",
            which=which,
            ref=ref,
            what=what,
        )
    )


def decide(
    acting: CaseOfficer, recovery_id: str, name: str, granted: str | None, reason: str
) -> str:
    """Ask another person to uphold a claim (`granted` "" for all of it), or with None to reject."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"decision on {name}", reason)
        row = found(edit.file, name)
        given = None
        if granted is not None:
            whole = Money(row.claimed_minor, row.currency)
            given = _money(granted, row.currency) if granted else whole
        asked = decisions.propose(edit.changes, name, given, why, edit.actor.id, edit.now)
    upheld = phrase("to be upheld with {given}", given=given)
    told = upheld if given else phrase("to be rejected")
    return phrase(
        "{ref}: {name} {told} when another person approves: {asked}",
        ref=edit.ref,
        name=name,
        told=told,
        asked=asked,
    )


def appeal(acting: CaseOfficer, recovery_id: str, name: str, words: str) -> str:
    """Enter the appeal of a rejected claimant."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"appeal about {name}", words, "--words")
        row = decisions.appeal(edit.changes, name, why, edit.now, acting.laws)
    return phrase(
        "{ref}: the appeal about {name} is to be decided by {by}",
        ref=edit.ref,
        name=name,
        by=acting.instant_in_words(edit, row.due_at),
    )


def withdraw(acting: CaseOfficer, recovery_id: str, name: str, words: str) -> str:
    """Record that a claimant takes his claim back."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"withdrawal of {name}", words, "--words")
        decisions.withdraw(edit.changes, name, why)
    return phrase("{ref}: {name} is withdrawn", ref=edit.ref, name=name)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment for a wrong freeze as it is typed."""

    amount: str
    source: DamagesSource
    paid_at: datetime
    booking: str
    paper: bytes


def pay(acting: CaseOfficer, recovery_id: str, name: str, paid: Paid) -> str:
    """Enter what was paid for a wrong freeze; another person holds it to its paper."""
    booking = " ".join(paid.booking.split())
    if not booking or len(booking) > BOOKING_MAX:
        raise MisuseError(
            phrase(
                "--booking has {count} characters: 1 to {booking_max}",
                count=len(booking),
                booking_max=BOOKING_MAX,
            )
        )
    if not paid.paper:
        raise MisuseError(phrase("a payment is entered with the paper that shows it: --proof"))
    with acting.editing(recovery_id) as edit:
        edit.note(f"payment of {name}", f"from {paid.source.replace('_', ' ')}")
        row = found(edit.file, name)
        amount = _money(paid.amount, row.currency)
        proof = edit.keep(paid.paper, "payment for a wrong freeze")
        payment = damages.Payment(paid.source, paid.paid_at, booking, proof)
        asked = damages.enter_payment(edit.changes, name, amount, payment, edit.actor.id, edit.now)
    return phrase(
        "{ref}: {amount} paid for {name} entered; it counts when another person has seen the "
        "paper: {asked}",
        ref=edit.ref,
        amount=amount,
        name=name,
        asked=asked,
    )


def _money(text: str, currency: str) -> Money:
    try:
        return Money.parse(text, currency)
    except ValueError as error:
        raise MisuseError(error_sentence(error)) from error
