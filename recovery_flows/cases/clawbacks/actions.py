"""What people do with money that was paid by mistake; each is one transaction.

The order and its write-off each count with the yes of another person (`recovery approve`). What
comes in is entered like any money on the unit's account (`money_actions.receive`).
"""

from __future__ import annotations

from models.entities.payout import ClawbackGround
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.restitution.clawback import orders


def order(
    acting: CaseOfficer,
    recovery_id: str,
    payout_id: str,
    amount: Money,
    ground: ClawbackGround,
    reason: str,
) -> str:
    """Ask that money of a payout be ordered back; `reason` says what was wrong with it."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"{amount} of {payout_id} to be given back", reason)
        asked = orders.order(edit.changes, payout_id, amount, ground, edit.actor.id, why, edit.now)
        (row,) = [c for c in edit.file.clawbacks if c.state == "asked"][-1:]
    return phrase(
        "{ref}: {id} is ordered when another person approves: {asked}",
        ref=edit.ref,
        id=row.id,
        asked=asked,
    )


def remind(acting: CaseOfficer, recovery_id: str, name: str, reason: str) -> str:
    """Record how the payee was reminded."""
    with acting.editing(recovery_id) as edit:
        edit.note(f"reminder of {name}", reason)
        row = orders.remind(edit.changes, name, edit.now, acting.laws)
    due = acting.instant_in_words(edit, row.due_at)
    return phrase("{ref}: reminded; due by {due}", ref=edit.ref, due=due)


def write_off(acting: CaseOfficer, recovery_id: str, name: str, reason: str) -> str:
    """Ask that what has not come be written off."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"write-off of {name}", reason)
        asked = orders.write_off(edit.changes, name, edit.actor.id, why, edit.now)
    return phrase(
        "{ref}: written off when another person approves: {asked}", ref=edit.ref, asked=asked
    )
