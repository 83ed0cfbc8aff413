"""Published divisions to the smallest unit: a table a source, each row one claim.

Columns: claimant, loss, compensated, withdrawn, day of the payment, share. Whole units stand for
units with two decimals. `D` marks what the source does not print and this project derived from it.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from config.regimes import read_regime
from models.money import Money
from recovery_flows.law.regime import load_regime
from recovery_flows.law.rows import Limit
from recovery_flows.law.terms import due_at
from recovery_flows.restitution.explanation import percent
from recovery_flows.restitution.methods.catalogue import Division, RuleName, divide
from recovery_flows.restitution.methods.stakes import Stake

# Each: source; rule, pool, residue; rows.
TABLES = {
    "SEC v Huber 702 F.3d 903, as restated in Securities Law Prof Blog, 30 Nov 2012: net loss": """
        net-loss 60000 0
        A 150000 0 60000 1 15000
        B 150000 0 30000 2 20000
        C 150000 0 0     3 25000
    """,
    "SEC v Huber, the same: rising tide": """
        rising-tide 60000 0
        A 150000 0 60000 1 0
        B 150000 0 30000 2 15000
        C 150000 0 0     3 45000
    """,
    "Pride of Austin receivership, interim distribution FAQ 1, 2, 4: tide at 51.64 % (sum D)": """
        rising-tide 31640 0
        in-question   100000 0 20000 1 31640
        at-the-level  100000 0 51640 2 0
    """,
    "Madoff trustee, Ask the Trustee 200: first round of 4.6 % beside an advance": """
        admitted-claim 36800 0
        customer 800000 500000 0 1 36800
    """,
    "Madoff, second round of 33.556 % (ETF Express, 24 Sep 2012): the surplus is SIPC's (D)": """
        admitted-claim 268448 5248
        customer 800000 536800 0 1 263200
    """,
    "Ponzitracker on Madoff: 4.1 % of 550,000 is 22,550 (the source prints 22,500)": """
        admitted-claim 22550 0
        customer 550000 500000 0 1 22550
    """,
    "Grier Law, Ponzi receivership explainer: dividends are no loss": """
        net-loss 4000 0
        investor 5000 0 1000 1 4000
    """,
    "CCWB v Milligan, 112 F.4th 171: withdrawn and paid in again counts as received (sums D)": """
        rising-tide 50 0
        rolled-over 150 0 50 1 25
        never-out   50  0 0  2 25
    """,
    "two claims and more than both lost (D)": """
        pro-rata 400000 200000
        a 100000 0 0 1 100000
        b 100000 0 0 2 100000
    """,
    "Todd on pari passu: Paul, Michael and Karen": """
        pari-passu 10 0
        paul    10 0 0 1 3.34
        michael 10 0 0 2 3.33
        karen   10 0 0 3 3.33
    """,
    "the same three by the first payment (D)": """
        fifo 10 0
        paul    10 0 0 1 0
        michael 10 0 0 2 0
        karen   10 0 0 3 10
    """,
    "the same three by the last payment (D)": """
        lifo 10 0
        paul    10 0 0 1 10
        michael 10 0 0 2 0
        karen   10 0 0 3 0
    """,
    "G4: 50,000 paid in by two, 10,000 dissipated first in, first out": """
        fifo 40000 0
        W 30000 0 0 1 20000
        B 20000 0 0 2 20000
    """,
    "G13: Peter's money is spent first in, first out": """
        fifo 100 0
        peter 100 0 0 1 0
        lisa  100 0 0 2 100
    """,
    "G13: Lisa's money is spent last in, first out": """
        lifo 100 0
        peter 100 0 0 1 100
        lisa  100 0 0 2 0
    """,
    "G16: the tide at 30 %": """
        rising-tide 4000 0
        A 10000 0 0    1 3000
        B 10000 0 2000 2 1000
    """,
    "G16: the same by net loss (D)": """
        net-loss 4000 0
        A 10000 0 0    1 2222.22
        B 10000 0 2000 2 1777.78
    """,
    "G19: China art 8(3), one compensated (D)": """
        pro-rata 100000 0
        first  90000 0     0 1 47368.42
        second 60000 0     0 2 31578.95
        third  50000 10000 0 3 21052.63
    """,
    "China art 8(3): 60,000 frozen for 100,000 lost": """
        pro-rata 60000 0
        a 50000 0 0 1 30000
        b 30000 0 0 2 18000
        c 20000 0 0 3 12000
    """,
    "China art 8(3): three equal losses, the odd cent to the earliest": """
        pro-rata 100 0
        a 500 0 0 1 33.34
        b 500 0 0 2 33.33
        c 500 0 0 3 33.33
    """,
    "pari passu: what one who is compensated does not need goes to the others (D)": """
        pari-passu 100 0
        a 100 90 0 1 10
        b 100 0  0 2 45
        c 100 0  0 3 45
    """,
    "payments of one instant share by net loss, whatever came later is first (D)": """
        fifo 100 0
        early 50 0 0 1 0
        twin1 60 0 0 2 30
        twin2 40 0 0 2 20
        late  50 0 0 3 50
    """,
}


def _minor(text: str) -> int:
    return Money.parse(text, "USD").minor


def _divided(table: str) -> tuple[Division, dict[str, int], int]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    stakes = [
        Stake(name, start + timedelta(days=int(day)), *map(_minor, (loss, compensated, withdrawn)))
        for name, loss, compensated, withdrawn, day, _ in rows
    ]
    division = divide(RuleName(head[0]), _minor(head[1]), "USD", stakes)
    return division, {row[0]: _minor(row[5]) for row in rows}, _minor(head[2])


@pytest.mark.parametrize("source", TABLES)
def test_a_published_division_comes_out_to_the_cent(source: str) -> None:
    division, shares, residue = _divided(TABLES[source])
    found = {s.claim_id: p for s, p in zip(division.stakes, division.parts.minor, strict=True)}
    assert (found, division.residue_minor) == (shares, residue)


def test_the_tide_of_huber_rises_to_thirty_per_cent_and_that_of_austin_to_51_64() -> None:
    levels = [
        division.parts.level
        for division, _, _ in map(_divided, TABLES.values())
        if division.rule.name is RuleName.RISING_TIDE
    ]
    assert levels[:2] == [Fraction(30, 100), Fraction(5164, 10_000)]


def test_the_rounds_of_madoff_leave_what_the_trustee_says() -> None:
    first, _, _ = _divided(
        TABLES["Madoff trustee, Ask the Trustee 200: first round of 4.6 % beside an advance"]
    )
    (stake,), (share,) = first.stakes, first.parts.minor
    assert stake.compensated_minor + share == _minor("536800")
    assert stake.net_minor - share == _minor("263200")


@pytest.mark.parametrize(
    ("limit", "start", "last_day", "source"),
    [
        ("90d", "2026-01-10", "2026-04-10", "India, SOP of 2 Jan 2026: a hold without an order"),
        ("7d", "2026-02-02", "2026-02-09", "Brazil, MED 2.0: a contest is judged"),
        ("11d", "2026-02-02", "2026-02-13", "Brazil, MED 2.0: the money is back"),
        ("30d", "2026-03-02", "2026-04-01", "China, notice of a pro rata return"),
        ("3wd", "2026-04-11", "2026-04-15", "China, a bank that was told to pay on a Saturday"),
    ],
)
def test_a_published_term_ends_with_its_last_day(
    limit: str, start: str, last_day: str, source: str
) -> None:
    law = load_regime(read_regime("CN"))
    begun = datetime.fromisoformat(f"{start}T04:00:00+00:00")
    ended = due_at(Limit.parse(limit), begun, law)
    assert (ended + timedelta(hours=8)).date().isoformat() == _day_after(last_day), source


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def test_a_later_deposit_bears_nothing_of_what_left_before_it_first_in_first_out() -> None:
    # Caron v Jahani (No 2) [2020] NSWCA 117: 60,000 was drawn before the later deposits.
    table = """
        fifo 100000 0
        before 80000 0 0 1 20000
        after  80000 0 0 2 80000
    """
    division, shares, _ = _divided(table)
    assert list(division.parts.minor) == list(shares.values())
    even, _, _ = _divided(table.replace("fifo", "pari-passu"))
    assert even.parts.minor == (_minor("50000"), _minor("50000"))


@pytest.mark.parametrize(
    ("part", "told", "source"),
    [
        (Fraction(70, 296), "23.65 %", "Huber: 7 m of 22.6 + 7 m, 'roughly 24 percent'"),
        (Fraction(70452 + 265, 100_000), "70.72 %", "Madoff: 13 rounds and the 14th, Feb 2023"),
        (Fraction(9371 - 271, 10_000), "91.00 %", "Madoff Victim Fund, before round 10"),
        (Fraction(6685 + 680, 10_000), "73.65 %", "Madoff Victim Fund, after round 5"),
        (Fraction(2384, 44_697), "5.33 %", "Woodbridge: reserve of the first distribution (D)"),
        (Fraction(167, 7_647), "2.18 %", "India 2021 to 2025: returned of held"),
        (Fraction(65, 780), "8.33 %", "Madoff Victim Fund: admitted of claimed value (D)"),
    ],
)
def test_a_published_percentage_is_that_of_its_figures(
    part: Fraction, told: str, source: str
) -> None:
    assert percent(part) == told, source
