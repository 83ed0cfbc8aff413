"""Three victims of one account; two shares arrive, the third comes back and is announced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.facts import AccountRef
from recovery_flows.cases.unclaimed import actions
from recovery_flows.law.rows import Limit
from tests.records.begun import played

FISC = AccountRef("bank-slow", "9999000000000099", "Synthetic Treasury")
SHARE = 66_666


@pytest.fixture
def back(unit: Any, acts: Any) -> str:
    """Two shares have arrived; the third came back."""
    return played(unit, ("back",), lambda: _back(unit, acts))


def _back(unit: Any, acts: Any) -> str:
    recovery_id = acts.pooled(3, 200_000, until="approved")
    last = third(unit, recovery_id).id
    for payout in unit.file(recovery_id).payouts:
        if payout.id != last:
            acts.settle(recovery_id, payout.id)
    acts.settle(recovery_id, last, "RETURNED", reason="ACCOUNT_CLOSURE")
    bank_follows(unit, acts, recovery_id, 4)
    return str(recovery_id)


def bank_follows(unit: Any, acts: Any, recovery_id: str, revision: int) -> None:
    """The bank states what is left of each hold after what it has paid out of it."""
    file = unit.file(recovery_id)
    for hold in file.holds:
        if hold.kind != "freeze" or hold.state not in ("frozen", "disposed"):
            continue
        paid = sum(p.taken_minor for p in file.payouts if p.hold_id == hold.id)
        unit.bank_says(recovery_id, hold.id, 100_000 - paid, revision)
    acts.close_calls(recovery_id)
    acts.decide(recovery_id)


def third(unit: Any, recovery_id: str) -> Any:
    (found,) = [p for p in unit.file(recovery_id).payouts if p.amount_minor == SHARE][:1]
    return found


def announced(unit: Any, recovery_id: str) -> str:
    actions.announce(
        unit.case_officer(), recovery_id, third(unit, recovery_id).id, "letters came back"
    )
    (row,) = unit.file(recovery_id).unclaimed
    return str(row.id)


def short_notice(unit: Any) -> None:
    """A regime whose notice is shorter than the freeze, so that no renewal has to be played."""
    played(unit, ("short notice",), lambda: _shorten(unit))


def _shorten(unit: Any) -> None:
    china = unit.laws["CN"]
    row = replace(china.rows["CN_UNCLAIMED"], limit=Limit.parse("30d"))
    unit.laws = {**unit.laws, "CN": replace(china, rows={**china.rows, row.code: row})}


def over(unit: Any, acts: Any, recovery_id: str) -> str:
    """The notice has run."""
    return played(unit, ("over", recovery_id), lambda: _over(unit, acts, recovery_id))


def _over(unit: Any, acts: Any, recovery_id: str) -> str:
    short_notice(unit)
    name = announced(unit, recovery_id)
    unit.later(24 * 31)
    acts.decide(recovery_id)
    return name


def in_treasury(unit: Any, acts: Any, recovery_id: str) -> str:
    key = ("in the treasury", recovery_id)
    return played(unit, key, lambda: _in_treasury(unit, acts, recovery_id))


def _in_treasury(unit: Any, acts: Any, recovery_id: str) -> str:
    name = over(unit, acts, recovery_id)
    actions.transfer(unit.case_officer(), recovery_id, name, FISC)
    unit.approve(recovery_id)
    (payout,) = [p for p in unit.file(recovery_id).payouts if p.unclaimed_id]
    acts.settle(recovery_id, payout.id)
    bank_follows(unit, acts, recovery_id, 5)
    return name


def state(unit: Any, recovery_id: str) -> str:
    (row,) = unit.file(recovery_id).unclaimed
    return str(row.state)
