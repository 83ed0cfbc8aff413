"""Sums that must hold for any payments, and an oracle that moves single pennies."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from models.facts import LineKind
from recovery_flows.tracing.methods.opening import openings_for
from recovery_flows.tracing.methods.rules import (
    fifo,
    libr,
    libr_pro_rata,
    lifo,
    pro_rata,
    tainted_first,
    tiho,
)
from recovery_flows.tracing.methods.types import (
    Basis,
    Conflict,
    Coverage,
    Dissipated,
    Opening,
    Position,
    Source,
    TraceRule,
    Transfer,
)

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ACCOUNTS = ("A", "B", "C", "D", "E")
CURRENCY = {"A": "CNY", "B": "CNY", "C": "CNY", "D": "USD", "E": "USD"}
EVERY_RULE = pytest.mark.parametrize(
    "rule",
    [fifo.trace, lifo.trace, pro_rata.trace, libr.trace, tainted_first.trace, tiho.trace,
     libr_pro_rata.trace],
)  # fmt: skip

NAMES = st.sampled_from([*ACCOUNTS, None])
KINDS = st.sampled_from([LineKind.TRANSFER] * 4 + [LineKind.CASH, LineKind.FEE])
ROWS = st.lists(st.tuples(NAMES, NAMES, KINDS, st.integers(1, 60), st.integers(0, 60)), max_size=40)
COVERED = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.integers(0, 20), st.integers(0, 40)), max_size=8
)
OPENED = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.integers(-40, 80), st.sampled_from(Basis)),
    max_size=5,
    unique_by=lambda opening: opening[0],
)


def _transfer(
    number: int, payer: str | None, payee: str | None, kind: LineKind, debit: int, credit: int
) -> Transfer:
    debit_currency = CURRENCY.get(payer or "", "CNY")
    credit_currency = CURRENCY.get(payee or "", debit_currency)
    credit = debit if debit_currency == credit_currency else credit
    at = START + timedelta(minutes=number // 3)
    return Transfer(
        f"t{number}", at, number, payer, payee, kind, debit, debit_currency, credit, credit_currency
    )


def _sources(transfers: Sequence[Transfer], share: int) -> list[Source]:
    able = [t for t in transfers if t.payer != t.payee]
    return [
        Source(t.id, f"v{number % 3}", 7 * t.debit_minor + number)
        for number, t in enumerate(able)
        if number % 5 < share
    ]


@EVERY_RULE
@given(rows=ROWS, covered=COVERED, opened=OPENED, share=st.integers(0, 5))
@settings(max_examples=80)
def test_no_claim_loses_or_gains_a_cent_in_two_currencies(
    rule: TraceRule,
    rows: list[tuple[str | None, str | None, LineKind, int, int]],
    covered: list[tuple[str, int, int]],
    opened: list[tuple[str, int, Basis]],
    share: int,
) -> None:
    transfers = [_transfer(number, *row) for number, row in enumerate(rows)]
    sources = _sources(transfers, share)
    minute = timedelta(minutes=1)
    coverage = [Coverage(a, START + f * minute, START + (f + n) * minute) for a, f, n in covered]
    openings = [Opening(*opening) for opening in opened]
    trace = rule(transfers, sources, openings, coverage, as_of=END)
    found: Counter[str] = Counter()
    parts: list[Position | Dissipated | Conflict] = [
        *trace.positions,
        *trace.gone,
        *trace.conflicts,
    ]
    for part in parts:
        found[part.claim_id] += part.claim_minor
        assert part.amount_minor >= 0 <= part.claim_minor
    for source in sources:
        found[source.claim_id] -= source.claim_minor
    assert not any(found.values())
    assert trace.frontier <= {position.account for position in trace.positions}
    shuffled = random.Random(1).sample(transfers, len(transfers))  # noqa: S311
    again = rule(shuffled, sources, openings, coverage[::-1], as_of=END)
    assert again == trace


def _penny_by_penny(
    transfers: Sequence[Transfer], claim_of: dict[str, str], *, newest_first: bool
) -> Counter[tuple[str, str]]:
    """Each account is a list of pennies, each penny knows its owner; nothing is clever here."""
    pennies: defaultdict[str | None, list[str | None]] = defaultdict(list)
    for t in transfers:
        if t.payer == t.payee:
            continue
        have = pennies[t.payer] if t.payer else []
        cut = min(t.debit_minor, len(have))
        if newest_first:
            moved, kept = have[len(have) - cut :], have[: len(have) - cut]
        else:
            moved, kept = have[:cut], have[cut:]
        pennies[t.payer] = kept
        moved = moved + [None] * (t.debit_minor - len(moved))
        if t.id in claim_of:
            moved = [claim_of[t.id] if penny is None else penny for penny in moved]
        ends = t.kind is not LineKind.TRANSFER or t.payee is None
        pennies[t.payee] += [None] * len(moved) if ends else moved
    return Counter(
        (account, penny)
        for account, owned in pennies.items()
        for penny in owned
        if account and penny
    )


@pytest.mark.parametrize(("rule", "newest_first"), [(fifo.trace, False), (lifo.trace, True)])
@given(rows=ROWS, share=st.integers(1, 3))
@settings(max_examples=100)
def test_lots_agree_with_moving_single_pennies(
    rule: TraceRule,
    newest_first: bool,  # noqa: FBT001
    rows: list[tuple[str | None, str | None, LineKind, int, int]],
    share: int,
) -> None:
    one_currency = {"A": "A", "B": "B", "C": "C", "D": "A", "E": "B", None: None}
    transfers = [
        _transfer(number, one_currency[payer], one_currency[payee], kind, debit, debit)
        for number, (payer, payee, kind, debit, _) in enumerate(rows)
    ]
    able = [t for t in transfers if t.payer != t.payee]
    claim_of = {t.id: f"v{n % 3}" for n, t in enumerate(able) if n % 5 < share}
    minor = {t.id: t.debit_minor for t in transfers}
    sources = [
        Source(transfer_id, claim, minor[transfer_id]) for transfer_id, claim in claim_of.items()
    ]
    coverage = [Coverage(account, START, END) for account in "ABC"]
    trace = rule(transfers, sources, [], coverage, as_of=END)
    found: Counter[tuple[str, str]] = Counter()
    for position in trace.positions:
        assert position.amount_minor == position.claim_minor
        found[position.account, position.claim_id] += position.amount_minor
    assert found == _penny_by_penny(transfers, claim_of, newest_first=newest_first)


@given(rows=ROWS)
@settings(max_examples=60)
def test_the_inferred_opening_is_the_least_that_leaves_no_shortage(
    rows: list[tuple[str | None, str | None, LineKind, int, int]],
) -> None:
    transfers = [_transfer(number, *row) for number, row in enumerate(rows)]
    coverage = [Coverage(account, START, END) for account in ACCOUNTS]
    openings = openings_for(transfers, {}, coverage)
    assert not fifo.trace(transfers, [], openings, coverage, as_of=END).shortages
    for number, opening in enumerate(openings):
        if opening.minor:
            less = Opening(opening.account, opening.minor - 1, opening.basis)
            poorer = [*openings[:number], less, *openings[number + 1 :]]
            assert fifo.trace(transfers, [], poorer, coverage, as_of=END).shortages
