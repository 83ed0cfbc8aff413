"""How far one answer lies from another, and the flow along each payment; worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from models.facts import LineKind
from recovery_flows.tracing.methods.compare import (
    DayOrder,
    edge_flows,
    moved_minor,
    reordered,
    shares,
)
from recovery_flows.tracing.methods.rules import fifo, lifo, pro_rata
from recovery_flows.tracing.methods.types import (
    Basis,
    Coverage,
    Opening,
    Source,
    TraceRule,
    Transfer,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
END = NOON + timedelta(days=9)


def pay(name: str, payer: str, payee: str | None, minor: int, hours: int) -> Transfer:
    kind = LineKind.TRANSFER if payee else LineKind.CASH
    at = NOON + timedelta(hours=hours)
    return Transfer(name, at, 0, payer, payee, kind, minor, "CNY", minor, "CNY")


ROWS = [
    pay("loss", "V", "M", 100, 0),
    pay("on", "M", "X", 60, 1),
    pay("out", "M", None, 90, 2),
]
KNOWN = [Coverage(account, NOON, END) for account in "VMX"]
GIVEN = (ROWS, [Source("loss", "c", 100)], [Opening("M", 50, Basis.KNOWN)], KNOWN)


def test_what_lies_elsewhere_is_counted_once() -> None:
    # Oldest first: X has 10 of it, 90 went out. Newest first: X has 60, 40 went out.
    one, other = (rule.trace(*GIVEN, as_of=END) for rule in (fifo, lifo))
    assert shares(one) == {("c", "X", ""): 10, ("c", "M", "cash"): 90}
    assert shares(other) == {("c", "X", ""): 60, ("c", "M", "cash"): 40}
    assert moved_minor(one, other) == moved_minor(other, one) == 50
    assert moved_minor(one, one) == 0


@pytest.mark.parametrize(
    ("rule", "on", "out"), [(fifo.trace, 10, 90), (lifo.trace, 60, 40), (pro_rata.trace, 40, 60)]
)
def test_the_flow_along_each_payment(rule: TraceRule, on: int, out: int) -> None:
    flows = edge_flows(rule(*GIVEN, as_of=END))
    assert [(f.transfer_id, f.payer, f.payee, f.amount_minor) for f in flows] == [
        ("loss", "V", "M", 100), ("on", "M", "X", on), ("out", "M", None, out),
    ]  # fmt: skip


def test_a_day_is_taken_payers_before_payees_or_the_other_way_round() -> None:
    day = [pay("b", "M", "X", 1, 1), pay("a", "V", "M", 1, 2), pay("next", "X", "Y", 1, 20)]
    orders = {order: [t.id for t in reordered(day, order)] for order in DayOrder}
    assert orders == {
        DayOrder.AS_GIVEN: ["b", "a", "next"],
        DayOrder.CREDITS_FIRST: ["a", "b", "next"],
        DayOrder.DEBITS_FIRST: ["b", "a", "next"],
    }
    assert {t.at.hour for t in reordered(day, DayOrder.CREDITS_FIRST)} == {0}
