"""What a person sees of a trace: every rule beside the others, and one victim's way in full."""

from __future__ import annotations

from typing import Any

from recovery_flows.tracing.page import hops_of, trace_page
from recovery_flows.tracing.views import HopView, TracePage


def page_of(unit: Any, recovery_id: str) -> TracePage:
    with unit.database.reading() as session:
        return trace_page(session, recovery_id, unit.now, unit.laws, unit.database.vault)


def hops(unit: Any, recovery_id: str, rule: str) -> tuple[HopView, ...]:
    (claim,) = unit.file(recovery_id).claims
    with unit.database.reading() as session:
        return hops_of(session, recovery_id, rule, claim.id)


def test_every_rule_accounts_for_the_whole_loss(unit: Any) -> None:
    page = page_of(unit, unit.traced())
    for number, column in enumerate(page.columns):
        if column.standing != "exposure":
            assert sum(row.values[number] for row in page.rows) == 100_000, column.name


def test_held_money_is_not_freezable_again(unit: Any) -> None:
    page = page_of(unit, unit.traced(held_minor=70_000, left_minor=10_000))
    account = next(row for row in page.rows if not row.is_gone)
    assert (account.held_minor, account.freezable_minor) == (70_000, 20_000)
    assert account.balance_on is not None


def test_what_left_in_cash_is_a_way_out(unit: Any) -> None:
    page = page_of(unit, unit.traced(left_minor=10_000))
    (gone,) = [row for row in page.rows if row.is_gone]
    adopted = next(n for n, c in enumerate(page.columns) if c.adopted)
    assert (gone.label, gone.values[adopted]) == ("cash", 10_000)


def test_a_way_names_the_bookings_that_show_it(unit: Any) -> None:
    recovery_id = unit.traced()
    first, *later = hops(unit, recovery_id, "fifo")
    assert first.depth == 0
    assert first.claim_minor == 100_000
    assert "no. 1" in first.lines[0]
    assert [hop.ends for hop in (first, *later)] == ["held", "cash"]


def test_no_account_number_is_on_the_page(unit: Any) -> None:
    recovery_id = unit.traced()
    said = repr(page_of(unit, recovery_id)) + repr(hops(unit, recovery_id, "pro_rata"))
    assert not any(account.number in said for account in unit.accounts)
