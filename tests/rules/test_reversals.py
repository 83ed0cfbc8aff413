"""A payment taken back: its own money returns to its old place, the rest leaves by the rule."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from models.facts import LineKind
from recovery_flows.tracing.methods import poison
from recovery_flows.tracing.methods.rules import fifo, libr, lifo, pro_rata, tainted_first
from recovery_flows.tracing.methods.types import (
    Basis,
    Coverage,
    Dissipated,
    Opening,
    Source,
    Trace,
    TraceRule,
    Transfer,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)
CONSERVING = [fifo.trace, lifo.trace, pro_rata.trace, libr.trace, tainted_first.trace]


def rows(table: str) -> list[Transfer]:
    """`id payer payee amount [kind] [takes back]`; `-` is outside or out of sight."""
    found = []
    for minute, line in enumerate(filter(None, map(str.strip, table.splitlines()))):
        name, payer, payee, amount, *rest = line.split()
        kind = LineKind(rest[0]) if rest and not rest[0].startswith("^") else LineKind.TRANSFER
        back = rest[-1][1:] if rest and rest[-1].startswith("^") else ""
        ends = [None if end == "-" else end for end in (payer, payee)]
        found.append(
            Transfer(
                name, START + timedelta(minutes=minute), minute, *ends, kind,
                int(amount), "CNY", int(amount), "CNY", back,
            )
        )  # fmt: skip
    return found


def trace(
    rule: TraceRule, table: str | list[Transfer], stolen: str, opening: dict[str, int] | None = None
) -> Trace:
    transfers = rows(table) if isinstance(table, str) else table
    by_id = {t.id: t for t in transfers}
    sources = [Source(name, f"V{name}", by_id[name].debit_minor) for name in stolen.split()]
    ends = {end for t in transfers for end in (t.payer, t.payee) if end is not None}
    return rule(
        transfers,
        sources,
        [Opening(account, minor, Basis.KNOWN) for account, minor in (opening or {}).items()],
        [Coverage(end, START, END) for end in ends],
        as_of=END,
    )


def held(found: Trace) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for position in found.positions:
        sums[f"{position.account}:{position.claim_id}"] += position.amount_minor
    return {name: minor for name, minor in sums.items() if minor}


def test_what_comes_back_has_its_old_place_in_the_queue() -> None:
    # m holds s, then 50 of its own; s goes to x and comes back: by age it is still the first out.
    table = """
        s v m 100
        o - m 50
        r m x 100
        b x m 100 ^r
        p m y 100
    """
    assert held(trace(fifo.trace, table, "s", {"v": 100})) == {"y:Vs": 100}
    alone = table.replace(" ^r", "")
    assert held(trace(fifo.trace, alone, "s", {"v": 100})) == {"m:Vs": 50, "y:Vs": 50}


def test_it_is_put_back_between_own_money_older_and_newer() -> None:
    table = """
        s v m 100
        o - m 50
        r m x 140
        n - m 70
        b x m 140 ^r
        p m y 60
    """
    opening = {"v": 100, "m": 40}
    # Old own 40, stolen 100, own 50, own 70: the first 60 are the old 40 and 20 of the stolen.
    assert held(trace(fifo.trace, table, "s", opening)) == {"y:Vs": 20, "m:Vs": 80}


def test_its_own_money_is_taken_from_behind_what_the_payee_had_before() -> None:
    table = """
        s v m 100
        r m x 100
        b x m 100 ^r
    """
    opening = {"v": 100, "x": 500}
    for rule in CONSERVING:
        assert held(trace(rule, table, "s", opening)) == {"m:Vs": 100}, rule


@pytest.mark.parametrize(("rule", "at_m"), [(fifo.trace, 80), (lifo.trace, 80)])
def test_what_has_gone_on_is_made_up_by_the_payees_own_rule(rule: TraceRule, at_m: int) -> None:
    # x paid 20 of the 100 on and got 60 of its own: 80 come back as they were, 20 are x's own.
    table = """
        s v m 100
        r m x 100
        g x z 20
        i - x 60
        b x m 100 ^r
    """
    assert held(trace(rule, table, "s", {"v": 100})) == {"m:Vs": at_m, "z:Vs": 20}


def test_in_parts_and_never_more_than_was_paid() -> None:
    table = """
        s v m 100
        r m x 100
        a x m 30 ^r
        b x m 50 ^r
    """
    for rule in CONSERVING:
        assert held(trace(rule, table, "s", {"v": 100, "x": 10})) == {"m:Vs": 80, "x:Vs": 20}, rule


def test_a_card_payment_refunded_is_no_longer_gone() -> None:
    table = """
        s v m 100
        c m - 70 card
        b - m 50 ^c
    """
    for rule in CONSERVING:
        found = trace(rule, table, "s", {"v": 100})
        assert held(found) == {"m:Vs": 80}, rule
        assert [(g.kind, g.amount_minor) for g in _merged(found.gone)] == [("card", 20)], rule


def _merged(gone: tuple[Dissipated, ...]) -> list[Dissipated]:
    total = sum(g.amount_minor for g in gone)
    return [replace(gone[0], amount_minor=total)] if gone else []


def test_what_paid_an_overdraft_is_not_there_to_be_taken_back() -> None:
    # x owed 40: of the 100 its bank kept 40; the reversal takes 60 back and overdraws x again.
    table = """
        s v m 100
        r m x 100
        b x m 100 ^r
    """
    for rule in CONSERVING:
        found = trace(rule, table, "s", {"v": 100, "x": -40})
        assert held(found) == {"m:Vs": 60}, rule
        assert [(g.kind, g.amount_minor) for g in _merged(found.gone)] == [("bank_debt", 40)]


def test_the_way_there_and_back_is_in_the_path() -> None:
    found = trace(fifo.trace, "s v m 100\nr m x 100\nb x m 100 ^r", "s", {"v": 100})
    assert [(h.transfer_id, h.parent) for h in found.hops] == [("s", None), ("r", 0), ("b", 1)]


@pytest.mark.parametrize(
    "last", ["b y m 100 ^r", "b x m 100 ^unknown", "b x z 100 ^r", "b x m 100 fee ^r"]
)
def test_what_does_not_go_the_same_way_back_is_a_payment_of_its_own(last: str) -> None:
    before = "s v m 100\nr m x 100\nq x y 20\n"
    opening = {"v": 100, "x": 500, "y": 500}
    assert held(trace(fifo.trace, before + last, "s", opening)) == held(
        trace(fifo.trace, before + last.replace(" ^r", "").replace(" ^unknown", ""), "s", opening)
    )


def test_exposure_is_not_undone() -> None:
    table = "s v m 100\nr m x 100\nb x m 100 ^r"
    assert held(trace(poison.trace, table, "s")) == {"m:Vs": 200, "x:Vs": 100}


payments = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 60)).filter(
        lambda row: row[0] != row[1]
    ),
    min_size=2,
    max_size=14,
)


@pytest.mark.parametrize("rule", CONSERVING)
@settings(max_examples=60)
@given(rows_in=payments, where=st.integers(0, 100), data=st.data())
def test_taken_back_at_once_it_is_as_if_it_had_never_been_paid(
    rule: TraceRule, rows_in: list[tuple[str, str, int]], where: int, data: st.DataObject
) -> None:
    lines = [f"t{n} {payer} {payee} {minor}" for n, (payer, payee, minor) in enumerate(rows_in)]
    stolen = data.draw(st.sampled_from([f"t{n}" for n in range(len(lines) - 1)]))
    place = 1 + where % len(lines)
    payer, payee = data.draw(st.sampled_from([("a", "b"), ("c", "d"), ("b", "a")]))
    minor = data.draw(st.integers(1, 200))
    there_and_back = [f"r {payer} {payee} {minor}", f"u {payee} {payer} {minor} ^r"]
    opening = dict.fromkeys("abcd", 1000)
    without = trace(rule, "\n".join(lines), stolen, opening)
    with_it = trace(
        rule, "\n".join([*lines[:place], *there_and_back, *lines[place:]]), stolen, opening
    )
    assert held(with_it) == held(without)
