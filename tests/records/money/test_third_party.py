"""Claims of people who are no victims on held accounts: what is held shrinks, is left, or is paid.

The victim paid 1,000.00 into the account, which also had 4,000.00 of its holder; 5,000.00 is held.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState
from models.entities.ledger import TERMS, LedgerAccount
from models.entities.officer import Role
from models.entities.outside.third_party_claim import DamagesSource, ThirdPartyGround
from models.money import Money
from models.outcome import Outcome, Transition
from models.queries.audit.verify import verify
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import next_steps
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.third_parties import actions
from recovery_flows.cases.third_parties.actions import Filing, Paid
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import as_markdown
from recovery_flows.correspondence.returns.reading import documents_of
from recovery_flows.correspondence.returns.wording import wording
from recovery_flows.correspondence.returns.writing import files_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.ledger.outstanding_losses import owed_minor
from recovery_flows.reports.group_figures import group_figures
from recovery_flows.reports.ledger_check import ledger_check
from tests.records.money.test_restitution_page import blocks

EXCESS, FAITH = ThirdPartyGround.EXCESS, ThirdPartyGround.GOOD_FAITH
HARM = ThirdPartyGround.WRONG_FREEZE
PAPER = b"an invented paper"
SENDER = Sender("Synthetic Unit", answer_to="Synthetic Answer Desk", is_synthetic=True)


@pytest.fixture
def held(unit: Any, acts: Any) -> str:
    """5,000.00 are frozen on the account, of which 1,000.00 is disputed."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, 500_000)
    own = unit.line(1, 400_000, counter=unit.accounts[2], at_hours=0.5, ref="OWN")
    unit.trace(recovery_id, unit.statement([own, unit.line(2, 100_000, at_hours=1, ref="E1")]))
    acts.close_calls(recovery_id)
    return str(recovery_id)


def row(unit: Any, recovery_id: str) -> Any:
    return unit.file(recovery_id).third_party_claims[-1]


def books(unit: Any, recovery_id: str) -> dict[LedgerAccount, int]:
    found: dict[LedgerAccount, int] = {}
    for balance in unit.file(recovery_id).balances:
        if balance.account in TERMS and balance.claim_minor:
            found[balance.account] = found.get(balance.account, 0) + balance.claim_minor
    assert sum(found.values()) == 100_000
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()
    return found


def released(unit: Any, acts: Any, recovery_id: str, left: int, revision: int = 4) -> None:
    """The bank carries out what was ordered, as its next statement of the hold says."""
    acts.close_calls(recovery_id, CallKind.RELEASE)
    (hold,) = [h for h in unit.file(recovery_id).holds if h.kind is HoldKind.STOP]
    unit.bank_says(recovery_id, hold.id, left, revision)
    acts.decide(recovery_id)


def test_the_hold_shrinks_to_the_disputed_sum_with_clock_letter_and_log(
    unit: Any, acts: Any, held: str
) -> None:
    officer = unit.case_officer()
    told = actions.file_claim(officer, held, Filing(EXCESS, "a shop's takings", paper=PAPER))
    claim = row(unit, held)
    assert (claim.claimed_minor, claim.law_row) == (400_000, "CN_THIRD_PARTY_CLAIM")
    assert claim.due_at - unit.now >= timedelta(days=15)
    assert "CNY 4,000.00 claimed; to be decided by" in told
    (clock,) = [c for c in running(unit.file(held), unit.laws) if c.subject_id == claim.id]
    assert (clock.what, clock.note) == (
        "third party's claim to be decided", "CNY 4,000.00, excess"
    )  # fmt: skip
    (step,) = [s for s in next_steps.steps(unit.file(held), unit.laws) if s.subject_id == claim.id]
    assert "CNY 4,000.00 of the account at bank-home: decide" in step.sentence
    actions.decide(officer, held, claim.id, "", "the takings are booked before the payment")
    assert unit.file(held).holds[0].releasing_minor == 0, "one person alone releases nothing"
    unit.approve(held)
    hold = unit.file(held).holds[0]
    assert (hold.held_minor, hold.releasing_minor) == (500_000, 400_000)
    (order,) = [c for c in unit.file(held).calls if c.kind is CallKind.RELEASE]
    assert (order.partner_id, row(unit, held).state) == ("bank-home", "upheld")
    released(unit, acts, held, 100_000)
    assert unit.file(held).hold(hold.id).held_minor == 100_000
    sums = (claim.claimed_minor + 100_000, 100_000, claim.claimed_minor)
    told = "before: {} held, {} disputed, {} claimed\n".format(*(Money(m, "CNY") for m in sums))
    told += f"after:  {Money(unit.file(held).hold(hold.id).held_minor, 'CNY')} held\n"
    assert blocks()["third-party"] == told
    assert row(unit, held).disputed_minor == 100_000
    assert row(unit, held).state == "released"
    assert books(unit, held) == {LedgerAccount.HELD: 100_000}
    log = "SELECT group_concat(event) FROM event WHERE subject_id = '{}'"
    assert unit.one(log.format(claim.id)) == "filed,upholding_asked,upheld,released"


def test_money_acquired_in_good_faith_is_kept_by_the_third_party_and_owed_to_the_victim(
    unit: Any, acts: Any, held: str
) -> None:
    officer = unit.case_officer()
    actions.file_claim(officer, held, Filing(FAITH, "sold goods for it", "600.00"))
    claim = row(unit, held)
    with pytest.raises(StepRefusedError, match=r"at most the claimed CNY 600\.00"):
        actions.decide(officer, held, claim.id, "600.01", "an invoice shows it")
    actions.decide(officer, held, claim.id, "300.00", "an invoice shows that much")
    unit.approve(held)
    assert LedgerAccount.THIRD_PARTY not in books(unit, held), "the bank has not released it"
    released(unit, acts, held, 470_000)
    # All that is held there covers the loss until what is held is less than what was traced.
    assert row(unit, held).state == "released"
    file = unit.file(held)
    assert owed_minor(file, file.claims[0]) == 100_000
    freeze = [h for h in file.holds if h.kind is HoldKind.FREEZE]
    assert all(h.requested_minor <= 70_000 for h in freeze), "his money is frozen no more"
    books(unit, held)


def test_what_a_third_party_keeps_of_a_fully_traced_account_is_a_term_of_its_own(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.frozen(70_000)
    acts.close_calls(recovery_id)
    officer = unit.case_officer()
    actions.file_claim(officer, recovery_id, Filing(FAITH, "sold goods for it", "200.00"))
    claim = row(unit, recovery_id)
    (before,) = [h for h in unit.file(recovery_id).holds if h.state is HoldState.FROZEN]
    why = next_steps.steps(unit.file(recovery_id), unit.laws)
    assert not [s for s in why if s.action in ("establish_ownership", "submit_return")]
    actions.decide(officer, recovery_id, claim.id, "", "an invoice shows it")
    unit.approve(recovery_id)
    acts.close_calls(recovery_id, CallKind.RELEASE)
    unit.bank_says(recovery_id, before.id, 50_000, 5)
    acts.decide(recovery_id)
    found = books(unit, recovery_id)
    assert found[LedgerAccount.THIRD_PARTY] == 20_000
    (group,) = group_figures([unit.file(recovery_id)])
    assert group.others == Money(20_000, "CNY")
    parts = (group.held, group.returned, group.treasury, group.others, group.kept)
    assert group.taken.minor == sum(part.minor for part in parts)
    given = unit.database, unit.laws, recovery_id, SENDER, wall_clock(), "en", ("fact-sheet",)
    (sheet,) = documents_of(*given)
    assert "Left to somebody who acquired it in good faith | CNY 200.00" in as_markdown(sheet)
    assert found[LedgerAccount.HELD] == 50_000
    file = unit.file(recovery_id)
    assert owed_minor(file, file.claims[0]) == 100_000


def test_a_rejection_has_an_appeal_with_its_term_and_is_decided_by_two_again(
    unit: Any, held: str
) -> None:
    officer = unit.case_officer()
    actions.file_claim(officer, held, Filing(EXCESS, "a shop's takings", "1000.00"))
    name = row(unit, held).id
    actions.decide(officer, held, name, None, "no paper came with it")
    unit.approve(held)
    claim = row(unit, held)
    assert (claim.state, claim.due_at) == ("rejected", None)
    assert claim.appeal_until is not None
    unit.later(24)
    actions.appeal(officer, held, name, "the papers are here")
    claim = row(unit, held)
    assert (claim.state, claim.appeals, claim.law_row) == ("filed", 1, "CN_APPEAL_DECISION")
    (clock,) = [c for c in running(unit.file(held), unit.laws) if c.subject_id == name]
    assert clock.what == "third party's appeal to be decided"
    actions.decide(officer, held, name, None, "the papers are of another account")
    unit.approve(held)
    unit.later(24 * 70)
    with pytest.raises(StepRefusedError, match="the time to appeal"):
        actions.appeal(officer, held, name, "once more")


def test_a_wrong_freeze_is_paid_by_two_people_with_its_source_in_the_books(
    unit: Any, held: str
) -> None:
    officer = unit.case_officer()
    before = books(unit, held)
    actions.file_claim(officer, held, Filing(HARM, "the rent bounced", "120.00", paper=PAPER))
    name = row(unit, held).id
    assert row(unit, held).law_row == "CN_FREEZE_DAMAGES"
    actions.decide(officer, held, name, "80.00", "fees of the bounced rent")
    unit.approve(held)
    (step,) = [s for s in next_steps.steps(unit.file(held), unit.laws) if s.subject_id == name]
    assert "CNY 80.00 for a wrong freeze are to be paid" in step.sentence
    unit.later(24)
    paid = Paid("80.00", DamagesSource.UNIT_BUDGET, unit.now, "B-7", PAPER)
    with pytest.raises(StepRefusedError, match=r"CNY 80\.00 was decided to be paid"):
        actions.pay(officer, held, name, Paid("90.00", paid.source, unit.now, "B-7", PAPER))
    actions.pay(officer, held, name, paid)
    assert row(unit, held).state == "payment_entered"
    unit.approve(held)
    assert row(unit, held).state == "paid"
    assert books(unit, held) == before, "it is none of the victims' money"
    memo = {
        (b.account, b.detail): b.asset_minor
        for b in unit.file(held).balances
        if b.account in (LedgerAccount.MEMO_DAMAGES, LedgerAccount.MEMO_PAYER)
    }
    assert memo == {
        (LedgerAccount.MEMO_DAMAGES, "unit_budget"): 8_000,
        (LedgerAccount.MEMO_PAYER, "unit_budget"): -8_000,
    }


def test_what_cannot_be_claimed_is_refused_in_a_sentence(unit: Any, held: str) -> None:
    officer = unit.case_officer()
    with pytest.raises(StepRefusedError, match=r"at most CNY 4,000\.00, held there beyond"):
        actions.file_claim(officer, held, Filing(EXCESS, "mine", "4000.01"))
    with pytest.raises(StepRefusedError, match=r"at most CNY 1,000\.00, held there and disputed"):
        actions.file_claim(officer, held, Filing(FAITH, "mine", "1000.01"))
    with pytest.raises(StepRefusedError, match="say how much is claimed"):
        actions.file_claim(officer, held, Filing(HARM, "mine"))
    with pytest.raises(MisuseError, match="no account asset-x"):
        actions.file_claim(officer, held, Filing(EXCESS, "mine", "1.00", "asset-x"))
    assert unit.file(held).third_party_claims == ()


def test_neither_sql_nor_the_store_decides_or_pays_by_one_alone(unit: Any, held: str) -> None:
    actions.file_claim(unit.case_officer(), held, Filing(EXCESS, "a shop's takings"))
    name = row(unit, held).id
    for statement, sentence in (
        ("UPDATE third_party_claim SET state = 'upheld'", "by two people"),
        ("UPDATE third_party_claim SET state = 'rejected'", "by two people"),
        ("UPDATE third_party_claim SET state = 'paid'", "by two people"),
        ("UPDATE third_party_claim SET claimed_minor = 1", "stays"),
        ("UPDATE third_party_claim SET granted_minor = 400001", "no more than was claimed"),
    ):
        with (
            closing(sqlite3.connect(unit.path)) as raw,
            pytest.raises(sqlite3.IntegrityError, match=sentence),
        ):
            raw.execute(statement)
    actions.decide(unit.case_officer(), held, name, "", "the takings are booked before")
    move = Transition(EntityKind.THIRD_PARTY_CLAIM, name, "upheld", "proposed")
    for actor in (Actor("chen", Role.OFFICER), Actor("chen", Role.SUPERVISOR), ENGINE):
        with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
            record(work, actor, unit.now, held, Outcome((move,)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_claimant_is_told_by_letter_what_was_decided_and_what_he_may_do(
    unit: Any, acts: Any, held: str, language: str
) -> None:
    words, officer = wording(language), unit.case_officer()
    actions.file_claim(officer, held, Filing(EXCESS, "a shop's takings"))
    name = row(unit, held).id
    assert words("third_party.begun") in letter(unit, held, language)
    actions.decide(officer, held, name, None, "no paper came with it")
    unit.approve(held)
    text = letter(unit, held, language)
    assert words("third_party.not_upheld") in text
    assert words("third_party.appeal", until="@").partition("@")[2] in text
    actions.appeal(officer, held, name, "the papers are here")
    actions.decide(officer, held, name, "", "the papers show it")
    unit.approve(held)
    text = letter(unit, held, language)
    assert "CNY 4,000.00" in text
    assert "CNY 1,000.00" in text
    assert words("third_party.bank_told") in text
    released(unit, acts, held, 100_000)
    assert words("third_party.bank_has") in letter(unit, held, language)
    for private in ("9999000000000001", "Invented", "Mule"):
        assert private not in text


def letter(unit: Any, recovery_id: str, language: str) -> str:
    given = unit.database, unit.laws, recovery_id, SENDER, wall_clock(), language
    (paper,) = documents_of(*given, ("third-party-letter",))
    if language == "zh":
        pytest.importorskip("typst")
        (raw,) = files_of([paper], ("pdf",)).values()
        assert raw.startswith(b"%PDF")
    return as_markdown(paper).replace("\\", "")
