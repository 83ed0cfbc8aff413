"""A claim about a part of a payment: only that part is the victim's, at the payment's own rate."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from models.facts import LineKind
from recovery_flows.tracing.methods import poison
from recovery_flows.tracing.methods.rules import fifo, lifo, pro_rata
from recovery_flows.tracing.methods.types import Coverage, Source, Trace, TraceRule, Transfer

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ALL_RULES = [fifo.trace, lifo.trace, pro_rata.trace]
Ends = tuple[str | None, str | None]


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def _pay(minute: int, ends: Ends, minor: int) -> Transfer:
    return Transfer(
        f"t{minute}", _at(minute), 0, *ends, LineKind.TRANSFER, minor, "CNY", minor, "CNY"
    )


def _trace(
    transfers: Sequence[Transfer], claim: Source, *known: str, rule: TraceRule = fifo.trace
) -> Trace:
    coverage = [Coverage(account, START, END) for account in known]
    return rule(transfers, [claim], (), coverage, as_of=END)


@pytest.mark.parametrize("rule", ALL_RULES)
def test_who_claims_a_part_of_a_payment_has_that_part_of_the_money_traced(rule: TraceRule) -> None:
    transfers = [_pay(1, ("V", "M"), 1_000), _pay(2, ("M", "X"), 1_000)]
    claim = Source("t1", "v", 300, 300)
    for upto, account in ((1, "M"), (2, "X")):
        trace = _trace(transfers[:upto], claim, "M", "X", rule=rule)
        found = [(p.account, p.amount_minor, p.claim_minor) for p in trace.positions]
        assert found == [(account, 300, 300)]


@pytest.mark.parametrize("rule", ALL_RULES)
def test_a_claimed_part_is_converted_at_the_rate_of_its_payment(rule: TraceRule) -> None:
    abroad = Transfer("t1", _at(1), 0, "V", "F", LineKind.TRANSFER, 1_000, "CNY", 110, "GBP")
    trace = _trace([abroad], Source("t1", "v", 500, 500), "F", rule=rule)
    assert [(p.amount_minor, p.claim_minor) for p in trace.positions] == [(55, 500)]


@pytest.mark.parametrize(("claimed", "contested"), [(400, 0), (600, 100), (1_000, 500)])
def test_a_claimed_part_is_of_what_nobody_else_owns_before_it_is_contested(
    claimed: int, contested: int
) -> None:
    transfers = [_pay(1, ("A", "V"), 500), _pay(2, (None, "V"), 500), _pay(3, ("V", "M"), 1_000)]
    sources = [Source("t1", "a", 500), Source("t3", "v", claimed, claimed)]
    coverage = [Coverage(account, START, END) for account in ("V", "M")]
    trace = fifo.trace(transfers, sources, (), coverage, as_of=END)
    held = {p.claim_id: p.amount_minor for p in trace.positions if p.account == "M"}
    assert held == {"a": 500, "v": claimed - contested}
    assert sum(c.claim_minor for c in trace.conflicts) == contested


def test_an_account_is_exposed_to_a_claimed_part_at_the_rate_of_its_payment() -> None:
    trace = _trace(
        [_pay(1, ("V", "M"), 1_000)], Source("t1", "v", 300, 300), "M", rule=poison.trace
    )
    assert [(p.amount_minor, p.claim_minor) for p in trace.positions] == [(1_000, 1_000)]


@pytest.mark.parametrize("amount", [0, 11])
def test_a_claim_about_nothing_or_more_than_its_payment_is_refused(amount: int) -> None:
    with pytest.raises(ValueError, match=r"nothing, or more than t1 moves"):
        _trace([_pay(1, ("V", "M"), 10)], Source("t1", "v", 10, amount), "M")
