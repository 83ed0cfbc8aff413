"""A statement file wakes the recoveries that it is about: traced again, the next stop drafted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.entities.asset import Stage
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.facts import Direction, LineKind
from models.money import Money
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases.statement_files.storing import StoredFile, store_file
from recovery_flows.intake.statements.shape import Balance, End, Entry, Format, Head, Item
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.tracing.inputs import gather
from recovery_flows.tracing.page import trace_page

DAY = date(2026, 3, 2)
OFFICER = Actor("chen", Role.OFFICER)
HOME, SLOW = "bank-home", "bank-slow"
HOME_CODE, SLOW_CODE = "SYNTCNBH", "SYNTCNBSXXX"


def entry(minor: int, reference: str, counter: str = "", code: str = "") -> Entry:
    """A booking of the day: a credit above zero, a debit below."""
    return Entry(
        direction=Direction.CREDIT if minor > 0 else Direction.DEBIT,
        amount=Money(abs(minor), "CNY"),
        booked=DAY,
        valued=None,
        kind=LineKind.TRANSFER if counter else LineKind.CASH,
        is_pending=False,
        is_reversal=False,
        bank_reference="",
        end_to_end_id=reference,
        uetr="",
        return_code="",
        instructed=None,
        counter_number=counter,
        counter_bank_id=code,
        counter_holder="",
        text="",
        place="line 1",
    )


def items(number: str, code: str, *entries: Entry, opening: int = 0) -> list[Item]:
    """One statement of the day that adds up."""
    signs = [e.amount.minor * (1 if e.direction is Direction.CREDIT else -1) for e in entries]
    head = Head(
        Format.CAMT053, "08", "S1", number, code, "", "CNY", DAY, DAY, Balance(opening, "CNY", DAY)
    )
    return [head, *entries, End(Balance(opening + sum(signs), "CNY", DAY), len(entries), 0, ())]


@pytest.fixture
def accepted(unit: Any) -> str:
    """A recovery of 1,000.00, accepted, its stop not sent yet; the day is over."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.now = datetime(2026, 3, 3, tzinfo=UTC)
    return str(recovery_id)


def take(unit: Any, raw: bytes, told: list[Item], bank: str) -> StoredFile:
    return store_file(unit.database, OFFICER, unit.now, told, raw, bank, unit.laws)


def mule_statement(unit: Any) -> list[Item]:
    """The 1,000.00 came from the victim; 900.00 went on to a new account at the other bank."""
    victim, mule, _ = unit.accounts
    came = entry(100_000, "E1", victim.number, SLOW_CODE)
    on = entry(-90_000, "E2", "9999000000000031", SLOW_CODE)
    return items(mule.number, HOME_CODE, came, on)


def next_statement(unit: Any, *, left: int = 0) -> list[Item]:
    """The new account's own statement: the same 900.00, seen from the other side."""
    mule = unit.accounts[1]
    came = entry(90_000, "E2", mule.number, HOME_CODE)
    out = [entry(-left, "E3")] if left else []
    return items("9999000000000031", SLOW_CODE, came, *out, opening=5_000)


def teach(unit: Any) -> None:
    """Both banks' codes become known by a statement of each that is about nobody here."""
    take(unit, b"teach", items("9999000000000090", SLOW_CODE), SLOW)


def test_a_file_leads_in_one_sweep_to_a_new_account_and_a_drafted_stop_for_it(
    unit: Any, acts: Any, accepted: str
) -> None:
    teach(unit)
    taken = take(unit, b"mule", mule_statement(unit), HOME)
    assert taken.recoveries == (unit.file(accepted).recovery.ref,)
    assert unit.file(accepted).recovery.trace_wanted
    due = str(unit.one("SELECT wake_at FROM recovery"))
    assert due.startswith("2026-03-03 00:00")
    acts.decide(accepted)
    acts.decide(accepted)
    file = unit.file(accepted)
    (found,) = [a for a in file.assets if a.depth == 1]
    assert (found.partner_id, found.traced_minor, found.stage) == (SLOW, 90_000, Stage.FREEZING)
    (stop,) = file.holds_of(found.id)
    drafted = (HoldKind.STOP, HoldState.DRAFT, 90_000)
    assert (stop.kind, stop.state, stop.requested_minor) == drafted
    assert agrees(unit)


def agrees(unit: Any) -> bool:
    with unit.database.reading() as session:
        report = ledger_check(session)
    return verify(unit.database) == () and not report.differences


def test_one_payment_in_both_banks_files_is_one_transfer(
    unit: Any, acts: Any, accepted: str
) -> None:
    teach(unit)
    take(unit, b"mule", mule_statement(unit), HOME)
    acts.decide(accepted)
    take(unit, b"next", next_statement(unit), SLOW)
    acts.decide(accepted)
    with unit.database.reading() as session:
        given = gather(session, unit.file(accepted))
    both = [t for t in given.transfers if t.debit_minor == 90_000]
    assert len(both) == 1
    assert len(given.lines_of[both[0].id]) == 2
    (found,) = [a for a in unit.file(accepted).assets if a.depth == 1]
    assert found.traced_minor == 90_000
    assert agrees(unit)


def test_a_files_balance_bounds_what_can_be_held(unit: Any, acts: Any, accepted: str) -> None:
    teach(unit)
    take(unit, b"mule", mule_statement(unit), HOME)
    acts.decide(accepted)
    take(unit, b"next", next_statement(unit, left=20_000), SLOW)
    acts.decide(accepted)
    with unit.database.reading() as session:
        page = trace_page(session, accepted, unit.now, unit.laws, unit.database.vault)
    (row,) = [r for r in page.rows if r.bank == SLOW]
    # By age the holder's own 50.00 left first, 150.00 of the stolen money after it.
    assert (row.values[0], row.freezable_minor, row.is_frontier) == (75_000, 75_000, False)
    assert row.balance_on is not None


def test_an_account_without_a_statement_is_named_to_be_asked_for(
    unit: Any, acts: Any, accepted: str
) -> None:
    teach(unit)
    take(unit, b"mule", mule_statement(unit), HOME)
    acts.decide(accepted)
    with unit.database.reading() as session:
        page = trace_page(session, accepted, unit.now, unit.laws, unit.database.vault)
    (row,) = [r for r in page.rows if r.is_frontier]
    assert row.ask == "ask bank-slow for the statement of ···· 0031"
    assert row.freezable_minor == 90_000


def test_money_sent_to_a_bank_of_unknown_code_is_followed_once_the_code_is_known(
    unit: Any, acts: Any, accepted: str
) -> None:
    taken = take(unit, b"mule", mule_statement(unit), HOME)
    assert any(f"no partner is known by {SLOW_CODE}" in text for text in taken.warnings)
    acts.decide(accepted)
    assert len(unit.file(accepted).assets) == 1
    teach(unit)
    again = take(unit, b"mule", mule_statement(unit), HOME)
    assert (again.lines_new, again.recoveries) == (0, taken.recoveries)
    acts.decide(accepted)
    assert [a.partner_id for a in unit.file(accepted).assets if a.depth == 1] == [SLOW]
    assert agrees(unit)


def test_a_reversal_names_the_payment_that_it_takes_back(unit: Any, accepted: str) -> None:
    teach(unit)
    victim, mule, _ = unit.accounts
    came = entry(100_000, "E1", victim.number, SLOW_CODE)
    twice = [entry(-30_000, "E2", "9999000000000031", SLOW_CODE) for _ in range(2)]
    back = replace(entry(30_000, "E2", "9999000000000031", SLOW_CODE), is_reversal=True)
    take(unit, b"mule", items(mule.number, HOME_CODE, came, *twice, back), HOME)
    with unit.database.reading() as session:
        given = gather(session, unit.file(accepted))
    *_, second, undone = given.transfers
    assert (undone.reverses, second.debit_minor) == (second.id, 30_000)
    assert [t.reverses for t in given.transfers[:-1]] == ["", "", ""]


def test_the_order_of_a_dated_day_is_an_assumption_and_told(unit: Any, accepted: str) -> None:
    """1,000.00 came and 900.00 of wages; 900.00 left the same day: whose depends on the order."""
    teach(unit)
    victim, mule, _ = unit.accounts
    came = entry(100_000, "E1", victim.number, SLOW_CODE)
    wages = entry(90_000, "E8")
    left = entry(-90_000, "E9")
    take(unit, b"mule", items(mule.number, HOME_CODE, wages, came, left), HOME)
    with unit.database.reading() as session:
        page = trace_page(session, accepted, unit.now, unit.laws, unit.database.vault)
    moved = {c.name: dict(c.moved) for c in page.columns}
    assert moved["fifo"]["unstated openings are zero"] == 0
    assert max(moved["fifo"].values()) == 90_000
    assert moved["poison"] == {}


def test_the_order_in_which_files_come_does_not_matter(unit: Any, acts: Any, accepted: str) -> None:
    teach(unit)
    take(unit, b"next", next_statement(unit, left=20_000), SLOW)
    assert not unit.file(accepted).recovery.trace_wanted
    take(unit, b"mule", mule_statement(unit), HOME)
    acts.decide(accepted)
    file = unit.file(accepted)
    (found,) = [a for a in file.assets if a.depth == 1]
    # By age the holder's own 50.00 left first, 150.00 of the stolen money after it.
    assert (found.traced_minor, found.statement_to is not None) == (75_000, True)
    assert agrees(unit)


def test_a_file_taken_in_before_a_report_is_traced_when_the_report_is_accepted(
    unit: Any, acts: Any
) -> None:
    unit.now = datetime(2026, 3, 3, tzinfo=UTC)
    teach(unit)
    take(unit, b"mule", mule_statement(unit), HOME)
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    assert unit.file(recovery_id).recovery.trace_wanted
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    assert [a.traced_minor for a in file.assets] == [10_000, 90_000]
    assert agrees(unit)
