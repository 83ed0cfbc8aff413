"""What must not slip: a part let go as the whole, one partner's trouble, a lease that ran out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.entities.call import CallKind, CallState
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.facts import BankHoldState, HoldFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.engine.outbox import dispatch
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.ledger.changeset import Changeset


def told(unit: Any, hold: HoldRow, minor: int) -> None:
    """The bank's feed tells of another held sum, before any call leaves."""
    fact = HoldFact(
        bank_ref=hold.bank_ref, revision=hold.bank_revision + 1, order_ref=hold.id,
        state=BankHoldState.PARTIALLY_HELD, requested=Money(hold.requested_minor, hold.currency),
        held=Money(minor, hold.currency), acted_at=hold.acted_at, expires_at=hold.expires_at,
        modified_at=unit.sandbox.now,
    )  # fmt: skip
    laws = unit.installation.laws
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, unit.recovery_id))
        answers.apply_hold_fact(changes, hold.id, fact, laws, unit.sandbox.now)
        commit_changes(work, ENGINE, unit.sandbox.now, laws, changes)


def at_bank(unit: Any) -> dict[str, Any]:
    (freeze,) = (h for h in unit.sandbox.book()["holds"] if h["kind"] == "freeze")
    return dict(freeze)


async def test_an_approved_part_is_never_let_go_as_the_whole(unit: Any) -> None:
    hold = await unit.frozen()
    part = Money.parse("100.00", "CNY")
    hold_actions.release_part(
        unit.case_officer(), unit.recovery_id, hold.id, part, "another's money"
    )
    unit.approve()
    told(unit, unit.hold(HoldKind.FREEZE), hold.held_minor - 1)
    await unit.sweep()
    unit.later(1)
    await unit.sweep()
    # What the supervisor was shown is not what is held now: nothing is let go on that yes.
    assert unit.call_events("release") == ["planned", "cancelled"]
    assert at_bank(unit)["amountHeld"]["amount"] == "800.00"
    hold_actions.release_part(
        unit.case_officer(), unit.recovery_id, hold.id, part, "another's money"
    )
    unit.approve()
    await unit.sweep()
    assert unit.call_events("release")[2:] == ["planned", "sent", "answered"]
    assert at_bank(unit)["amountHeld"]["amount"] == "700.00"


async def test_a_part_that_is_not_there_any_more_is_not_ordered(unit: Any) -> None:
    hold = await unit.frozen()
    part = Money.parse("100.00", "CNY")
    hold_actions.release_part(
        unit.case_officer(), unit.recovery_id, hold.id, part, "another's money"
    )
    unit.approve()
    told(unit, unit.hold(HoldKind.FREEZE), 5_000)
    await unit.sweep()
    assert unit.call_events("release") == ["planned", "cancelled"]
    assert at_bank(unit)["amountHeld"]["amount"] == "800.00"
    assert unit.hold(HoldKind.FREEZE).releasing_minor == 0


async def test_a_certificate_that_is_gone_is_one_partners_trouble(
    unit: Any, change_partner: Any
) -> None:
    unit.stop()
    bank = unit.sandbox.banks[unit.sandbox.HOME]

    def moved(url: str, ca_path: str = "") -> None:
        change_partner(
            unit.database, ("the-officer", "the-supervisor"), unit.sandbox.now, bank["id"],
            name=bank["name"], regime="CN", currency="CNY", home=True, base_url=url,
            token=bank["token"], client_id=bank["client_id"], certificates=(ca_path, "", ""),
        )  # fmt: skip

    moved("https://bank.example", "/gone/ca.pem")
    await unit.sweep()
    assert unit.hold().state is HoldState.ORDERED
    assert "not a readable PEM file" in unit.file().calls[0].last_error
    moved(bank["url"])
    await unit.sweep(after_seconds=130)
    assert unit.hold().state is HoldState.STOPPED


async def test_an_answer_that_comes_after_its_lease_was_taken_over_is_dropped(unit: Any) -> None:
    unit.stop()
    slow, quick = unit.engine, unit.hands("another")
    ready, _ = dispatch.prepare(slow, [CallKind.HOLD], "slow/1")
    unit.wall_now += timedelta(seconds=slow.pace.lease_seconds + 10)
    await dispatch.send_due(quick, [CallKind.HOLD])
    assert unit.file().calls == () or unit.file().calls[0].state is not CallState.SENT
    settling = dispatch._Settling(slow, "slow/1")
    await dispatch._send_to_partner(slow, unit.sandbox.HOME, ready, settling)
    await unit.sweep(after_seconds=130)
    assert unit.hold().state is HoldState.STOPPED
    assert len(unit.sandbox.book()["holds"]) == 1
    await quick.close()
    unit.assert_books_hold()
