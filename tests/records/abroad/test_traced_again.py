"""What a version of less gave up and is traced again has an owner, who asks for it or leaves it."""

from __future__ import annotations

from sqlalchemy import select

from models.entities.catalogue import table_of
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow, DiscrepancyState
from models.entities.event import Event
from models.entities.request import RequestState
from models.money import Money
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cross_border import ceiling
from tests.records.abroad.abroad_case import FOREIGN, Abroad
from tests.records.abroad.test_asks_for_less import falls, reduced, rises
from tests.records.abroad.test_versions_of_less import leaves
from tests.records.conftest import SUPERVISOR

AGAIN = (
    "look into it: GBP {} of what a request had asked for may be asked for again, beside the "
    "GBP {} that are asked for: ask for it, or leave it"
)


def owned(abroad: Abroad) -> list[DiscrepancyRow]:
    file = abroad.unit.file(abroad.recovery_id)
    return [
        d for d in file.discrepancies
        if d.kind is DiscrepancyKind.TRACED_AGAIN and d.state is DiscrepancyState.OPEN
    ]  # fmt: skip


def step_of(abroad: Abroad) -> list[str]:
    (found,) = owned(abroad)
    return abroad.steps(found.id)


def out_for_less(abroad: Abroad) -> str:
    """The request has left for 300.00 of its 500.00, as the trace had fallen."""
    name = abroad.out()
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    leaves(abroad, less)
    abroad.decide()
    return less


def left(abroad: Abroad) -> None:
    """Its owner looks, and asks for nothing."""
    (found,) = owned(abroad)
    officer = abroad.unit.case_officer()
    discrepancy_actions.resolve(officer, abroad.recovery_id, found.id, "enough")


def test_what_is_traced_again_after_the_version_of_less_left_is_asked_of_its_owner(
    abroad: Abroad,
) -> None:
    out_for_less(abroad)
    assert owned(abroad) == []
    rises(abroad, 20_000)
    assert step_of(abroad) == [AGAIN.format("200.00", "300.00")]
    abroad.new("mla", wanted="return", amount="200.00", part="new")
    abroad.decide()
    assert owned(abroad) == [], "it is asked for"
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked == Money(50_000, "CNY")
    abroad.sound()


def test_who_leaves_what_is_traced_again_is_asked_once_more_only_for_another_sum(
    abroad: Abroad,
) -> None:
    out_for_less(abroad)
    rises(abroad, 10_000)
    assert step_of(abroad) == [AGAIN.format("100.00", "300.00")]
    left(abroad)
    abroad.decide()
    assert owned(abroad) == []
    unit = abroad.unit
    unit.later(1)
    more = unit.line(6, -5_000, counter=FOREIGN, at_hours=2.95)
    unit.trace(abroad.recovery_id, unit.statement([more], to_hours=144))
    abroad.decide()
    assert step_of(abroad) == [AGAIN.format("150.00", "300.00")]
    abroad.sound()


def test_no_more_is_asked_about_than_what_was_given_up_and_the_loss_has_room_for(
    abroad: Abroad,
) -> None:
    out_for_less(abroad)
    rises(abroad, 40_000)
    assert step_of(abroad) == [AGAIN.format("200.00", "300.00")]


def test_where_a_second_person_denies_the_version_of_less_its_owner_is_asked(
    abroad: Abroad,
) -> None:
    """The version before it had been replaced: 300.00 stood traced, and nobody asked for them."""
    name = abroad.new()
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    abroad.submit(less)
    file = abroad.unit.file(abroad.recovery_id)
    asked = next(a for a in file.approvals if a.subject_id == less)
    abroad.unit.case_officer(SUPERVISOR).deny(asked.id, "not now")
    abroad.decide()
    assert abroad.row(less).state is RequestState.DENIED
    assert step_of(abroad) == [AGAIN.format("300.00", "0.00")]
    left(abroad)
    abroad.decide()
    assert owned(abroad) == [], "who said no is not asked about the same sum again"
    abroad.sound()


def why_over(abroad: Abroad) -> list[str]:
    """Why each sum was asked about no more, as history says it."""
    with abroad.unit.database.reading() as session:
        events = table_of(Event)
        rows = session.execute(
            select(events.c.reason)
            .where(events.c.noun == "discrepancy", events.c.event == "cleared")
            .order_by(events.c.seq)
        )
        return [str(reason) for (reason,) in rows]


def test_history_says_why_nobody_is_asked_any_more(abroad: Abroad) -> None:
    """It said that it was asked for, or traced there no more, whatever had happened."""
    less = out_for_less(abroad)
    rises(abroad, 10_000)
    unit = abroad.unit
    unit.later(1)
    more = unit.line(6, -5_000, counter=FOREIGN, at_hours=2.95)
    unit.trace(abroad.recovery_id, unit.statement([more], to_hours=144))
    abroad.decide()
    assert why_over(abroad) == ["another sum may be asked for again by now"]
    abroad.says(less, "refused")
    abroad.decide()
    assert owned(abroad) == []
    assert why_over(abroad)[1:] == ["the request that asked for less is refused by now"]
    abroad.sound()


def test_what_is_asked_for_as_another_part_of_the_account_is_said_to_be_asked_for(
    abroad: Abroad,
) -> None:
    out_for_less(abroad)
    rises(abroad, 20_000)
    abroad.new("mla", wanted="return", amount="200.00", part="new")
    abroad.decide()
    assert why_over(abroad) == ["it is asked for by now, or no longer traced there"]
