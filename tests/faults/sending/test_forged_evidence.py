"""What orders rest on besides the rows of their recovery: bookings, a bank's address, a doubt."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from models.trouble import Trouble
from recovery_flows.cases.commit import commit_changes
from recovery_flows.engine import event_feed
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.advice import advice
from tests.faults.sending.test_forged import another, assert_nothing_was_paid, tamper


def stored(unit: Any, query: str) -> Any:
    with unit.database.reading() as session:
        return session.execute(sa.text(query)).one()


_BOOKINGS = {
    "a sum": "UPDATE statement_line SET amount_minor = amount_minor + 1",
    "the other account": "UPDATE statement_line SET counter_account_id = ''",
    "an order within the day": "UPDATE statement_line SET seq = seq + 100",
    "a booking removed": "DELETE FROM statement_line WHERE rowid = "
    "(SELECT max(rowid) FROM statement_line)",
    "an opening balance": "UPDATE statement SET opening_minor = opening_minor + 1",
    "a statement removed": "DELETE FROM statement",
}


async def wants_a_new_trace(unit: Any) -> str:
    """A return is asked for; then another tracing rule is in force, and nothing is traced yet."""
    await unit.until("return")
    before = unit.file().trace.id
    unit.case_officer().choose_rule(
        unit.recovery_id, "libr", "the holder's wages are mixed in", "fifo"
    )
    (asked,) = (
        a for a in unit.file().approvals if a.action == "trace_rule" and a.state == "pending"
    )
    unit.case_officer(Role.SUPERVISOR).approve(asked.id)
    assert unit.file().recovery.trace_wanted
    return str(before)


@pytest.mark.parametrize("what", list(_BOOKINGS))
async def test_nothing_is_traced_with_bookings_that_were_changed_by_hand(
    unit: Any, what: str
) -> None:
    before = await wants_a_new_trace(unit)
    tamper(unit, _BOOKINGS[what])
    await unit.sweep()
    file = unit.file()
    assert file.trace.id == before
    (found,) = discrepancies.open_ones(file)
    assert found.kind is DiscrepancyKind.PROCESSING_FAILED
    assert "changed by hand, see `recovery audit verify`" in unit.page().steps[0].sentence
    assert verify(unit.database) != ()


async def test_nothing_is_traced_with_a_booking_that_no_bank_has_told(unit: Any) -> None:
    before = await wants_a_new_trace(unit)
    tamper(unit, another(unit, "statement_line", "true", id="'of-a-mole'", seq="9999"))
    await unit.sweep()
    assert unit.file().trace.id == before
    assert "the booking of-a-mole does not fit its seal" in unit.page().steps[0].sentence


async def test_money_is_traced_again_once_the_bookings_are_put_right(unit: Any) -> None:
    before = await wants_a_new_trace(unit)
    tamper(unit, "UPDATE statement_line SET amount_minor = amount_minor + 1")
    await unit.sweep()
    tamper(unit, "UPDATE statement_line SET amount_minor = amount_minor - 1")
    await unit.sweep(after_seconds=700)
    assert unit.file().trace.id != before
    assert discrepancies.open_ones(unit.file()) == ()
    assert verify(unit.database) == ()


async def test_a_bank_whose_address_was_changed_by_hand_is_neither_asked_nor_believed(
    unit: Any,
) -> None:
    await unit.frozen()
    mole = unit.sandbox.banks[unit.sandbox.SLOW]["url"]
    reached = stored(unit, "SELECT feed_reached_at FROM partner WHERE id = 'bank-home'")
    tamper(unit, f"UPDATE partner SET base_url = '{mole}' WHERE id = 'bank-home'")
    asked = dict(unit.engine.calls_sent)
    assert await event_feed.poll(unit.engine, "bank-home") == 0
    assert unit.engine.calls_sent == asked
    told = "SELECT last_error, last_trouble, feed_reached_at FROM partner WHERE id = 'bank-home'"
    error, trouble, now_reached = stored(unit, told)
    assert "its entry in the register was changed by hand" in error
    assert now_reached == reached[0]
    assert "`recovery audit verify`" in advice(error, Trouble(trouble))


async def test_a_feed_that_was_put_forward_by_hand_is_not_read_on(unit: Any) -> None:
    await unit.frozen()
    tamper(
        unit,
        "UPDATE partner SET feed_reached_at = '2026-03-09 00:00:00.000000' WHERE id = 'bank-home'",
    )
    asked = dict(unit.engine.calls_sent)
    assert await event_feed.poll(unit.engine, "bank-home") == 0
    assert unit.engine.calls_sent == asked


async def test_a_doubt_that_was_resolved_by_sql_does_not_let_money_go(unit: Any) -> None:
    await unit.until("return")
    with unit_of_work(unit.database) as work:
        changes, now = Changeset(load_file(work.session, unit.recovery_id)), unit.sandbox.now
        (asset, *_) = changes.file.assets
        discrepancies.find(
            changes, DiscrepancyKind.AMOUNT_DIFFERS, EntityKind.HOLD, "hold-x", now,
            asset_id=asset.id, expected=Money(2, "CNY"), stated=Money(1, "CNY"),
        )  # fmt: skip
        commit_changes(work, ENGINE, now, unit.installation.laws, changes)
    tamper(unit, f"UPDATE discrepancy SET state = '{DiscrepancyState.RESOLVED}'")
    unit.approve()
    await unit.sweep()
    assert_nothing_was_paid(unit)
