"""Counters of a round are sums of payouts: published releases add up, or are shown not to."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from recovery_flows.restitution.methods.catalogue import RuleName, divide
from recovery_flows.restitution.methods.stakes import Stake
from recovery_flows.restitution.rounds import Counters, counters


def _claims(*groups: tuple[int, int, int]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """So many claims of 100, of which so much was paid before and is paid now, per group."""
    upheld: dict[str, int] = {}
    before: dict[str, int] = {}
    now: dict[str, int] = {}
    for group, (count, paid_before, paid_now) in enumerate(groups):
        for n in range(count):
            name = f"{group}-{n}"
            upheld[name] = 100
            before |= {name: paid_before} if paid_before else {}
            now |= {name: paid_now} if paid_now else {}
    return upheld, before, now


# ETF Express, 24 Sep 2012: 1,230 accounts paid in the second round, 182 of them whole by it, 892
# whole before it. Ponzitracker, 13 Feb 2013: 1,103 paid in the third, 31 of them whole by it; the
# source prints 1,106 whole where its own figures add up to 1,105.
@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (((892, 100, 0), (182, 40, 60), (1_048, 5, 33)), Counters(1_230, 182, 1_074, 1_048)),
        (((1_074, 100, 0), (31, 40, 60), (1_072, 38, 5)), Counters(1_103, 31, 1_105, 1_072)),
    ],
    ids=["Madoff, second round", "Madoff, third round"],
)
def test_the_counters_of_a_published_round_add_up(
    groups: tuple[tuple[int, int, int], ...], expected: Counters
) -> None:
    assert counters(*_claims(*groups)) == expected


@given(
    rounds=st.lists(st.lists(st.integers(0, 60), min_size=6, max_size=6), max_size=6),
    seed=st.randoms(),
)
def test_the_whole_of_all_rounds_are_those_that_became_whole_in_one(
    rounds: list[list[int]], seed: random.Random
) -> None:
    upheld = {f"c{n}": 100 for n in range(6)}
    before: dict[str, int] = {}
    whole = 0
    for sums in rounds:
        now = {f"c{n}": minor for n, minor in enumerate(sums) if minor}
        seen = counters(upheld, before, now)
        whole += seen.became_full
        before = {claim: before.get(claim, 0) + now.get(claim, 0) for claim in {*before, *now}}
        assert seen.full == whole
        assert seen.full + seen.partly_paid == len(before)
        names = list(now)
        seed.shuffle(names)
        assert seen.paid == len(names)


START = datetime(2026, 1, 1, tzinfo=UTC)
EVENT = st.one_of(
    st.tuples(st.just("late victim"), st.integers(1, 500)),
    st.tuples(st.just("objection"), st.integers(0, 7)),
    st.tuples(st.just("sent back"), st.integers(0, 7)),
    st.tuples(st.just("more held"), st.integers(1, 400)),
)


@pytest.mark.parametrize("rule", RuleName)
@given(
    held=st.integers(0, 900),
    losses=st.lists(st.integers(1, 500), min_size=1, max_size=5),
    events=st.lists(EVENT, max_size=6),
)
def test_money_is_kept_whole_through_rounds_late_victims_objections_and_returned_payouts(
    rule: RuleName, held: int, losses: list[int], events: list[tuple[str, int]]
) -> None:
    loss = {f"c{n}": minor for n, minor in enumerate(losses)}
    paid = dict.fromkeys(loss, 0)
    pool = whole = held
    for what, figure in [("first round", 0), *events]:
        named = f"c{figure % len(loss)}"
        if what == "late victim":
            named = f"c{len(loss)}"
            loss[named], paid[named] = figure, 0
        elif what == "objection":
            loss[named] = max(paid[named], loss[named] // 2)
        elif what == "sent back":
            pool, paid[named] = pool + paid[named], 0
        elif what == "more held":
            pool, whole = pool + figure, whole + figure
        stakes = [
            Stake(claim, START + timedelta(days=int(claim[1:])), minor, paid[claim])
            for claim, minor in loss.items()
        ]
        division = divide(rule, pool, "CNY", stakes)
        for stake, part in zip(division.stakes, division.parts.minor, strict=True):
            paid[stake.claim_id] += part
        pool = division.residue_minor
        assert pool >= 0
        assert pool + sum(paid.values()) == whole
        assert all(0 <= paid[claim] <= minor for claim, minor in loss.items())
        if rule is not RuleName.ADMITTED_CLAIM:
            assert pool == 0 or paid == loss
