"""Who can write to the database but has no key makes nothing leave: no order, no money."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.queries.audit.verify import verify
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.engine.failures import ClockBrokenError
from tests.by_hand import change


def tamper(unit: Any, *statements: str) -> None:
    """What somebody with the file and no key does: triggers away, then raw SQL."""
    change(unit.database.engine.url.database, *statements)


def another(unit: Any, table: str, where: str, **changed: str) -> str:
    """An INSERT of a row like the first one there, with other values in some columns."""
    with closing(sqlite3.connect(unit.database.engine.url.database)) as raw:
        columns = [c[1] for c in raw.execute(f"PRAGMA table_info({table})")]
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(changed.get(c, f'"{c}"') for c in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {where} LIMIT 1"


def found(unit: Any) -> list[Any]:
    return [
        d for d in unit.file().discrepancies
        if d.kind is DiscrepancyKind.HISTORY_BROKEN and d.state is DiscrepancyState.OPEN
    ]  # fmt: skip


def assert_nothing_was_paid(unit: Any) -> None:
    """No payout at the bank, the history is found broken, and a person is told first of all."""
    assert unit.sandbox.book()["payouts"] == []
    (discrepancy,) = found(unit)
    assert discrepancy.detail
    assert "audit verify" in unit.page().steps[0].sentence
    assert verify(unit.database) != ()


_YES = """UPDATE approval SET state = 'approved', decided_by = 'the-supervisor',
    decided_at = '2026-03-02 10:00:00.000000' WHERE action = 'return'"""


def forged_order(unit: Any) -> str:
    """A payout's call that no event planned, made from the hold's."""
    (payout,) = unit.file().payouts
    (approval,) = (a for a in unit.file().approvals if a.action == "return")
    return another(
        unit, "call", "kind = 'hold'",
        id=f"'call-{payout.id}'", kind="'payout'", noun="'payout'", state="'planned'",
        subject_id=f"'{payout.id}'", approval_id=f"'{approval.id}'", path_sealed="''",
        body_sealed="''", body_digest="''", sent_at="NULL", answered_at="NULL",
        answer_digest="''", attempts="0",
    )  # fmt: skip


async def test_a_yes_forged_by_sql_does_not_pay(unit: Any) -> None:
    await unit.until("return")
    tamper(
        unit, _YES, "UPDATE allocation SET state = 'approved'",
        "UPDATE payout SET state = 'instructed'", forged_order(unit),
    )  # fmt: skip
    await unit.sweep()
    assert_nothing_was_paid(unit)


_FORGED = {
    "another payee": "UPDATE payout SET payee_account_id = (SELECT payee_account_id FROM claim)",
    "the claim's account": "UPDATE claim SET payout_account_id = payee_account_id",
    "a larger loss": "UPDATE claim SET upheld_minor = upheld_minor + 1",
    "another sum": "UPDATE payout SET amount_minor = amount_minor - 1",
    "another allocation": "UPDATE allocation SET pool_minor = pool_minor + 1",
    "another hold": "UPDATE hold SET held_minor = held_minor + 1",
    "who approved": "UPDATE approval SET decided_by = 'the-officer' WHERE action = 'return'",
    "a supervisor's event": "UPDATE event SET actor_id = 'x' WHERE noun = 'approval' "
    "AND event = 'approved'",
    "an event removed": "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event "
    "WHERE recovery_id <> '' AND noun = 'call')",
    "another account's number": "UPDATE account SET number_sealed = (SELECT number_sealed "
    "FROM account a WHERE a.id <> account.id LIMIT 1)",
    "another holder": "UPDATE account SET holder_sealed = (SELECT holder_sealed "
    "FROM account a WHERE a.id <> account.id LIMIT 1)",
    "the bank's address": "UPDATE partner SET base_url = 'http://127.0.0.1:9' "
    "WHERE id = 'bank-home'",
    "the bank's client id": "UPDATE partner SET client_id = 'mole' WHERE id = 'bank-home'",
    "a posting": "UPDATE posting SET account = 'gone' WHERE account = 'held'",
    "case time": "UPDATE case_clock SET stands_at = '2026-09-02 03:00:00.000000'",
    "the order's own row": "UPDATE call SET approval_id = '' WHERE kind = 'payout'",
    "that the order was tried": "UPDATE call SET attempts = 1 WHERE kind = 'payout'",
    "when a call is tried": "UPDATE call SET retry_at = '2026-03-02 01:00:00.000000'",
    "what an answered call said": "UPDATE call SET body_sealed = '' WHERE kind = 'hold'",
    "when the engine looks": "UPDATE recovery SET wake_at = '2031-03-02 01:00:00.000000'",
    "the bank's law": "UPDATE partner SET regime = 'GB' WHERE id = 'bank-home'",
    "the bank's key": "UPDATE partner SET cert_key_path = 'mole.pem' WHERE id = 'bank-home'",
    "the bank's feed": "UPDATE partner SET feed_reached_at = '2026-03-02 00:00:01.000000' "
    "WHERE id = 'bank-home'",
    "another pool's formula": "UPDATE allocation SET formula = 'another'",
    "an allocation's line less": "DELETE FROM payout",
    "two sealed numbers": "UPDATE account SET number_sealed = CASE tail "
    "WHEN '0001' THEN (SELECT number_sealed FROM account WHERE tail = '0002') "
    "ELSE (SELECT number_sealed FROM account WHERE tail = '0001') END",
    "where an account is": "UPDATE account SET partner_id = 'bank-abroad'",
    "the case clock removed": "DELETE FROM case_clock",
    "events cut off at the end": "DELETE FROM event WHERE seq > (SELECT max(seq) - 3 FROM event)",
    "all events": "DELETE FROM event",
    "an event's order": "UPDATE event SET seq = -seq WHERE noun = 'approval'",
}


@pytest.mark.parametrize("what", list(_FORGED))
async def test_what_was_changed_by_sql_after_the_yes_does_not_pay(unit: Any, what: str) -> None:
    await unit.until("return")
    unit.approve()
    tamper(unit, _FORGED[what])
    try:
        await unit.sweep()
    except ClockBrokenError:
        # Case time itself is in doubt: nothing is decided at all, and the engine's header says so.
        assert what in _OF_THE_CLOCK
        assert unit.sandbox.book()["payouts"] == []
    else:
        assert what not in _OF_THE_CLOCK
        assert_nothing_was_paid(unit)


_OF_THE_CLOCK = ("case time", "the case clock removed", "all events")
_ADDED = {
    "an allocation's line": ("payout", {"amount_minor": "1"}),
    "a yes": ("approval", {}),
    "a claim": ("claim", {"external_ref": "'X'", "upheld_minor": "1"}),
    "a hold": ("hold", {"held_minor": "1"}),
    "a trace": ("trace", {}),
}


@pytest.mark.parametrize("what", list(_ADDED))
async def test_what_was_added_by_sql_after_the_yes_does_not_pay(unit: Any, what: str) -> None:
    await unit.until("return")
    unit.approve()
    table, changed = _ADDED[what]
    tamper(unit, another(unit, table, "true", id="'of-a-mole'", **changed))
    await unit.sweep()
    assert_nothing_was_paid(unit)


@pytest.mark.parametrize("state", ["unknown", "sent"])
async def test_an_order_that_was_made_one_in_doubt_by_sql_does_not_pay(
    unit: Any, state: str
) -> None:
    # In doubt its bank is asked by key; what it has never seen is not sent on a forged yes.
    await unit.until("return")
    in_doubt = f"UPDATE call SET state = '{state}', attempts = 1 WHERE kind = 'payout'"
    tamper(
        unit, _YES, "UPDATE allocation SET state = 'approved'",
        "UPDATE payout SET state = 'instructed'", forged_order(unit), in_doubt,
    )  # fmt: skip
    for _ in range(3):
        await unit.sweep(after_seconds=700)
    assert_nothing_was_paid(unit)


async def test_a_broken_history_that_was_resolved_and_is_still_broken_is_found_again(
    unit: Any,
) -> None:
    await unit.until("return")
    unit.approve()
    tamper(unit, _FORGED["another payee"])
    await unit.sweep()
    (first,) = found(unit)
    resolve(unit.case_officer(), unit.recovery_id, first.id, "looked at it, as was said")
    await unit.sweep(after_seconds=700)
    (second,) = found(unit)
    assert second.id != first.id
    assert unit.sandbox.book()["payouts"] == []


async def test_an_order_goes_out_once_the_records_are_put_right(unit: Any) -> None:
    await unit.until("return")
    unit.approve()
    tamper(unit, "UPDATE payout SET amount_minor = amount_minor - 1")
    await unit.sweep()
    (first,) = found(unit)
    tamper(unit, "UPDATE payout SET amount_minor = amount_minor + 1")
    resolve(unit.case_officer(), unit.recovery_id, first.id, "the row was put right from a copy")
    await unit.sweep(after_seconds=700)
    assert len(unit.sandbox.book()["payouts"]) == 1
    assert verify(unit.database) == ()


async def test_a_forged_stop_does_not_leave(unit: Any) -> None:
    unit.advance()
    unit.advance()
    tamper(unit, "UPDATE hold SET requested_minor = requested_minor + 1")
    await unit.sweep()
    assert unit.sandbox.book()["holds"] == []
    assert len(found(unit)) == 1
