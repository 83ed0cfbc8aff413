"""The rules at the edges: what is known, owed, another's, or in another currency."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from models.facts import LineKind
from recovery_flows.tracing.methods import poison
from recovery_flows.tracing.methods.rules import fifo, lifo, pro_rata
from recovery_flows.tracing.methods.types import (
    Basis,
    Coverage,
    DissipatedKind,
    Opening,
    Source,
    Trace,
    TraceRule,
    Transfer,
)

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ALL_RULES = [fifo.trace, lifo.trace, pro_rata.trace]
Ends = tuple[str | None, str | None]


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def _pay(
    minute: int, ends: Ends, minor: int, *, kind: LineKind = LineKind.TRANSFER, order: int = 0
) -> Transfer:
    number = f"t{minute}.{order}"
    return Transfer(number, _at(minute), order, *ends, kind, minor, "CNY", minor, "CNY")


def _known(*accounts: str) -> list[Coverage]:
    return [Coverage(account, START, END) for account in accounts]


def _trace(
    transfers: Sequence[Transfer],
    sources: Sequence[Source],
    coverage: Sequence[Coverage],
    *,
    openings: Sequence[Opening] = (),
    rule: TraceRule = fifo.trace,
    as_of: datetime = END,
) -> Trace:
    return rule(transfers, sources, openings, coverage, as_of=as_of)


def _held(trace: Trace) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for position in trace.positions:
        found[position.account, position.claim_id] += position.amount_minor
    return dict(found)


def test_a_block_moved_by_lifo_arrives_oldest_first() -> None:
    transfers = [_pay(1, ("V", "M"), 10), _pay(2, ("W", "M"), 10), _pay(3, ("M", "N"), 20)]
    transfers.append(_pay(4, ("N", None), 10, kind=LineKind.CASH))
    sources = [Source("t1.0", "v", 10), Source("t2.0", "w", 10)]
    trace = _trace(transfers, sources, _known("M", "N"), rule=lifo.trace)
    assert [(g.claim_id, g.amount_minor) for g in trace.gone] == [("w", 10)]
    assert _held(trace) == {("N", "v"): 10}


def test_money_rests_where_no_statement_tells_and_that_account_is_the_frontier() -> None:
    # N's payment is seen only in X's statement: nobody knows whose money it was.
    transfers = [_pay(1, ("V", "M"), 10), _pay(2, ("M", "N"), 10), _pay(3, ("N", "X"), 10)]
    trace = _trace(transfers, [Source("t1.0", "v", 10)], _known("M", "X"))
    assert _held(trace) == {("N", "v"): 10}
    assert trace.frontier == {"N"}


def test_a_statement_that_ends_before_the_money_came_leaves_the_account_on_the_frontier() -> None:
    transfers = [_pay(5, ("V", "M"), 10)]
    sources = [Source("t5.0", "v", 10)]
    early, late = Coverage("M", START, _at(4)), Coverage("M", START, _at(6))
    assert _trace(transfers, sources, [early]).frontier == {"M"}
    assert _trace(transfers, sources, [late]).frontier == frozenset()
    assert _trace(transfers, sources, [early, Coverage("M", _at(5), END)]).frontier == frozenset()


def test_money_known_to_leave_after_the_statement_asks_for_a_newer_one() -> None:
    transfers = [_pay(1, ("V", "M"), 10), _pay(9, ("M", "X"), 10)]
    trace = _trace(transfers, [Source("t1.0", "v", 10)], [Coverage("M", START, _at(5))])
    assert _held(trace) == {("M", "v"): 10}
    assert trace.frontier == {"M"}


def test_money_that_came_before_the_statement_is_not_counted_in_its_opening_too() -> None:
    # The statement begins at minute 5 with 30; 10 of them are the victim's, so 20 are M's own.
    transfers = [_pay(1, ("V", "M"), 10), _pay(6, ("M", "X"), 25)]
    openings = [Opening("M", 30, Basis.KNOWN)]
    coverage = [Coverage("M", _at(5), END), *_known("X")]
    trace = _trace(transfers, [Source("t1.0", "v", 10)], coverage, openings=openings)
    assert _held(trace) == {("M", "v"): 5, ("X", "v"): 5}
    assert not trace.shortages
    poorer = [Opening("M", 4, Basis.KNOWN)]
    short = _trace(transfers[:1], [Source("t1.0", "v", 10)], coverage, openings=poorer).shortages
    assert [(s.transfer_id, s.minor) for s in short] == [("", 6)]


@pytest.mark.parametrize("rule", ALL_RULES)
def test_what_belongs_to_one_victim_stays_his_when_another_claims_the_payment(
    rule: TraceRule,
) -> None:
    transfers = [_pay(1, ("W", "V"), 40), _pay(2, ("V", "M"), 100)]
    sources = [Source("t1.0", "w", 40), Source("t2.0", "v", 100)]
    openings = [Opening("V", 60, Basis.KNOWN)]
    trace = _trace(transfers, sources, _known("V", "M"), openings=openings, rule=rule)
    assert _held(trace) == {("M", "w"): 40, ("M", "v"): 60}
    conflict = trace.conflicts[0]
    assert (conflict.claim_id, conflict.holder_claim_id, conflict.claim_minor) == ("v", "w", 40)


def test_two_claims_on_one_payment_do_not_double_it() -> None:
    sources = [Source("t1.0", "v", 10), Source("t1.0", "w", 10)]
    trace = _trace([_pay(1, ("V", "M"), 10)], sources, _known("M"))
    assert _held(trace) == {("M", "v"): 10}
    assert [(c.claim_id, c.holder_claim_id) for c in trace.conflicts] == [("w", "v")]


@pytest.mark.parametrize("rule", ALL_RULES)
def test_a_credit_pays_the_overdraft_first_and_that_part_is_gone(rule: TraceRule) -> None:
    trace = _trace(
        [_pay(1, ("V", "M"), 100)],
        [Source("t1.0", "v", 100)],
        _known("M"),
        openings=[Opening("M", -30, Basis.KNOWN)],
        rule=rule,
    )
    assert [(g.kind, g.account, g.amount_minor) for g in trace.gone] == [
        (DissipatedKind.BANK_DEBT, "M", 30)
    ]
    assert _held(trace) == {("M", "v"): 70}


def test_a_known_balance_that_falls_short_is_a_debt_the_next_credit_pays() -> None:
    transfers = [_pay(1, ("M", "X"), 50), _pay(2, ("V", "M"), 60)]
    sources = [Source("t2.0", "v", 60)]
    known = [Opening("M", 20, Basis.KNOWN)]
    trace = _trace(transfers, sources, _known("M"), openings=known)
    assert [(s.account, s.minor) for s in trace.shortages] == [("M", 30)]
    assert [g.amount_minor for g in trace.gone] == [30]
    guessed = [Opening("M", 20, Basis.ZERO)]
    assert not _trace(transfers, sources, _known("M"), openings=guessed).gone


@pytest.mark.parametrize(
    ("kind", "payee", "gone"),
    [
        (LineKind.CASH, None, DissipatedKind.CASH),
        (LineKind.FEE, None, DissipatedKind.FEE),
        (LineKind.CARD, "shop", DissipatedKind.CARD),
        (LineKind.EXCHANGE, "coins", DissipatedKind.EXCHANGE),
        (LineKind.PAYOUT, "V", DissipatedKind.PAYOUT),
        (LineKind.TRANSFER, None, DissipatedKind.UNKNOWN),
    ],
)
def test_a_path_ends_in_a_sink_of_its_kind(
    kind: LineKind, payee: str | None, gone: DissipatedKind
) -> None:
    transfers = [_pay(1, ("V", "M"), 10), _pay(2, ("M", payee), 4, kind=kind)]
    trace = _trace(transfers, [Source("t1.0", "v", 10)], _known("M"))
    assert [(g.kind, g.account, g.amount_minor) for g in trace.gone] == [(gone, "M", 4)]
    assert _held(trace) == {("M", "v"): 6}
    assert (trace.hops[-1].payee, trace.hops[-1].parent) == (None, 0)


def test_hops_of_one_claim_form_a_path_back_to_the_loss() -> None:
    transfers = [_pay(1, ("V", "M"), 10), _pay(2, ("M", "N"), 7), _pay(3, ("N", "X"), 7)]
    trace = _trace(transfers, [Source("t1.0", "v", 10)], _known("M", "N", "X"))
    end = next(p for p in trace.positions if p.account == "X")
    path = []
    hop = end.last_hop
    while hop is not None:
        path.append((trace.hops[hop].payer, trace.hops[hop].payee))
        hop = trace.hops[hop].parent
    assert path == [("N", "X"), ("M", "N"), ("V", "M")]


@pytest.mark.parametrize("rule", ALL_RULES)
def test_crossing_a_currency_carries_the_claims_over_unchanged(rule: TraceRule) -> None:
    into = [_pay(1, ("V", "M"), 1_000), _pay(2, ("W", "M"), 500)]
    abroad = Transfer(
        "fx", _at(3), 0, "M", "N", LineKind.TRANSFER, 1_500, "CNY", 211, "USD"
    )  # fmt: skip
    spent = Transfer("out", _at(4), 0, "N", None, LineKind.CASH, 100, "USD", 100, "USD")
    sources = [Source("t1.0", "v", 1_000), Source("t2.0", "w", 500)]
    trace = _trace([*into, abroad, spent], sources, _known("M", "N"), rule=rule)
    assert sum(p.amount_minor for p in trace.positions) == 111
    assert sum(p.claim_minor for p in trace.positions) + sum(
        g.claim_minor for g in trace.gone
    ) == 1_500  # fmt: skip


def test_exposure_is_told_in_the_currency_of_the_loss_too() -> None:
    across = Transfer("x", _at(1), 0, "m", "abroad", LineKind.TRANSFER, 700, "CNY", 100, "USD")
    spent = Transfer("y", _at(2), 0, "abroad", None, LineKind.CASH, 30, "USD", 30, "USD")
    found = _trace(
        [_pay(0, ("v", "m"), 900), across, spent],
        [Source("t0.0", "V", 900)],
        _known("v", "m", "abroad"),
        rule=poison.trace,
    )
    assert {p.account: (p.amount_minor, p.claim_minor) for p in found.positions} == {
        "m": (900, 900), "abroad": (100, 700),
    }  # fmt: skip
    assert [(g.amount_minor, g.claim_minor) for g in found.gone] == [(30, 210)]


def test_order_decides_between_payments_of_one_instant() -> None:
    into, out = _pay(1, ("V", "M"), 10, order=1), _pay(1, ("M", "X"), 10, order=2)
    sources = [Source(into.id, "v", 10)]
    assert _held(_trace([out, into], sources, _known("M", "X"))) == {("X", "v"): 10}
    first = _pay(1, ("M", "X"), 10, order=0)
    assert _held(_trace([first, into], sources, _known("M", "X"))) == {("M", "v"): 10}


def test_what_happens_after_the_day_asked_for_has_not_happened() -> None:
    transfers = [_pay(1, ("V", "M"), 10), _pay(3, ("M", "X"), 10), _pay(5, ("W", "X"), 9)]
    sources = [Source("t1.0", "v", 10), Source("t5.0", "w", 9)]
    trace = _trace(transfers, sources, _known("M", "X"), as_of=_at(2))
    assert _held(trace) == {("M", "v"): 10}


def test_moving_money_within_one_account_changes_nothing() -> None:
    transfers = [_pay(1, ("V", "M"), 10), _pay(2, ("M", "M"), 10)]
    trace = _trace(transfers, [Source("t1.0", "v", 10)], _known("M"))
    assert _held(trace) == {("M", "v"): 10}
    assert len(trace.hops) == 1


@pytest.mark.parametrize(
    ("transfers", "source", "words"),
    [
        ([_pay(1, ("V", "M"), 10)], Source("t9", "v", 10), "t9: not there"),
        ([_pay(1, ("M", "M"), 10)], Source("t1.0", "v", 10), "moves nothing"),
        ([_pay(1, ("V", "M"), 10)] * 2, Source("t1.0", "v", 10), "given twice"),
    ],
)
def test_what_cannot_be_traced_is_refused(
    transfers: list[Transfer], source: Source, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        _trace(transfers, [source], [])


def test_an_account_in_two_currencies_is_refused() -> None:
    dollars = Transfer("usd", _at(2), 0, "M", "X", LineKind.TRANSFER, 1, "USD", 1, "USD")
    with pytest.raises(ValueError, match="each currency its own account"):
        _trace([_pay(1, ("V", "M"), 10), dollars], [], [])
