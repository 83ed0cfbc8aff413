"""Money that came in and what an insurer has paid, entered and waiting for a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.entities.officer import Role
from models.entities.partner import PartnerChannel
from models.facts import AccountRef
from models.money import Money
from models.store.partners import register
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases import money_actions
from recovery_flows.cases.money_actions import Incoming
from tests.recall_messages import drafted, returned, sent, take

OURS = AccountRef("treasury", "9999000000000077", "Synthetic Unit")
INSURER = AccountRef("bank-slow", "9999000000000088", "Synthetic Insurer")


def register_treasury(unit: Any) -> None:
    """The bank of the unit's own account, which takes orders on paper."""
    with unit_of_work(unit.database) as work:
        register(
            work, unit.start, "treasury", name="Synthetic treasury", regime="CN", currency="CNY",
            home=True, base_url="", token="", channel=PartnerChannel.LETTER,
        )  # fmt: skip


def refuse(unit: Any, case_of: Callable[[Any, str], Any]) -> Any:
    """A report behind which no payment stands."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.case_officer().refuse_report(recovery_id, "no payment stands behind it")
    return case_of(unit, recovery_id)


def receive(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """Money came in by the promise of the mule's holder."""
    register_treasury(unit)
    case = begin(unit)
    officer = unit.case_officer()
    money_actions.invite(officer, case.recovery_id, "", "told at the interview", None)
    (row,) = case.file().voluntary_returns
    slip, amount = b"an invented bank slip", Money(10_000, "CNY")
    incoming = Incoming(OURS, "B-1", amount, unit.start, slip, row.id)
    money_actions.receive(officer, case.recovery_id, incoming)
    return case


def compensate(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """An insurer has paid the victim a part."""
    case = begin(unit)
    (claim,) = case.file().claims
    money_actions.compensate(
        unit.case_officer(), case.recovery_id, claim.id, INSURER, Money(40_000, "CNY"),
        unit.start, b"an invented letter", "I-1",
    )  # fmt: skip
    return case


def recall(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """The victim's payment is to be called back."""
    case = begin(unit)
    drafted(unit, case.recovery_id)
    return case


def recalled(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """A part of it came back after costs."""
    case = begin(unit)
    drafted(unit, case.recovery_id)
    (asked,) = (a for a in case.file().approvals if (a.action, a.state) == ("recall", "pending"))
    unit.case_officer(Actor("wu", Role.SUPERVISOR)).approve(asked.id)
    sent(unit, case.recovery_id)
    take(unit, returned("180.00", costs="20.00"))
    return case
