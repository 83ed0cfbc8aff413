"""What two recoveries share is told of before anything is sent; nothing else of the other is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from models.deconfliction_hits import Match
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.hold import HoldState
from models.entities.officer import Role
from models.entities.recovery import Recovery, RecoveryState
from models.queries.cases.deconfliction import all_hits, elsewhere
from models.queries.installation.officers import OfficerView
from recovery_flows.cases import deconfliction
from recovery_flows.cases.deconfliction_check import DeconflictionError, also_lines
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.pending_approvals import waiting_approvals

CHEN = OfficerView("chen", "chen", frozenset({Role.OFFICER}))
WU = OfficerView("wu", "wu", frozenset({Role.SUPERVISOR}))


def found(unit: Any, recovery_id: str) -> tuple[Any, ...]:
    with unit.database.reading() as session:
        everything = elsewhere(session, [recovery_id]).get(recovery_id, ())
        # What a list marks is what a page tells.
        assert (recovery_id in all_hits(session)) == bool(everything)
    return everything


def reported(unit: Any, *facts: Any) -> list[str]:
    ids: list[str] = unit.report(*facts)
    return ids


def reason_of(unit: Any, recovery_id: str, event: str) -> str:
    events = table_of(Event)
    query = sa.select(events.c.reason).where(
        events.c.recovery_id == recovery_id, events.c.event == event
    )
    with unit.database.reading() as session:
        return str(session.execute(query).scalar_one())


@pytest.fixture
def pair(unit: Any, li: Any) -> tuple[str, str]:
    """Two recoveries that follow one account: the first is Li's, the second Chen's."""
    first, second = reported(unit, *unit.reports(2))
    unit.case_officer(li).advance(first, case_number="LI-1")
    unit.accept(second)
    return first, second


def test_a_stop_on_an_account_of_another_recovery_is_refused_unless_it_is_known(
    unit: Any, pair: tuple[str, str]
) -> None:
    _, second = pair
    with pytest.raises(DeconflictionError) as refused:
        unit.case_officer().advance(second)
    assert refused.value.exit_code == 3
    assert "the account is also in another recovery: ask li" in str(refused.value)
    assert "R-2026-0001" not in str(refused.value)
    assert [h.state for h in unit.file(second).holds] == [HoldState.DRAFT]
    unit.case_officer().advance(second, knowing=True)
    assert [h.state for h in unit.file(second).holds] == [HoldState.ORDERED]
    reason = reason_of(unit, second, "ordered_first")
    assert reason == "sent knowing that 1 other recovery (of li) had it too"


def test_its_reference_is_for_its_owner_and_for_supervisors(
    unit: Any, pair: tuple[str, str], li: Any
) -> None:
    _, second = pair
    both = OfficerView(li.id, li.id, frozenset({Role.OFFICER}))
    told = {
        who.id if who else "": also_lines(found(unit, second), who)[0]
        for who in (CHEN, WU, both, None)
    }
    assert {name: line.ref for name, line in told.items()} == {
        "chen": "", "wu": "R-2026-0001", "li": "R-2026-0001", "": "",
    }  # fmt: skip
    assert told["li"].sentence.endswith("in R-2026-0001: yours")
    page = recovery_page(unit.database, unit.laws, second, unit.now, CHEN)
    assert [line.ref for line in page.also] == [""]
    assert "R-2026-0001" not in repr(page)


def test_nothing_of_the_content_of_the_other_recovery_is_in_what_is_told(
    unit: Any, pair: tuple[str, str]
) -> None:
    (line,) = also_lines(found(unit, pair[1]), CHEN)
    allowed = {"account_id", "what", "ref", "owner", "is_open", "sentence"}
    assert set(line.__slots__) == allowed
    assert all(text not in line.sentence for text in ("CNY", "Invented", "500", "1,000"))


def test_a_report_that_nobody_owns_is_told_of_too(unit: Any) -> None:
    first, second = reported(unit, *unit.reports(2))
    unit.accept(second)
    (one,) = found(unit, second)
    (line,) = also_lines([one], CHEN)
    assert line.sentence.endswith("in another recovery: unassigned, ask a supervisor")
    (line,) = deconfliction.also_lines([one], "", [Role.SUPERVISOR])
    assert line.sentence.endswith("in R-2026-0001: unassigned"), "he is the one to ask"
    assert found(unit, first)[0].recovery_id == second


def test_a_joined_pair_does_not_warn(unit: Any, pair: tuple[str, str]) -> None:
    first, second = pair
    unit.case_officer().join(second, first)
    assert unit.file(second).recovery.state is RecoveryState.JOINED
    assert found(unit, first) == ()
    unit.case_officer().advance(first)


def test_a_recovery_that_has_ended_still_warns_and_says_so(
    unit: Any, pair: tuple[str, str]
) -> None:
    recoveries = table_of(Recovery)
    with unit.database.writer.begin() as raw:
        closed = RecoveryState.CLOSED_NO_RECOVERY
        raw.execute(recoveries.update().where(recoveries.c.id == pair[0]).values(state=closed))
    (line,) = also_lines(found(unit, pair[1]), CHEN)
    assert not line.is_open
    assert line.sentence == ("the account is also in another recovery, which has ended: ask li")


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [("E-A", "E-A", True), ("UETR-a", "uetr-A", True), ("NOTPROVIDED", "NOTPROVIDED", False),
     ("", "", False), ("E-A", "E-B", False)],
)  # fmt: skip
def test_the_same_payment_reference_is_a_meeting_and_a_placeholder_is_none(
    unit: Any,
    fact: Any,
    one: str,
    other: str,
    shared: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    first, second = reported(
        unit, replace(fact(1), end_to_end_id=one), replace(fact(2), end_to_end_id=other)
    )
    assert [e.what for e in found(unit, second)] == ([Match.PAYMENT] if shared else [])
    assert bool(found(unit, first)) == shared
    unit.accept(second)
    if shared:
        with pytest.raises(DeconflictionError, match="the payment's reference is also"):
            unit.case_officer().advance(second)
    else:
        unit.case_officer().advance(second)


def test_a_victims_own_account_is_told_of_before_it_is_stopped(unit: Any, fact: Any) -> None:
    victim = fact(1).victim_account
    first, second = reported(unit, fact(1), fact(2, payee_account=victim, end_to_end_id="E2"))
    assert {e.what for e in found(unit, second)} >= {Match.VICTIM}
    assert found(unit, first) == ()
    unit.accept(second)
    with pytest.raises(DeconflictionError, match="the account is a victim's own in another"):
        unit.case_officer().advance(second)


def test_two_victims_of_one_thief_without_a_shared_account_meet_nobody(
    unit: Any, fact: Any
) -> None:
    first, second = reported(unit, fact(1), fact(2))
    assert found(unit, first) == found(unit, second) == ()


def test_a_freeze_is_asked_about_anew_and_its_approver_is_told(unit: Any, li: Any) -> None:
    mine = unit.traced()
    (other,) = reported(unit, replace(unit.reports(2)[-1], external_ref="SYN-late"))
    unit.case_officer(li).advance(other, case_number="LI-9")
    unit.advance_engine(mine)
    assert "freeze" in {h.kind for h in unit.file(mine).holds}
    with pytest.raises(DeconflictionError, match="ask li"):
        unit.case_officer().advance(mine)
    unit.case_officer().advance(mine, knowing=True)
    assert reason_of(unit, mine, "submitted").startswith("sent knowing that 1 other recovery")
    (line,) = [a for a in waiting_approvals(unit.database, unit.laws, WU) if a.recovery_id == mine]
    assert [also.ref for also in line.also] == [unit.file(other).recovery.ref]


def test_the_query_goes_by_indexes(unit: Any) -> None:
    with unit.database.reading() as session:
        for column, index in (
            ("lower(end_to_end_id)", "ix_claim_payment"),
            ("victim_account_id", "ix_claim_victim_account_id"),
            ("payee_account_id", "ix_claim_payee_account_id"),
        ):
            text = f"EXPLAIN QUERY PLAN SELECT id FROM claim WHERE {column} IN ('a', 'b')"
            plan = " ".join(str(row) for row in session.execute(sa.text(text)))
            assert index in plan
