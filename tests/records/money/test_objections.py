"""Objections: two kinds with two clocks, decided by another person; upheld, a new round begins."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.claim import ObjectionKind
from models.entities.officer import Role
from models.money import Money
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.next_steps import steps
from recovery_flows.cases.objection_actions import decide, enter
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.reports.ledger_check import ledger_check

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
ROWS, SHARE = ObjectionKind.ROWS, ObjectionKind.SHARE
CLAIM, APPEAL = ObjectionKind.CLAIM, ObjectionKind.APPEAL
WHY = "the victim says that another payment of his is missing"


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def claims(unit: Any, recovery_id: str) -> list[str]:
    file = unit.file(recovery_id)
    return [claim.id for claim in sorted(file.claims, key=lambda claim: claim.paid_at)]


def live(unit: Any, recovery_id: str) -> Any:
    (one,) = [a for a in unit.file(recovery_id).allocations if a.state != "void"]
    return one


def shares(unit: Any, recovery_id: str) -> dict[str, int]:
    """What each claim gets of the division under way."""
    file, found = unit.file(recovery_id), dict[str, int]()
    for payout in file.payouts_of(live(unit, recovery_id).id):
        found[payout.claim_id] = found.get(payout.claim_id, 0) + payout.amount_minor
    return found


def objected(unit: Any, recovery_id: str, kind: ObjectionKind, claim_id: str) -> Any:
    enter(unit.case_officer(), recovery_id, kind, claim_id, WHY)
    return next(
        o
        for o in unit.file(recovery_id).objections
        if (o.kind, o.claim_id, o.state) == (kind, claim_id, "open")
    )


@pytest.fixture
def noticed(unit: Any, acts: Any) -> str:
    """Three victims of 1,000.00 each, 2,000.00 held, the notice of the division runs."""
    recovery_id = acts.pooled(3, 200_000, until="notice")
    assert sorted(shares(unit, recovery_id).values()) == [66_666, 66_667, 66_667]
    return str(recovery_id)


def test_two_kinds_have_two_clocks_on_the_wall(unit: Any, noticed: str) -> None:
    first, second, _ = claims(unit, noticed)
    rows = objected(unit, noticed, ROWS, first)
    share = objected(unit, noticed, SHARE, second)
    assert (rows.law_row, share.law_row) == ("CN_OBJECTION_ROWS", "CN_OBJECTION_SHARE")
    assert rows.due_at is not None
    assert share.due_at is not None
    assert rows.due_at < share.due_at
    told = [c for c in running(unit.file(noticed), unit.laws) if c.what.startswith("objection")]
    assert [c.subject_id for c in told] == [rows.id, share.id]
    waiting = [s for s in steps(unit.file(noticed), unit.laws) if s.subject_id == rows.id]
    assert [(s.role, s.due_at) for s in waiting] == [(Role.SUPERVISOR, rows.due_at)]


def test_nothing_is_decided_or_paid_while_an_objection_is_open(
    unit: Any, acts: Any, noticed: str
) -> None:
    found = objected(unit, noticed, SHARE, claims(unit, noticed)[0])
    unit.later(24 * 31)
    acts.settled_trace(noticed)
    assert live(unit, noticed).state == "notice_ended"
    with pytest.raises(StepRefusedError, match="decide the objection"):
        unit.case_officer().advance(noticed, to="decided")
    decide(unit.case_officer(SUPERVISOR), noticed, found.id, "the rows are right", is_upheld=False)
    acts.until(noticed, "approved")
    assert [a.round_number for a in unit.file(noticed).allocations] == [1]


def test_an_objection_upheld_after_the_submission_is_no_longer_possible(
    unit: Any, acts: Any, noticed: str
) -> None:
    acts.until(noticed, "pending_approval")
    with pytest.raises(StepRefusedError, match="no notice of a division runs"):
        enter(unit.case_officer(), noticed, SHARE, claims(unit, noticed)[0], WHY)


def test_an_objection_that_is_upheld_begins_a_new_round_with_a_new_notice(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, second, third = claims(unit, noticed)
    old = live(unit, noticed)
    found = objected(unit, noticed, SHARE, third)
    decide(
        unit.case_officer(SUPERVISOR), noticed, found.id, "half of it was paid back before",
        is_upheld=True, loss=cny(50_000),
    )  # fmt: skip
    acts.until(noticed, "notice")
    new = live(unit, noticed)
    assert (new.round_number, new.id == old.id) == (2, False)
    assert new.notice_to > old.notice_to or new.notice_from >= old.notice_from
    assert new.pool_minor == 200_000
    assert shares(unit, noticed) == {first: 80_000, second: 80_000, third: 40_000}
    voided = next(a for a in unit.file(noticed).allocations if a.id == old.id)
    assert (voided.state, voided.pool_minor, voided.formula) == (
        "void", old.pool_minor, old.formula,
    )  # fmt: skip


def test_a_claim_found_unfounded_shares_in_nothing_until_its_appeal_is_upheld(
    unit: Any, acts: Any, noticed: str
) -> None:
    first, second, third = claims(unit, noticed)
    found = objected(unit, noticed, CLAIM, third)
    decide(
        unit.case_officer(SUPERVISOR), noticed, found.id, "the insurer has paid it", is_upheld=True,
        loss=cny(0),
    )  # fmt: skip
    acts.until(noticed, "notice")
    assert shares(unit, noticed) == {first: 100_000, second: 100_000}
    unit.later(1)
    until = next(c.appeal_until for c in unit.file(noticed).claims if c.id == third)
    assert (until - unit.now).days in range(59, 62)
    appeal = objected(unit, noticed, APPEAL, third)
    assert appeal.law_row == "CN_APPEAL_DECISION"
    decide(
        unit.case_officer(SUPERVISOR), noticed, appeal.id, "insurer has not paid", is_upheld=True,
        loss=cny(100_000),
    )  # fmt: skip
    acts.until(noticed, "notice")
    assert sorted(shares(unit, noticed).values()) == [66_666, 66_667, 66_667]
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()


def test_an_appeal_needs_a_decision_and_comes_in_time(unit: Any, noticed: str) -> None:
    third = claims(unit, noticed)[2]
    with pytest.raises(StepRefusedError, match="no decision has left"):
        enter(unit.case_officer(), noticed, APPEAL, third, WHY)
    found = objected(unit, noticed, CLAIM, third)
    decide(
        unit.case_officer(SUPERVISOR), noticed, found.id, "unfounded", is_upheld=True, loss=cny(0)
    )
    unit.later(24 * 61)
    with pytest.raises(StepRefusedError, match=r"the time to appeal for .* ended on 2026-05-01"):
        enter(unit.case_officer(), noticed, APPEAL, third, WHY)


def test_who_entered_an_objection_does_not_decide_it(unit: Any, noticed: str) -> None:
    found = objected(unit, noticed, ROWS, claims(unit, noticed)[0])
    both = Actor("chen", Role.SUPERVISOR)
    with pytest.raises(StepRefusedError, match=r"chen asked for objection .* a second person"):
        decide(unit.case_officer(both), noticed, found.id, "it is mine", is_upheld=True)
    assert [o.state for o in unit.file(noticed).objections] == ["open"]


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (cny(100_001), "at least zero and at most CNY 1,000.00"),
        (cny(-1), "at least zero"),
        (Money(1, "USD"), "at least zero"),
    ],
)
def test_no_decision_upholds_more_than_was_reported(
    unit: Any, noticed: str, loss: Money, sentence: str
) -> None:
    found = objected(unit, noticed, ROWS, claims(unit, noticed)[0])
    with pytest.raises(StepRefusedError, match=sentence):
        decide(unit.case_officer(SUPERVISOR), noticed, found.id, "x", is_upheld=True, loss=loss)


def test_nobody_loses_by_a_decision_what_he_was_paid(unit: Any, acts: Any, noticed: str) -> None:
    acts.until(noticed, "approved")
    for payout in unit.file(noticed).payouts:
        acts.settle(noticed, payout.id)
    found = objected(unit, noticed, CLAIM, claims(unit, noticed)[0])
    with pytest.raises(StepRefusedError, match=r"CNY 666.6\d of .* less cannot be upheld"):
        decide(
            unit.case_officer(SUPERVISOR), noticed, found.id, "x", is_upheld=True, loss=cny(66_665)
        )


def test_the_same_objection_twice_and_one_without_a_reason_are_refused(
    unit: Any, noticed: str
) -> None:
    first = claims(unit, noticed)[0]
    objected(unit, noticed, ROWS, first)
    with pytest.raises(StepRefusedError, match="is open already: decide it"):
        enter(unit.case_officer(), noticed, ROWS, first, WHY)
    with pytest.raises(MisuseError, match="takes a reason"):
        enter(unit.case_officer(), noticed, SHARE, first, "  ")


def test_the_words_of_an_objection_are_sealed_and_the_history_is_whole(
    unit: Any, noticed: str
) -> None:
    found = objected(unit, noticed, ROWS, claims(unit, noticed)[0])
    decide(unit.case_officer(SUPERVISOR), noticed, found.id, "looked at: wrong", is_upheld=True)
    assert WHY.encode() not in unit.path.read_bytes()
    assert verify(unit.database) == ()
