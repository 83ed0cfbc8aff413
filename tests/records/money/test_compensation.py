"""Somebody else has paid a victim: the payer stands in his place, nobody is paid twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.entities.officer import Role
from models.facts import AccountRef
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.claims import claim_page
from models.store.unit import Actor
from recovery_flows.cases import money_actions
from recovery_flows.cases.next_steps import steps
from recovery_flows.cases.views.victim_line import payer_line, victim_line
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.claim_parts import Part
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution import compensation

INSURER = AccountRef("bank-slow", "9999000000000088", "Synthetic Insurer")
OTHER = AccountRef("bank-slow", "9999000000000042", "Synthetic Victim")
SUPERVISOR = Actor("wu", Role.SUPERVISOR)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def claims(unit: Any, recovery_id: str) -> list[str]:
    return [c.id for c in sorted(unit.file(recovery_id).claims, key=lambda c: c.paid_at)]


def compensated(unit: Any, recovery_id: str, claim: str, minor: int, booking: str = "I-1") -> None:
    money_actions.compensate(
        unit.case_officer(), recovery_id, claim, INSURER, cny(minor), unit.now, b"a letter",
        booking,
    )  # fmt: skip
    (asked,) = [a for a in unit.file(recovery_id).approvals
                if a.action == "compensation" and a.state == "pending"]  # fmt: skip
    unit.case_officer(SUPERVISOR).approve(asked.id)


def shares(unit: Any, recovery_id: str) -> dict[tuple[str, bool], int]:
    """What each claim's division gives, to the payer (True) and to the victim."""
    file, payer = unit.file(recovery_id), unit.account_id(INSURER)
    live = [a.id for a in file.allocations if a.state != "void"][-1]
    return {
        (p.claim_id, p.payee_account_id == payer): p.amount_minor for p in file.payouts_of(live)
    }


def sound(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def test_the_payer_shares_in_the_victims_place_and_the_loss_stays_what_it_is(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(2, 100_000)
    acts.until(recovery_id, "notice")
    first, second = claims(unit, recovery_id)
    compensated(unit, recovery_id, first, 60_000)
    acts.until(recovery_id, "notice")
    assert shares(unit, recovery_id) == {
        (first, False): 20_000, (first, True): 30_000, (second, False): 50_000,
    }  # fmt: skip
    acts.until(recovery_id, "approved")
    for payout in unit.file(recovery_id).payouts:
        if payout.state == "instructed":
            acts.settle(recovery_id, payout.id)
    with unit.database.reading() as session:
        one, two = claim_page(session, recovery_id, "", 10).lines
    assert [one.compensated, one.paid, one.paid_to_payers] == [
        cny(60_000),
        cny(20_000),
        cny(30_000),
    ]
    assert [two.compensated, two.paid, two.open] == [cny(0), cny(50_000), cny(50_000)]
    assert one.open == cny(50_000)
    sound(unit)


def test_the_victim_and_who_paid_him_are_told_of_their_own_parts_alone(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(2, 100_000)
    acts.until(recovery_id, "notice")
    first, _ = claims(unit, recovery_id)
    compensated(unit, recovery_id, first, 60_000)
    acts.until(recovery_id, "approved")
    for payout in unit.file(recovery_id).payouts:
        if payout.state == "instructed":
            acts.settle(recovery_id, payout.id)
    file, zone = unit.file(recovery_id), "Asia/Shanghai"
    (claim,) = [c for c in file.claims if c.id == first]
    victim = victim_line(file, claim, unit.now, zone)
    assert (victim.upheld_minor, victim.paid_minor) == (40_000, 20_000)
    assert victim.lines[2] == (
        "Paid back to you: CNY 200.00 of CNY 400.00; others paid you CNY 600.00 and stand in your "
        "place for it."
    )
    payer = payer_line(file, claim, unit.account_id(INSURER), unit.now, zone)
    assert (payer.upheld_minor, payer.paid_minor) == (60_000, 30_000)
    assert payer.lines[2] == "Paid to you: CNY 300.00 of CNY 600.00."
    assert "300.00" not in "".join(victim.lines)
    assert not [s for s in ("200.00", "400.00", "1,000.00") if s in "".join(payer.lines)]


def test_a_victim_who_was_paid_whole_by_others_gets_nothing_more(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(2, 100_000)
    acts.settled_trace(recovery_id)
    first, second = claims(unit, recovery_id)
    compensated(unit, recovery_id, first, 100_000)
    acts.until(recovery_id, "notice")
    assert shares(unit, recovery_id) == {(first, True): 50_000, (second, False): 50_000}


@pytest.mark.parametrize("is_moved", [False, True], ids=["", "and since then is paid elsewhere"])
def test_who_has_got_more_than_is_left_of_his_part_is_somebodys_to_look_into(
    unit: Any, acts: Any, *, is_moved: bool
) -> None:
    recovery_id = acts.pooled(2, 100_000)
    acts.until(recovery_id, "approved")
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    first, _ = claims(unit, recovery_id)
    if is_moved:
        unit.case_officer().change_payee(recovery_id, first, OTHER, "he changed his bank")
        unit.approve(recovery_id)
    compensated(unit, recovery_id, first, 70_000)
    (found,) = [d for d in unit.file(recovery_id).discrepancies if d.kind == "paid_twice"]
    assert (found.expected_minor, found.stated_minor) == (30_000, 50_000)
    (step,) = [s for s in steps(unit.file(recovery_id), unit.laws) if s.subject_id == found.id]
    assert "the victim got CNY 500.00 from here, and only CNY 300.00 is his" in step.sentence
    sound(unit)


def test_it_counts_with_the_yes_of_another_person_and_once(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(2, 100_000)
    acts.settled_trace(recovery_id)
    first, _ = claims(unit, recovery_id)
    given = (recovery_id, first, INSURER, cny(60_000), unit.now, b"an invented letter", "I-1")
    money_actions.compensate(unit.case_officer(), *given)
    (asked,) = [a for a in unit.file(recovery_id).approvals if a.action == "compensation"]
    with pytest.raises(StepRefusedError, match="a second person has to"):
        unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(asked.id)
    with pytest.raises(StepRefusedError, match=r"more than the CNY 400.00 that is left"):
        money_actions.compensate(unit.case_officer(), *given)
    unit.case_officer(SUPERVISOR).deny(asked.id, "the letter is of another case")
    assert [k.state for k in unit.file(recovery_id).compensations] == ["denied"]
    acts.until(recovery_id, "notice")
    assert sorted(shares(unit, recovery_id).values()) == [50_000, 50_000]


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(0, 10**8), max_size=4),
    st.integers(0, 10**8),
    st.integers(1, 10**9),
)
def test_a_share_is_split_to_the_unit_and_nobody_gets_more_than_his_part(
    own: int, payers: list[int], got: int, share: int
) -> None:
    parts = [Part("victim", own, min(got, own))]
    parts += [Part(f"payer-{n}", whole, 0) for n, whole in enumerate(payers)]
    left = sum(part.open_minor for part in parts)
    given_ = dict(compensation.split(parts, min(share, left) or 1))
    assert sum(given_.values()) == (min(share, left) or 1)
    if left:
        assert all(minor <= p.open_minor for p in parts
                   if (minor := given_.get(p.payee_account_id, 0)))  # fmt: skip
    assert all(minor > 0 for minor in given_.values())


@given(
    st.integers(0, 10**4), st.lists(st.integers(0, 10**4), max_size=4), st.integers(1, 10**4),
    st.integers(1, 30),
)  # fmt: skip
def test_nobodys_part_is_less_than_a_coin_and_somebody_is_paid_who_can_be(
    own: int, payers: list[int], share: int, coin: int
) -> None:
    parts = [Part("victim", own, 0), *(Part(f"payer-{n}", w, 0) for n, w in enumerate(payers))]
    most = max(part.open_minor for part in parts)
    given_ = dict(compensation.split(parts, share, lambda minor: minor > coin))
    if most > coin and share > coin:
        assert given_
        assert all(minor > coin for minor in given_.values())
        assert sum(given_.values()) <= share
        assert all(given_.get(p.payee_account_id, 0) <= p.open_minor for p in parts)
