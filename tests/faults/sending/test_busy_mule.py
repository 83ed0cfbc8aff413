"""A mule account that keeps working behind a hold, through real banks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.sandbox.worlds.world import World, WorldAccount, WorldTransfer

ONWARD, SECOND = "9999000000000041", "9999000000000042"


@pytest.fixture
def world(world: World) -> World:
    """A second victim pays 500.00 in hour 5, behind the stop; the mule pays 450.00 on in hour 6."""
    home, slow = (bank.id for bank in world.banks[:2])
    mule = home, world.accounts[0].number
    more = [
        (5.0, (slow, SECOND), mule, 50_000, "E901"),
        (6.0, mule, (slow, ONWARD), 45_000, "E902"),
    ]
    transfers = [
        WorldTransfer(
            900 + place, world.starts_at + timedelta(hours=hour), payer, payee, minor, "CNY",
            "TRANSFER", reference,
        )
        for place, (hour, payer, payee, minor, reference) in enumerate(more)
    ]  # fmt: skip
    accounts = (
        WorldAccount(slow, SECOND, "Synthetic Second Victim", "CNY", 60_000),
        WorldAccount(slow, ONWARD, "Synthetic Onward", "CNY", 0),
    )
    return replace(
        world,
        accounts=(*world.accounts, *accounts),
        transfers=(*world.transfers, *transfers),
    )


def second_report(unit: Any) -> str:
    """The second victim tells of the 500.00 that were paid into the same account."""
    of = unit.sandbox
    fact = ReportFact(
        row=1,
        external_ref="SYN-SECOND",
        victim_name="Synthetic Second Victim",
        victim_contact="invented-2@example.org",
        victim_account=AccountRef(of.SLOW, SECOND, "Synthetic Second Victim"),
        payee_account=AccountRef(of.HOME, of.MULE, "Synthetic Mule"),
        amount=Money(50_000, "CNY"),
        paid_at=of.START + timedelta(hours=5),
        reported_at=of.now,
        end_to_end_id="E901",
    )
    with unit_of_work(unit.database) as work:
        (filed,) = file_reports(
            work, Actor(f"the-{Role.OFFICER}", Role.OFFICER), of.now, "CN", [fact]
        ).filed
    return str(filed)


async def test_a_second_victims_money_that_left_behind_the_stop_is_found_and_stopped(
    unit: Any,
) -> None:
    unit.stop()
    await unit.sweep()
    first = unit.recovery_id
    assert unit.hold().held_minor == 80_000
    unit.later(4)
    unit.recovery_id = second_report(unit)
    unit.advance()
    unit.case_officer().advance(unit.recovery_id, knowing=True)
    await unit.sweep()
    unit.case_officer().join(unit.recovery_id, first)
    unit.recovery_id = first
    await unit.sweep()
    file = unit.file()
    by_depth = {a.depth: a for a in file.assets}
    # 200.00 of the 450.00 were the holder's own; the 800.00 that are held did not move.
    assert by_depth[0].traced_minor == 80_000 + 25_000
    assert (by_depth[1].partner_id, by_depth[1].traced_minor) == (unit.sandbox.SLOW, 25_000)
    unit.officer_does("order_stop")
    await unit.come_to_rest()
    (stop,) = (h for h in unit.file().holds_of(by_depth[1].id) if h.kind is HoldKind.STOP)
    assert (stop.state, stop.held_minor) == (HoldState.STOPPED, 25_000)
    unit.assert_books_hold()
