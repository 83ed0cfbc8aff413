"""Small sums are stopped only with open eyes; what an officer takes back stays taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.reports.statistics import summary


@pytest.fixture
async def small(unit: Any) -> Any:
    """The unit with one more report: 15.00 paid to the mule, less than a hold is worth."""
    fact = ReportFact(
        row=1,
        external_ref="SYN-SMALL",
        victim_name="Synthetic Victim",
        victim_contact="invented-2@example.org",
        victim_account=AccountRef(unit.sandbox.SLOW, unit.sandbox.VICTIM, "Synthetic Victim"),
        payee_account=AccountRef(unit.sandbox.HOME, unit.sandbox.MULE, "Synthetic Mule"),
        amount=Money(1_500, "CNY"),
        paid_at=unit.sandbox.START + timedelta(hours=1),
        reported_at=unit.sandbox.now,
    )
    with unit_of_work(unit.database) as work:
        actor = Actor(f"the-{Role.OFFICER}", Role.OFFICER)
        (unit.recovery_id,) = file_reports(work, actor, unit.sandbox.now, "CN", [fact]).filed
    unit.advance()
    return unit


async def test_a_stop_below_the_minimum_worth_is_drafted_and_warns(small: Any) -> None:
    await small.sweep()
    assert "below the minimum worth of CNY 20.00" in small.page().steps[0].sentence
    # The mule's account is in the first report's recovery too.
    small.case_officer().advance(small.recovery_id, knowing=True)
    await small.sweep()
    assert small.hold().requested_minor == 1_500


async def test_a_withdrawn_first_stop_is_not_drafted_again(small: Any) -> None:
    hold_actions.withdraw(
        small.case_officer(), small.recovery_id, small.hold().id, "not worth an account"
    )
    await small.sweep()
    assert [h.state for h in small.file().holds] == [HoldState.CANCELLED]
    (asset,) = small.page().assets
    assert asset.note == "an officer withdrew its stop"
    assert small.page().steps[0].action == "submit_close"


async def test_the_summary_says_how_much_is_blocked_for_what_is_disputed(unit: Any) -> None:
    unit.advance()
    (stop,) = unit.file().holds
    hold_actions.amend(
        unit.case_officer(), unit.recovery_id, stop.id, 100_000, "the whole account, by order"
    )
    unit.advance()
    unit.approve()
    await unit.sweep()
    unit.later(1)
    await unit.sweep()
    held = unit.hold(HoldKind.STOP).held_minor
    with unit.database.reading() as session:
        ((currency, rate),) = summary(session, unit.wall_now).blocked
    assert (currency, rate.numerator_minor) == ("CNY", held)
    assert rate.denominator_minor == unit.file().assets[0].traced_minor
    assert rate.formula == "amount blocked / amount in dispute"
