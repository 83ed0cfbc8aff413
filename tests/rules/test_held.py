"""A hold reserves its own money: worked by hand, amounts in whole units.

A line is `minute payer payee amount [claim]`; `hold ACCOUNT FIGURE` says what banks hold of it from
then on for this case, `other ACCOUNT FIGURE` for another; `open` lays an opening balance. A line
with `=` is all that a rule must find: `place claim amount`, where cash is a place too.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from models.facts import LineKind
from models.measures.held_over_time import Held
from recovery_flows.tracing.methods.catalogue import RuleName, trace_by
from recovery_flows.tracing.methods.two_parts import Among
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Trace, Transfer
from tests.rules.worlds import Case, cases, hour

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
EVERY = ("fifo", "lifo", "pro_rata", "libr", "tainted_first", "tiho")

GOLDEN = {
    "a second victim's money came after the stop and went on": """
        open M 50
        1 V M 100 v
        2 hold M 100
        3 W M 80 w
        4 M X 80
        = fifo      M v 100, M w 50, X w 30
        = lifo      M v 100, X w 80
        = pro_rata  M v 100, M w 31, X w 49
        = libr      M v 100, M w 50, X w 30
        = tainted_first  M v 100, X w 80""",
    "without the hold the first victim's money goes too": """
        open M 50
        1 V M 100 v
        3 W M 80 w
        4 M X 80
        = fifo      M v 70, M w 80, X v 30
        = libr      M v 70, M w 80, X v 30""",
    "the whole account was drained behind the hold": """
        1 V M 100 v
        2 hold M 100
        3 W M 80 w
        4 M cash 80
        = every     M v 100, cash w 80""",
    "a raised hold takes in what has come since": """
        1 V M 100 v
        2 hold M 100
        3 W M 80 w
        4 hold M 150
        5 M X 30
        = every     M v 100, M w 50, X w 30""",
    "what came after the hold was raised is free": """
        1 V M 100 v
        2 hold M 60
        3 W M 80 w
        4 hold M 180
        5 U M 10 u
        6 M X 10
        = every     M v 100, M w 80, X u 10""",
    "a part let go is the holder's own first": """
        open M 40
        1 V M 100 v
        2 hold M 140
        3 hold M 100
        4 M X 40
        = every     M v 100""",
    "a part let go of what is all stolen leaves by the rule": """
        1 V M 100 v
        2 W M 100 w
        3 hold M 200
        4 hold M 150
        5 M X 50
        = fifo      M v 50, M w 100, X v 50
        = lifo      M v 100, M w 50, X w 50
        = pro_rata  M v 75, M w 75, X v 25, X w 25
        = libr      M v 50, M w 100, X v 50
        = tainted_first  M v 50, M w 100, X v 50""",
    "two parts of one payment that are alike are two while holds rise and fall": """
        open M 5
        1 V M 100 v
        2 O M 80
        3 W M 1000 w
        4 U M 1000 u
        5 hold M 433
        6 hold M 1433
        7 hold M 1766
        8 hold M 1433
        9 hold M 1333
        10 hold M 333
        11 hold M 433
        = every     M v 100, M w 1000, M u 1000""",
    "a hold that lapsed keeps nothing": """
        1 V M 100 v
        2 hold M 100
        3 W M 80 w
        4 hold M 0
        5 M X 120
        = fifo      M w 60, X v 100, X w 20
        = lifo      M v 60, X v 40, X w 80
        = libr      M w 60, X v 100, X w 20""",
    "what left while it was held stays other money after a lapse": """
        1 V M 100 v
        2 hold M 100
        3 W M 80 w
        4 M X 80
        5 hold M 0
        6 M Y 100
        = every     X w 80, Y v 100""",
    "a partial hold keeps what the rule would let leave last": """
        1 V M 100 v
        2 W M 100 w
        3 hold M 120
        4 M X 80
        = fifo      M v 20, M w 100, X v 80
        = lifo      M v 100, M w 20, X w 80
        = pro_rata  M v 60, M w 60, X v 40, X w 40""",
    "another case's hold keeps what is not of this case first": """
        open M 100
        1 V M 100 v
        2 other M 100
        3 M X 60
        = every     M v 40, X v 60""",
    "another case's hold of more than that keeps this case's money too": """
        open M 30
        1 V M 100 v
        2 other M 90
        3 M X 40
        = every     M v 60, X v 40""",
    "two cases hold the account": """
        open M 100
        1 V M 100 v
        2 other M 100
        3 hold M 100
        4 W M 50 w
        5 M X 50
        = every     M v 100, X w 50""",
    "money stopped before its bank booked it is held from its booking on": """
        open M 20
        1 hold M 100
        2 V M 100 v
        3 M X 20
        = every     M v 100""",
    "what paid a debt of the account is not there to hold": """
        open M -30
        1 V M 100 v
        2 hold M 70
        3 W M 10 w
        4 M X 10
        = every     M v 70, X w 10, bank_debt v 30""",
}


def _cases() -> list[tuple[str, str, dict[tuple[str, str], int]]]:
    found = []
    for name, table in GOLDEN.items():
        for line in _lines(table):
            if line[0] != "=":
                continue
            parts = [part.split() for part in " ".join(line[2:]).split(",")]
            expected = {(place, claim): int(minor) for place, claim, minor in parts}
            found += [(name, r, expected) for r in (EVERY if line[1] == "every" else (line[1],))]
    return found


def _lines(table: str) -> list[list[str]]:
    return [line.split() for line in re.sub(r",\s*\n\s*", ", ", table).splitlines() if line.split()]


def _traced(table: str, rule: str) -> Trace:
    openings, transfers, sources, holds = [], [], [], []
    for line in _lines(table):
        if line[0] == "=":
            continue
        if line[0] == "open":
            openings.append(Opening(line[1], int(line[2]), Basis.KNOWN))
            continue
        at = START + timedelta(minutes=int(line[0]))
        if line[1] in ("hold", "other"):
            holds.append(Held(line[2], at, int(line[3]), is_ours=line[1] == "hold"))
            continue
        payer, payee, minor = line[1], line[2], int(line[3])
        kind = LineKind.CASH if payee == "cash" else LineKind.TRANSFER
        ends = payer, None if payee == "cash" else payee
        name = f"t{line[0]}"
        transfers.append(Transfer(name, at, 0, *ends, kind, minor, "CNY", minor, "CNY"))
        sources += [Source(name, claim, minor) for claim in line[4:]]
    coverage = [Coverage(account, START, END) for account in ("M", "X", "Y")]
    return trace_by(RuleName(rule), transfers, sources, openings, coverage, as_of=END, holds=holds)


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    _cases(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hold_reserves_its_own_money(
    name: str, rule: str, expected: dict[tuple[str, str], int]
) -> None:
    trace = _traced(GOLDEN[name], rule)
    assert _places(trace) == expected
    assert trace.shortages == ()


def _places(trace: Trace) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for position in trace.positions:
        found[position.account, position.claim_id] += position.amount_minor
    for gone in trace.gone:
        found[str(gone.kind), gone.claim_id] += gone.amount_minor
    return dict(found)


def test_what_leaves_beyond_the_rest_is_a_shortage_and_no_debt() -> None:
    # The bank keeps 100 and yet 30 more left than was free: nobody's money of this case, and the
    # next credit is not taken for a debt that the account does not have.
    table = "open M 0\n1 V M 100 v\n2 hold M 100\n3 M X 30\n4 W M 40 w"
    trace = _traced(table, "fifo")
    assert _places(trace) == {("M", "v"): 100, ("M", "w"): 40}
    assert [(s.account, s.transfer_id, s.minor) for s in trace.shortages] == [("M", "t3", 30)]


def test_a_hold_at_the_instant_of_a_payment_keeps_what_the_payment_left() -> None:
    table = "1 V M 100 v\n3 M X 30\n3 hold M 70"
    assert _places(_traced(table, "fifo")) == {("M", "v"): 70, ("X", "v"): 30}
    given_back = "1 V M 100 v\n2 hold M 100\n3 M X 30\n3 hold M 0"
    assert _places(_traced(given_back, "fifo")) == {("M", "v"): 70, ("X", "v"): 30}


def test_a_payment_seen_outside_the_statement_asks_for_none_where_all_stolen_money_is_held() -> (
    None
):
    rows = [
        Transfer("t1", hour(1), 0, "V", "M", LineKind.TRANSFER, 100, "CNY", 100, "CNY"),
        Transfer("t9", hour(9), 0, "M", "X", LineKind.TRANSFER, 10, "CNY", 10, "CNY"),
    ]
    told = [Coverage("M", hour(0), hour(5)), Coverage("X", hour(0), hour(20))]
    held = Held("M", hour(2), 100, is_ours=True)

    def frontier(*holds: Held) -> frozenset[str]:
        sources = [Source("t1", "v", 100)]
        return trace_by(
            RuleName.FIFO, rows, sources, [], told, as_of=hour(30), holds=holds
        ).frontier

    assert frontier() == {"M"}
    assert frontier(held) == frozenset()
    assert frontier(held, Held("M", hour(8), 50, is_ours=True)) == {"M"}


FIGURES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 14), st.integers(0, 20), st.booleans()),
    max_size=6,
)


@pytest.mark.parametrize("rule", [r for r in RuleName if r is not RuleName.POISON])
@settings(max_examples=120)
@given(case=cases(), drawn=FIGURES)
def test_holds_lose_and_make_no_money_and_keep_what_was_there(
    rule: RuleName, case: Case, drawn: list[tuple[str, int, int, bool]]
) -> None:
    holds = [Held(account, hour(at), minor, is_ours=ours) for account, at, minor, ours in drawn]
    trace = _trace(rule, case, holds)  # conserved, or it raises
    for held in holds:
        later = [h for h in holds if h.account == held.account and h.at >= held.at and h != held]
        if not held.is_ours or later or held.at > case.as_of:
            continue
        there = min(held.minor, _stolen(_trace(rule, case, holds, held.at), held.account))
        # Shares are rounded once per claim, so that each of three may be a unit apart.
        slack = 3 if rule is RuleName.PRO_RATA else 0
        assert _stolen(trace, held.account) >= there - slack


def _trace(rule: RuleName, case: Case, holds: list[Held], upto: datetime | None = None) -> Trace:
    return trace_by(
        rule, case.transfers, case.sources, case.openings, case.coverage,
        as_of=upto or case.as_of, holds=holds, among=Among.FIFO,
    )  # fmt: skip


def _stolen(trace: Trace, account: str) -> int:
    return sum(p.amount_minor for p in trace.positions if p.account == account)
