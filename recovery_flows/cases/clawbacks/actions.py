"""What people do with money that was paid by mistake; each is one transaction.

The order and its write-off each count with the yes of another person (`recovery approve`). What
comes in is entered like any money on the unit's account (`money_actions.receive`).
"""

from __future__ import annotations

from models.entities.officer import Role
from models.entities.payout import ClawbackGround
from models.money import Money
from models.queries.installation.clock import case_now
from models.store.notes import write_note
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError
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
    words = _words(reason)
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        claim = next((p.claim_id for p in changes.file.payouts if p.id == payout_id), "nobody")
        text = f"{amount} to be given back of what was paid for {claim}: {words}"
        asked = orders.order(
            changes, payout_id, amount, ground, actor.id, unit.vault.fingerprint(text), now
        )
        write_note(unit, actor, now, recovery_id, text)
        (row,) = [c for c in changes.file.clawbacks if c.state == "asked"][-1:]
    return f"{changes.file.recovery.ref}: {row.id} is ordered when another person approves: {asked}"


def remind(acting: CaseOfficer, recovery_id: str, name: str, reason: str) -> str:
    """Record how the payee was reminded."""
    words = _words(reason)
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        row = orders.remind(changes, name, now, acting.laws)
        write_note(unit, actor, now, recovery_id, f"reminder of {name}: {words}")
    due = f"{row.due_at:%Y-%m-%d %H:%M} UTC" if row.due_at else "no set time"
    return f"{changes.file.recovery.ref}: reminded; due by {due}"


def write_off(acting: CaseOfficer, recovery_id: str, name: str, reason: str) -> str:
    """Ask that what has not come be written off."""
    words = _words(reason)
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        claim = orders.found(changes.file, name).claim_id
        text = f"write-off of what was paid for {claim} by mistake: {words}"
        asked = orders.write_off(changes, name, actor.id, unit.vault.fingerprint(text), now)
        write_note(unit, actor, now, recovery_id, text)
    return f"{changes.file.recovery.ref}: written off when another person approves: {asked}"


def _words(reason: str) -> str:
    if not reason.strip():
        raise MisuseError("say with --reason what was wrong or done: it is kept encrypted")
    return reason.strip()
