"""What people do with shares that did not reach their payees; each is one transaction.

What goes to the treasury, and what it refunds, is submitted by one person and counts with the yes
of another (`recovery approve`).
"""

from __future__ import annotations

from datetime import datetime

from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError
from recovery_flows.restitution import unclaimed


def announce(acting: CaseOfficer, recovery_id: str, payout_id: str, reason: str) -> str:
    """Announce what a payout did not bring; `reason` says what was done to find the payee."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"search for the payee of {payout_id}", reason)
        name = unclaimed.announce(
            edit.changes, payout_id, edit.actor.id, why, edit.now, acting.laws
        )
        row = next(u for u in edit.file.unclaimed if u.id == name)
        law = acting.laws[edit.file.recovery.regime]
    return f"{name}: to be published:\n{unclaimed.notice_text(edit.file, row, law)}"


def claimed(acting: CaseOfficer, recovery_id: str, name: str, reason: str) -> str:
    """Record that the payee came forward before his share went to the treasury."""
    with acting.editing(recovery_id) as edit:
        unclaimed.claimed(edit.changes, name, edit.note(f"payee of {name}", reason))
    return phrase("{ref}: {name} is claimed; it is paid in the next round", ref=edit.ref, name=name)


def transfer(acting: CaseOfficer, recovery_id: str, name: str, into: AccountRef) -> str:
    """Submit that a share goes to the treasury; another person approves it, the bank pays it."""
    with acting.editing(recovery_id) as edit:
        account_id = edit.account_of(into, "say whose account it is: --holder NAME")
        asked = unclaimed.transfer(edit.changes, name, account_id, edit.actor.id, edit.now)
    return phrase(
        "{ref}: {name} is to go to the treasury when another person has approved it: {asked}",
        ref=edit.ref,
        name=name,
        asked=asked,
    )


def refund(
    acting: CaseOfficer, recovery_id: str, name: str, amount: Money, at: datetime, paper: bytes
) -> str:
    """Enter what the treasury has paid to a late payee; another person holds it to its proof."""
    if not paper:
        raise MisuseError(phrase("a refund is entered with the paper that shows it: --proof FILE"))
    with acting.editing(recovery_id) as edit:
        proof = edit.keep(paper, "refund proof")
        asked = unclaimed.enter_refund(
            edit.changes, name, amount, at, proof, edit.actor.id, edit.now
        )
    return phrase(
        "{ref}: {amount} refunded by the treasury entered; it counts when another person has "
        "seen the proof: {asked}",
        ref=edit.ref,
        amount=amount,
        asked=asked,
    )
