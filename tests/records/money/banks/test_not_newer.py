"""A bank that states something else under a revision that is not newer is never dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldState
from models.entities.payout import PayoutState
from models.facts import BankHoldState, BankPayoutState
from models.money import Money
from recovery_flows.cases.next_steps import steps
from recovery_flows.correspondence import answers
from recovery_flows.freezing import refused_releases
from recovery_flows.freezing.refused_releases import waits
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import stage as restitution

_HELD = BankHoldState.HELD


def details(banks: Any) -> list[str]:
    found = [d for d in banks.found() if d.kind == "contradicts_outcome"]
    return [d.detail for d in found]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (HoldState.FROZEN, BankHoldState.RELEASED),
        (HoldState.FROZEN, BankHoldState.PAID_OUT),
        (HoldState.RELEASED, _HELD),
        (HoldState.NO_FUNDS, _HELD),
    ],
)
def test_a_hold_stated_otherwise_under_the_same_revision_is_owned_and_not_booked(
    banks: Any, state: HoldState, told: BankHoldState
) -> None:
    banks.hold_is(state, bank_said="another statement")
    before = banks.freeze
    banks.states(banks.hold_fact(told, revision=5))
    assert banks.freeze == before
    (detail,) = details(banks)
    assert detail.startswith(f"stated another statement under revision 5, and {told} ")


def test_a_hold_stated_otherwise_under_an_older_revision_with_a_newer_stamp_is_owned(
    banks: Any,
) -> None:
    banks.hold_is(HoldState.FROZEN, bank_said_at=banks.now)
    later = banks.now + timedelta(seconds=1)
    banks.states(banks.hold_fact(_HELD, revision=4, held=Money(30_000, "CNY"), modified_at=later))
    assert banks.freeze.held_minor == 70_000
    (detail,) = details(banks)
    assert "HELD 30000 CNY" in detail
    assert "revision 4" in detail


def test_what_is_only_told_once_more_is_no_disagreement(banks: Any) -> None:
    told = banks.hold_fact(_HELD)
    banks.states(told)
    banks.states(told)
    old = banks.hold_fact(_HELD, revision=2, held=Money(0, "CNY"), modified_at=told.modified_at)
    banks.states(old)
    assert details(banks) == []


@pytest.mark.parametrize("state", [PayoutState.SETTLED, PayoutState.RETURNED, PayoutState.REFUSED])
def test_a_payout_stated_otherwise_under_the_same_revision_is_owned_and_not_booked(
    banks: Any, state: PayoutState
) -> None:
    banks.payout_is(state, bank_said=f"{state} as before", bank_said_at=banks.now)
    before = banks.payout
    half = Money(35_000, "CNY")
    banks.states(banks.payout_fact(BankPayoutState.SETTLED, revision=5, amount=half, debited=half))
    assert banks.payout == before
    (detail,) = details(banks)
    assert detail.endswith("SETTLED 35000 CNY for 35000 CNY under revision 5")


def test_a_payout_that_is_restated_is_compared_with_what_its_bank_said_last(banks: Any) -> None:
    settled = banks.payout_fact(BankPayoutState.SETTLED)
    banks.states(settled)
    banks.states(settled)
    assert details(banks) == []
    banks.states(banks.payout_fact(BankPayoutState.REFUSED, revision=settled.revision))
    assert len(details(banks)) == 1


def test_a_refused_release_is_owned_asked_about_and_proposed_again_only_after_a_look(
    banks: Any,
) -> None:
    banks.payout_is(PayoutState.REFUSED)
    banks.hold_is(HoldState.RELEASE_PENDING, releasing_minor=70_000)
    changes = Changeset(banks.file)
    answers.apply_refusal(
        changes, CallKind.RELEASE, EntityKind.HOLD, banks.freeze.id, "OperationInvalid",
        banks.now,
    )  # fmt: skip
    hold = changes.file.hold(banks.freeze.id)
    assert hold.state is HoldState.FROZEN
    (found,) = (d for d in changes.file.discrepancies if d.kind == "release_refused")
    assert found.detail == "OperationInvalid: ask its desk why before it is ordered again"
    (query,) = (c for c in changes.calls if c.kind is CallKind.HOLD_QUERY)
    assert query.subject_id == hold.id
    assert waits(changes.file, hold)


def test_nobody_asks_about_a_refused_release_once_the_hold_has_ended(banks: Any) -> None:
    banks.hold_is(HoldState.RELEASE_PENDING, releasing_minor=70_000)
    changes = Changeset(banks.file)
    refused = CallKind.RELEASE
    answers.apply_refusal(changes, refused, EntityKind.HOLD, banks.freeze.id, "NotFound", banks.now)
    banks.file = changes.file
    banks.states(banks.hold_fact(BankHoldState.EXPIRED))
    changes = Changeset(banks.file)
    refused_releases.clear_ended(changes, banks.now)
    (found,) = (d for d in changes.file.discrepancies if d.kind == "release_refused")
    assert found.state == "resolved"
    assert found.resolved_by == ""


def test_an_account_stays_open_while_its_bank_holds_in_another_currency(banks: Any) -> None:
    banks.payout_is(PayoutState.CANCELLED)
    asset = banks.file.asset(banks.freeze.asset_id)
    for foreign, keeps in ((100_000, True), (0, False)):
        currency = "JPY" if foreign else ""
        banks.hold_is(
            HoldState.FROZEN, held_minor=0, foreign_minor=foreign, foreign_currency=currency
        )
        assert restitution._keeps(banks.freeze) is keeps, asset


def test_what_is_held_in_another_currency_waits_for_its_bank_with_a_date(banks: Any) -> None:
    banks.payout_is(PayoutState.CANCELLED)
    banks.hold_is(
        HoldState.FROZEN, held_minor=0, foreign_minor=100_000, foreign_currency="JPY"
    )  # fmt: skip
    found = [s for s in steps(banks.file, banks.laws) if s.subject_id == banks.freeze.id]
    assert [(s.action, s.due_at) for s in found] == [("wait", banks.freeze.expires_at)]
    assert "states JPY 100,000 for a freeze in CNY" in found[0].sentence
