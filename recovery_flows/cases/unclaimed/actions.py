"""What people do with shares that did not reach their payees; each is one transaction.

What goes to the treasury, and what it refunds, is submitted by one person and counts with the yes
of another (`recovery approve`).
"""

from __future__ import annotations

from datetime import datetime

from models.entities.officer import Role
from models.facts import AccountRef
from models.money import Money
from models.queries.installation.clock import case_now
from models.store.accounts import ensure_account
from models.store.documents import keep
from models.store.intake import stored_holder
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError
from recovery_flows.restitution import unclaimed


def announce(acting: CaseOfficer, recovery_id: str, payout_id: str, reason: str) -> str:
    """Announce what a payout did not bring; `reason` says what was done to find the payee."""
    about = f"search for the payee of {payout_id}"
    with acting.editing_with_note(recovery_id, about, reason) as edit:
        changes = edit.changes
        name = unclaimed.announce(
            changes, payout_id, edit.actor.id, edit.fingerprint, edit.now, acting.laws
        )
        row = next(u for u in changes.file.unclaimed if u.id == name)
        law = acting.laws[changes.file.recovery.regime]
    return f"{name}: to be published:\n{unclaimed.notice_text(changes.file, row, law)}"


def claimed(acting: CaseOfficer, recovery_id: str, name: str, reason: str) -> str:
    """Record that the payee came forward before his share went to the treasury."""
    with acting.editing_with_note(recovery_id, f"payee of {name}", reason) as edit:
        unclaimed.claimed(edit.changes, name, edit.fingerprint)
    return f"{edit.changes.file.recovery.ref}: {name} is claimed; it is paid in the next round"


def transfer(acting: CaseOfficer, recovery_id: str, name: str, into: AccountRef) -> str:
    """Submit that a share goes to the treasury; another person approves it, the bank pays it."""
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        account_id = ensure_account(unit, into, changes.file.recovery.currency)
        if not stored_holder(unit.session, unit.vault, account_id):
            raise MisuseError("say whose account it is: --holder NAME")
        asked = unclaimed.transfer(changes, name, account_id, actor.id, now)
    return (
        f"{changes.file.recovery.ref}: {name} is to go to the treasury when another person has "
        f"approved it: {asked}"
    )


def refund(
    acting: CaseOfficer, recovery_id: str, name: str, amount: Money, at: datetime, paper: bytes
) -> str:
    """Enter what the treasury has paid to a late payee; another person holds it to its proof."""
    if not paper:
        raise MisuseError("a refund is entered with the paper that shows it: --proof FILE")
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        proof = keep(unit, paper, "refund proof", "application/octet-stream", now)
        asked = unclaimed.enter_refund(changes, name, amount, at, proof, actor.id, now)
    return (
        f"{changes.file.recovery.ref}: {amount} refunded by the treasury entered; it counts when "
        f"another person has seen the proof: {asked}"
    )
