"""Worked examples from cases, papers and course notes; amounts are in hundredths.

A line is `payer payee amount [claim]`, `-` is nobody; `open` lays an opening balance. A line with
`=` is all that a rule must find: `place claim amount`, where cash is a place too.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from models.facts import LineKind
from recovery_flows.tracing.methods.catalogue import RuleName, trace_by
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Trace, Transfer

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

GOLDEN = {
    "T1 three stolen then seven clean, five paid": """
        V M 300 v
        - M 700
        M X 500
        = fifo      X v 300
        = lifo      M v 300
        = pro_rata  M v 150, X v 150
        = libr      M v 300
        = tainted_first  X v 300
        = poison    M v 1000, X v 500""",
    "T2 Roscoe v Winder, the lowest balance": """
        V M 45500 v
        M cash 43000
        - M 33300
        = fifo      M v 2500, cash v 43000
        = lifo      M v 2500, cash v 43000
        = pro_rata  M v 2500, cash v 43000
        = libr      M v 2500, cash v 43000
        = tainted_first  M v 2500, cash v 43000""",
    "T3 a loss borne by two victims": """
        A M 100000 a
        B M 200000 b
        M cash 60000
        = fifo      M a 40000, M b 200000, cash a 60000
        = lifo      M a 100000, M b 140000, cash b 60000
        = pro_rata  M a 80000, M b 160000, cash a 20000, cash b 40000
        = libr      M a 40000, M b 200000, cash a 60000""",
    # Published: 0.243902 and 9.756098 for w and for x; whole units must sum to what each lost.
    "T4 the end of follow-the-money's account, in millionths: five left when a lot came in": """
        D M 20000000 d
        M cash 15000000
        E M 200000000 e
        M bill 180000000
        M w 10000000
        M x 10000000
        M y 5000000
        = lifo      cash d 15000000, bill e 180000000, w e 10000000, x e 10000000, y d 5000000
        = pro_rata  cash d 15000000, bill d 4390244, bill e 175609756, w d 243903, w e 9756098,
                    x d 243902, x e 9756097, y d 121951, y e 4878049""",
    "T5 follow-the-money's network": """
        A B 400000 p1
        B cash 350000
        A C 200000 p3
        C E 100000
        A B 50000 p5
        B D 50000
        C D 100000
        D r8 150000
        E r9 10000
        B r10 50000
        E r11 90000
        = fifo      cash p1 350000, r8 p1 50000, r8 p3 100000, r10 p5 50000, r9 p3 10000,
                    r11 p3 90000
        = lifo      cash p1 350000, r8 p5 50000, r8 p3 100000, r10 p1 50000, r9 p3 10000,
                    r11 p3 90000
        = pro_rata  cash p1 350000, r8 p1 25000, r8 p5 25000, r8 p3 100000, r10 p1 25000,
                    r10 p5 25000, r9 p3 10000, r11 p3 90000""",
    "T7 a withdrawal before the second victim": """
        A M 10000 a
        M cash 5000
        B M 10000 b
        = fifo      M a 5000, M b 10000, cash a 5000
        = lifo      M a 5000, M b 10000, cash a 5000
        = pro_rata  M a 5000, M b 10000, cash a 5000""",
    "T8 the opening decides": """
        open M 10000
        V M 10000 v
        M X 6000
        M Y 6000
        = fifo      M v 8000, Y v 2000
        = lifo      X v 6000, Y v 4000
        = pro_rata  M v 4000, X v 3000, Y v 3000
        = libr      M v 8000, Y v 2000
        = tainted_first  X v 6000, Y v 4000""",
    "T8 opening zero": """
        V M 10000 v
        M X 6000
        M Y 6000
        = fifo      X v 6000, Y v 4000
        = lifo      X v 6000, Y v 4000
        = pro_rata  X v 6000, Y v 4000""",
    "G1c Paul, Michael and Karen": """
        P M 1000 paul
        Q M 1000 michael
        M cash 1000
        R M 1000 karen
        M cash 1000
        = fifo      M karen 1000, cash paul 1000, cash michael 1000
        = lifo      M paul 1000, cash michael 1000, cash karen 1000
        = pro_rata  M paul 250, M michael 250, M karen 500, \
                    cash paul 750, cash michael 750, cash karen 500""",
    "G4 shares bought from what is left": """
        W M 3000000 w
        B M 2000000 b
        M cash 1000000
        M S 4000000
        = fifo      S w 2000000, S b 2000000, cash w 1000000
        = libr      S w 2000000, S b 2000000, cash w 1000000""",
    "G6 the lowest balance stays above the trust money": """
        open M 500000
        V M 1000000 v
        M cash 500000
        = libr      M v 1000000""",
    "G6 the lowest balance is seven thousand": """
        open M 500000
        V M 1000000 v
        M cash 800000
        - M 900000
        = libr      M v 700000, cash v 300000""",
    "G7 a house bought with own money first": """
        open M 3000000
        V M 50000000 v
        M H 20000000
        = libr      M v 33000000, H v 17000000""",
    "G12 two stolen and three clean": """
        V M 20 v
        - M 30
        M X 50
        = poison    M v 50, X v 50
        = pro_rata  X v 20""",
    "G10 outputs of four and six": """
        V M 300 v
        - M 700
        M X 400
        M Y 600
        = fifo      X v 300""",
    "G11 the third, fourth and fifth coin": """
        - M 2
        V M 3 v
        - M 5
        M A1 1
        M A2 1
        M A3 1
        M A4 1
        M A5 1
        M A6 1
        M A7 1
        M A8 1
        M A9 1
        M A10 1
        = fifo      A3 v 1, A4 v 1, A5 v 1""",
    "G13 Peter and Lisa": """
        P M 10000 peter
        L M 10000 lisa
        M cash 10000
        = fifo      M lisa 10000, cash peter 10000
        = lifo      M peter 10000, cash lisa 10000
        = pro_rata  M peter 5000, M lisa 5000, cash peter 5000, cash lisa 5000""",
}


def _cases() -> list[tuple[str, str, dict[tuple[str, str], int]]]:
    cases = []
    for name, table in GOLDEN.items():
        for line in _joined(table).splitlines():
            if line.strip().startswith("="):
                _, rule, found = line.split(maxsplit=2)
                parts = [part.split() for part in found.split(",")]
                cases.append((name, rule, {(p, c): int(amount) for p, c, amount in parts}))
    return cases


def _joined(table: str) -> str:
    """A line that ends with a comma goes on in the next."""
    return re.sub(r",\s*\n\s*", ", ", table)


def _traced(table: str, rule: str) -> Trace:
    lines = [
        line.split() for line in _joined(table).splitlines() if line.strip() and "=" not in line
    ]
    opened = [line for line in lines if line[0] == "open"]
    openings = [Opening(account, int(minor), Basis.KNOWN) for _, account, minor in opened]
    payments = [line for line in lines if line[0] != "open"]
    transfers, sources = [], []
    for number, (payer, payee, amount, *claim) in enumerate(payments):
        kind = LineKind.CASH if payee == "cash" else LineKind.TRANSFER
        ends = (None if payer == "-" else payer, None if payee == "cash" else payee)
        minor, at = int(amount), START + timedelta(minutes=number)
        transfers.append(Transfer(f"t{number}", at, 0, *ends, kind, minor, "GBP", minor, "GBP"))
        sources += [Source(f"t{number}", claim_id, minor) for claim_id in claim]
    payees = {t.payee for t in transfers if t.payee}
    coverage = [Coverage(account, START, END) for account in payees]
    return trace_by(RuleName(rule), transfers, sources, openings, coverage, as_of=END)


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    _cases(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rule_reproduces_the_worked_example(
    name: str, rule: str, expected: dict[tuple[str, str], int]
) -> None:
    trace = _traced(GOLDEN[name], rule)
    found: Counter[tuple[str, str]] = Counter()
    for position in trace.positions:
        found[position.account, position.claim_id] += position.amount_minor
    for gone in trace.gone:
        found[gone.kind, gone.claim_id] += gone.amount_minor
    assert dict(found) == expected


def test_a_shortage_with_nothing_known_before_is_reported() -> None:
    trace = _traced(GOLDEN["T8 opening zero"], "fifo")
    assert [(s.account, s.transfer_id, s.minor) for s in trace.shortages] == [("M", "t2", 2000)]
    assert not _traced(GOLDEN["T8 the opening decides"], "fifo").shortages
