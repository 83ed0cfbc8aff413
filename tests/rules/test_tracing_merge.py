"""Statements of several banks become payments, each once, in an order no bank contradicts."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st

from models.facts import Direction, LineKind
from recovery_flows.tracing.methods.merge import AccountLine, merge_lines, transfers_from_lines
from recovery_flows.tracing.methods.rules import fifo
from recovery_flows.tracing.methods.types import Coverage, Source, Transfer

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def _line(
    account: str,
    sign: str,
    counter: str | None,
    minor: int,
    *,
    minute: int = 0,
    seq: int = 1,
    reference: str = "",
    currency: str = "CNY",
    told: tuple[int, str] | None = None,
    kind: LineKind = LineKind.TRANSFER,
) -> AccountLine:
    return AccountLine(
        account=account,
        counter_account=counter,
        seq=seq,
        booked_at=START + timedelta(minutes=minute),
        direction=Direction.DEBIT if sign == "-" else Direction.CREDIT,
        amount_minor=minor,
        currency=currency,
        counter_minor=told[0] if told else None,
        counter_currency=told[1] if told else None,
        kind=kind,
        end_to_end_id=reference,
    )


def _ends(transfers: Sequence[Transfer]) -> list[tuple[str | None, str | None, int]]:
    return [(t.payer, t.payee, t.debit_minor) for t in transfers]


def test_a_payment_in_both_statements_is_one_transfer_by_its_reference() -> None:
    merged = merge_lines(
        [
            _line("A", "-", "B", 10, reference="E1"),
            _line("B", "+", None, 10, minute=90, reference="E1"),
        ]
    )
    assert _ends(merged.transfers) == [("A", "B", 10)]
    assert merged.transfer_ids == (merged.transfers[0].id,) * 2


def test_without_a_reference_accounts_amount_and_time_tell() -> None:
    lines = [_line("A", "-", "B", 10), _line("B", "+", "A", 10, minute=3)]
    assert len(transfers_from_lines(lines)) == 1
    apart = [_line("A", "-", "B", 10), _line("B", "+", "A", 10, minute=3_000)]
    assert len(transfers_from_lines(apart)) == 2


def test_identical_twins_stay_two() -> None:
    debits = [_line("A", "-", "B", 10, seq=1), _line("A", "-", "B", 10, seq=2)]
    credits_ = [_line("B", "+", "A", 10, seq=1), _line("B", "+", "A", 10, seq=2)]
    transfers = transfers_from_lines([*debits, *credits_])
    assert _ends(transfers) == [("A", "B", 10)] * 2
    assert transfers[0].id != transfers[1].id


def test_a_returned_payment_with_the_same_reference_is_another_payment() -> None:
    lines = [
        _line("A", "-", "B", 10, minute=1, seq=1, reference="E1"),
        _line("A", "+", "B", 10, minute=5, seq=2, reference="E1"),
        _line("B", "+", "A", 10, minute=1, seq=1, reference="E1"),
        _line("B", "-", "A", 10, minute=5, seq=2, reference="E1"),
    ]
    assert _ends(transfers_from_lines(lines)) == [("A", "B", 10), ("B", "A", 10)]
    one_bank = [
        _line("A", "-", None, 10, reference="E1"),
        _line("A", "+", None, 10, reference="E1"),
    ]
    assert len(transfers_from_lines(one_bank)) == 2


def test_two_references_are_two_payments_even_when_all_else_is_alike() -> None:
    lines = [_line("A", "-", "B", 10, reference="E1"), _line("B", "+", "A", 10, reference="E2")]
    assert len(transfers_from_lines(lines)) == 2


def test_a_payment_one_side_shows_is_a_payment() -> None:
    lines = [
        _line("A", "-", "X", 4, seq=1),
        _line("A", "+", "V", 9, seq=2),
        _line("A", "-", None, 3, seq=3, kind=LineKind.CASH),
    ]
    transfers = transfers_from_lines(lines)
    assert _ends(transfers) == [("A", "X", 4), ("V", "A", 9), ("A", None, 3)]
    assert transfers[2].kind is LineKind.CASH


def test_a_payment_across_currencies_is_found_by_the_told_amount_or_by_the_accounts() -> None:
    told = [
        _line("A", "-", "B", 700, told=(100, "USD")),
        _line("B", "+", "A", 100, currency="USD"),
    ]
    untold = [_line("A", "-", "B", 700), _line("B", "+", "A", 100, currency="USD", minute=9)]
    for lines in (told, untold):
        (transfer,) = transfers_from_lines(lines)
        assert (transfer.debit_minor, transfer.debit_currency) == (700, "CNY")
        assert (transfer.credit_minor, transfer.credit_currency) == (100, "USD")
    (one_sided,) = transfers_from_lines(told[:1])
    assert (one_sided.credit_minor, one_sided.credit_currency) == (100, "USD")


def test_each_banks_own_order_is_kept_even_where_their_clocks_disagree() -> None:
    # B books A's early payment late, after it was paid by C: B's list says C came first.
    lines = [
        _line("A", "-", "B", 10, minute=1, seq=1, reference="slow"),
        _line("A", "-", "D", 5, minute=2, seq=2),
        _line("B", "+", "C", 7, minute=3, seq=1),
        _line("B", "+", "A", 10, minute=4, seq=2, reference="slow"),
    ]
    transfers = transfers_from_lines(lines)
    assert _ends(transfers) == [("C", "B", 7), ("A", "B", 10), ("A", "D", 5)]
    assert [t.at for t in transfers] == sorted(t.at for t in transfers)


def test_lists_that_contradict_each_other_still_give_every_payment_once() -> None:
    lines = [
        _line("A", "-", "B", 10, minute=1, seq=1, reference="x"),
        _line("A", "-", "B", 11, minute=2, seq=2, reference="y"),
        _line("B", "+", "A", 11, minute=1, seq=1, reference="y"),
        _line("B", "+", "A", 10, minute=2, seq=2, reference="x"),
    ]
    assert Counter(_ends(transfers_from_lines(lines))) == {("A", "B", 10): 1, ("A", "B", 11): 1}


PAYMENTS = st.lists(
    st.tuples(
        st.sampled_from("ABCDV"), st.sampled_from("ABCDX"), st.integers(1, 4), st.booleans(),
        st.integers(0, 2),
    ),
    max_size=30,
)  # fmt: skip


def _statements(payments: list[tuple[str, str, int, bool, int]]) -> list[AccountLine]:
    """What the banks of A to D show of the payments."""
    lines: list[AccountLine] = []
    minute = 0
    for number, (payer, payee, minor, referenced, pause) in enumerate(payments):
        minute += pause
        reference = f"E{number}" if referenced else ""
        for account, sign, counter in ((payer, "-", payee), (payee, "+", payer)):
            if account in "ABCD":
                lines.append(
                    _line(account, sign, counter, minor, minute=minute, seq=number,
                          reference=reference)
                )  # fmt: skip
    return lines


def _traced(transfers: Sequence[Transfer]) -> Counter[str]:
    sources = [Source(t.id, "v", t.debit_minor) for t in transfers if t.payer == "V"]
    coverage = [Coverage(account, START, END) for account in "ABCD"]
    positions = fifo.trace(transfers, sources, [], coverage, as_of=END).positions
    held: Counter[str] = Counter()
    for position in positions:
        held[position.account] += position.amount_minor
    return held


@given(payments=PAYMENTS, dice=st.randoms())
@settings(max_examples=150)
def test_statements_of_any_payments_give_those_payments_and_their_trace_back(
    payments: list[tuple[str, str, int, bool, int]], dice: random.Random
) -> None:
    payments = [p for p in payments if p[0] != p[1] and (p[0] != "V" or p[1] != "X")]
    truth = [(payer, payee, minor) for payer, payee, minor, *_ in payments]
    lines = _statements(payments)
    merged = merge_lines(dice.sample(lines, len(lines)))
    assert merged.transfers == merge_lines(lines).transfers
    assert Counter(_ends(merged.transfers)) == Counter(truth)
    for account in "ABCD":
        own = [t for t in _ends(merged.transfers) if account in t]
        assert own == [t for t in truth if account in t]
    straight = [
        Transfer(f"s{n}", START, n, a, b, LineKind.TRANSFER, minor, "CNY", minor, "CNY")
        for n, (a, b, minor) in enumerate(truth)
    ]
    assert _traced(merged.transfers) == _traced(straight)
