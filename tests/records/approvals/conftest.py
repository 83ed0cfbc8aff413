"""One pending approval of each kind, each asked through the desk in a unit of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from models.entities.approval import ApprovalRow
from models.entities.call import CallState
from models.entities.hold import HoldKind
from models.entities.multi_agency import SubjectKind
from models.entities.officer import Role
from models.entities.partner import PartnerChannel, PartnerKind
from models.facts import AccountRef, BankHoldState, HoldFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.calls import mark_sent, settle
from models.store.partners import register
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.letters import actions as letter_actions, answer_actions
from recovery_flows.correspondence.letters.orders import Post
from recovery_flows.correspondence.letters.views import open_letters
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.engine.outbox.bodies import path_and_body
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import actions as multi_agency_actions
from recovery_flows.multi_agency.identifiers import Subject
from tests.records.approvals import money_cases
from tests.records.approvals.request_cases import assurance_asked, request_submitted
from tests.records.begun import played

OFFICER = Actor("chen", Role.OFFICER)
POST = Post(Sender("Synthetic Unit", "1 Invented Street", "Answer Desk"), path_and_body)
FOREIGN = AccountRef("bank-abroad", "9999000000000044", "Synthetic Foreign")


@dataclass
class Case:
    """A recovery with one approval of the kind pending."""

    unit: Any
    recovery_id: str

    def file(self) -> Any:
        return self.unit.file(self.recovery_id)

    def pending(self, act: str) -> ApprovalRow:
        found: ApprovalRow
        (found,) = (a for a in self.file().approvals if (a.action, a.state) == (act, "pending"))
        return found

    def decide(self) -> None:
        engine = Engine(self.unit.database, self.unit.laws, Pace(), "test", lambda: self.unit.now)
        decide(engine, [self.recovery_id])

    def close_calls(self) -> None:
        with unit_of_work(self.unit.database) as unit:
            for call in load_file(unit.session, self.recovery_id).calls:
                now = self.unit.now
                mark_sent(unit, now, self.recovery_id, call.id, call.state)
                settle(unit, now, self.recovery_id, call.id, CallState.SENT, "answered")

    def no_money(self, hold_id: str) -> None:
        """The bank finds nothing on the account."""
        with unit_of_work(self.unit.database) as unit:
            changes = Changeset(load_file(unit.session, self.recovery_id))
            hold, now = changes.file.hold(hold_id), self.unit.now
            fact = HoldFact(
                bank_ref="H-0", revision=3, order_ref=hold_id, state=BankHoldState.REFUSED,
                requested=Money(hold.requested_minor, hold.currency),
                held=Money(0, hold.currency), acted_at=now, expires_at=None, modified_at=now,
                reason="NO_BALANCE",
            )  # fmt: skip
            answers.apply_hold_fact(changes, hold_id, fact, self.unit.laws, now)
            commit_changes(unit, ENGINE, now, self.unit.laws, changes)

    def hold(self, kind: HoldKind) -> Any:
        return next(h for h in self.file().holds if h.kind is kind)


def kept(make: Callable[[Any], Case], name: str = "") -> Callable[[Any], Case]:
    """What is made; in a new unit it is made once and then copied."""
    key = ("approval", name or make.__name__)
    return lambda unit: Case(unit, played(unit, key, lambda: make(unit).recovery_id))


def _freeze(unit: Any) -> Case:
    case = Case(unit, unit.traced())
    case.decide()
    unit.case_officer().advance(case.recovery_id)
    return case


@kept
def _frozen(unit: Any) -> Case:
    case = _freeze(unit)
    unit.approve(case.recovery_id)
    freeze = case.hold(HoldKind.FREEZE)
    unit.bank_says(case.recovery_id, freeze.id, freeze.requested_minor)
    case.close_calls()
    case.decide()
    return case


def _order_stop(unit: Any) -> Case:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    case = Case(unit, recovery_id)
    stop = case.hold(HoldKind.STOP)
    hold_actions.amend(
        unit.case_officer(), recovery_id, stop.id, 150_000, "the account is emptied hourly"
    )
    unit.case_officer().advance(recovery_id)
    return case


def _renew(unit: Any) -> Case:
    case = _frozen(unit)
    freeze = case.hold(HoldKind.FREEZE)
    unit.later((freeze.expires_at - unit.now).total_seconds() / 3600 * 0.6)
    case.decide()
    unit.case_officer().advance(case.recovery_id)
    return case


def _release(unit: Any) -> Case:
    case = _frozen(unit)
    freeze = case.hold(HoldKind.FREEZE)
    hold_actions.find_unrelated(
        unit.case_officer(), case.recovery_id, freeze.id, "wages of the holder"
    )
    return case


def _release_part(unit: Any) -> Case:
    case = _frozen(unit)
    freeze, part = case.hold(HoldKind.FREEZE), Money(20_000, "CNY")
    hold_actions.release_part(
        unit.case_officer(), case.recovery_id, freeze.id, part, "a part is wages"
    )
    return case


def _complaint(unit: Any) -> Case:
    case = _frozen(unit)
    freeze, part = case.hold(HoldKind.FREEZE), Money(20_000, "CNY")
    hold_actions.complain(unit.case_officer(), case.recovery_id, freeze.id, part, "it is mine")
    return case


@kept
def _return(unit: Any) -> Case:
    case = _frozen(unit)
    for _ in range(6):
        if any(a.action == ApprovalKind.RETURN for a in case.file().approvals):
            break
        unit.case_officer().advance(case.recovery_id)
        case.decide()
        if any(a.notice_to for a in case.file().allocations):
            unit.later(24 * 40)
            case.decide()
    return case


def _close(unit: Any) -> Case:
    """The stop found no money, and the trace found it gone in cash."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    case = Case(unit, recovery_id)
    case.no_money(hold_id)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    unit.trace(recovery_id, unit.statement([came, unit.line(2, -100_000, counter=None)]))
    case.close_calls()
    case.decide()
    unit.case_officer().advance(recovery_id)
    return case


def _trace_rule(unit: Any) -> Case:
    case = _frozen(unit)
    unit.case_officer().choose_rule(
        case.recovery_id, "libr", "the holder's wages are mixed in", "fifo"
    )
    return case


def _multi_agency_request(unit: Any) -> Case:
    with unit_of_work(unit.database) as work:
        register(
            work, unit.now, "the-telecom", name="Synthetic Telecom", regime="CN", currency="CNY",
            home=True, base_url="http://127.0.0.1", token="t", kind=PartnerKind.TELECOM,
        )  # fmt: skip
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    found = [Subject(SubjectKind.NUMBER, "+999000110001")]
    multi_agency_actions.start(unit.case_officer(), recovery_id, found)
    return Case(unit, recovery_id)


def _letter_answer(unit: Any) -> Case:
    with unit_of_work(unit.database) as work:
        register(
            work, unit.now, "bank-home", name="Synthetic bank-home", regime="CN",
            currency="CNY", home=True, base_url="", channel=PartnerChannel.LETTER,
        )  # fmt: skip
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    unit.approve(recovery_id)
    letter = next(
        x for x in open_letters(unit.database, unit.laws, recovery_id) if x.kind == "hold"
    )
    letter_actions.print_letter(unit.case_officer(), POST, letter.call_id)
    letter_actions.record_sent(unit.case_officer(), letter.call_id, "fax", "")
    unit.later(1)
    scan = Path(unit.folder) / "scan.pdf"
    scan.write_bytes(b"%PDF synthetic")
    said = {"state": "held", "amount": "900.00", "acted_at": unit.now.isoformat()}
    answer_actions.enter_answer(unit.case_officer(), letter.call_id, said, scan)
    return Case(unit, recovery_id)


@kept
def _request(unit: Any) -> Case:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, 50_000)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    left = unit.line(2, -50_000, counter=FOREIGN, at_hours=2)
    unit.trace(recovery_id, unit.statement([came, left]))
    case = Case(unit, recovery_id)
    case.decide()
    return request_submitted(case)


def _payee(unit: Any) -> Case:
    case = _return(unit)
    (claim,) = case.file().claims
    other = AccountRef("bank-slow", "9999000000000042", "Synthetic Victim")
    unit.case_officer().change_payee(case.recovery_id, claim.id, other, "the account was closed")
    return case


KINDS: dict[ApprovalKind, Callable[[Any], Case]] = {
    ApprovalKind.ORDER_STOP: _order_stop,
    ApprovalKind.FREEZE: _freeze,
    ApprovalKind.RELEASE: _release,
    ApprovalKind.REQUEST: _request,
    ApprovalKind.ASSURANCE: lambda unit: assurance_asked(_request(unit)),
    ApprovalKind.RETURN: _return,
    ApprovalKind.CLOSE: _close,
    ApprovalKind.REFUSE_REPORT: lambda unit: money_cases.refuse(unit, Case),
    ApprovalKind.TRACE_RULE: _trace_rule,
    ApprovalKind.RENEW: _renew,
    ApprovalKind.RELEASE_PART: _release_part,
    ApprovalKind.COMPLAINT: _complaint,
    ApprovalKind.MULTI_AGENCY_REQUEST: _multi_agency_request,
    ApprovalKind.LETTER_ANSWER: _letter_answer,
    ApprovalKind.PAYEE: _payee,
    **{act: partial(make, begin=_return) for act, make in money_cases.AFTER_A_RETURN.items()},
    **{act: partial(make, begin=_frozen) for act, make in money_cases.AFTER_A_FREEZE.items()},
}


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> ApprovalKind:
    return ApprovalKind(request.param)


@pytest.fixture
def asked(unit: Any) -> Callable[[str], Case]:
    """Make a recovery with an approval of this kind pending."""
    return lambda act: kept(KINDS[ApprovalKind(act)], act)(unit)


@pytest.fixture
def case(asked: Callable[[str], Case], kind: ApprovalKind) -> Case:
    return asked(kind)


@pytest.fixture
def kinds() -> dict[ApprovalKind, Callable[[Any], Case]]:
    return KINDS
