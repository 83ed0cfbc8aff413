"""The report for the approval of a return: what the yes binds, and what stands against it."""

from __future__ import annotations

from typing import Any

from models.entities.allocation import AllocationState as A
from models.entities.claim import ObjectionKind
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.outside.third_party_claim import ThirdPartyGround
from models.language.catalogue import Language
from models.language.shown import in_language, shown
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.objection_actions import enter
from recovery_flows.cases.pages.approvals import detail
from recovery_flows.cases.pages.value import Line
from recovery_flows.cases.third_parties import actions
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.correspondence.returns.page import as_json, as_markdown
from recovery_flows.correspondence.returns.wording import wording
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from tests.records.money.test_application import (
    HIDDEN,
    WHY,
    _asked,
    _language,
    cny,
    one,
    rows,
    told,
)
from tests.records.money.test_compensation import OTHER, claims, compensated
from tests.records.money.test_documents import made

__all__ = ["_asked", "_language"]


def test_the_report_shows_every_figure_that_the_yes_binds_and_its_digest(
    unit: Any, asked: str, language: str
) -> None:
    paper, file = one(unit, asked, "report", language), unit.file(asked)
    (approval,) = [a for a in file.approvals if a.action == "return"]
    subject = subject_of(file, ApprovalKind.RETURN, approval.subject_id)
    assert approval.subject_digest == subject.digest
    assert subject.digest in told(paper, "report.bound")
    assert len(rows(paper, "report.bound")) == len(subject.figures)
    for payout in file.payouts:
        mine = [row[1] for row in rows(paper, "report.bound")
                if claim_number(payout.claim_id) in row[0]]  # fmt: skip
        assert any(text.startswith(cny(payout.amount_minor)) for text in mine)
    words = wording(language)
    assert {row[1] for row in rows(paper, "report.checks")} == {words("report.passed")}
    assert {row[2] for row in rows(paper, "report.basis")} == {words("report.same")}
    assert file.trace.id in [row[1] for row in rows(paper, "report.basis")]
    assert approval.asked_by in told(paper, "report.who")
    assert words("approver.city_police") in told(paper, "report.who")
    assert words("report.rounding") in told(paper, "rule.heading")


def test_a_report_before_it_is_asked_says_so_and_which_check_is_not_passed(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    paper, words = one(unit, recovery_id, "report", language), wording(language)
    assert words("report.not_asked") in told(paper, "report.asked")
    failed = [row[0] for row in rows(paper, "report.checks") if row[1] == words("report.failed")]
    assert failed == [words("check.notice")]
    application = one(unit, recovery_id, "application", language)
    assert told(application, "application.signature") == words("application.not_submitted")


def test_a_report_of_figures_that_were_changed_by_hand_warns_of_the_old_digest(
    unit: Any, asked: str, language: str
) -> None:
    before = next(a for a in unit.file(asked).approvals if a.action == "return").subject_digest
    unit.tamper("UPDATE payout SET amount_minor = amount_minor - 1")
    paper, words = one(unit, asked, "report", language), wording(language)
    assert words("report.digest_then", digest=before) in told(paper, "report.bound")


def test_after_the_decision_the_report_names_both_people_and_makes_no_checks(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    paper, words = one(unit, recovery_id, "report", language), wording(language)
    (approval,) = [a for a in unit.file(recovery_id).approvals if a.action == "return"]
    assert approval.subject_digest in told(paper, "report.bound")
    assert approval.decided_by in told(paper, "decision.signed")
    assert told(paper, "report.checks") == words("report.checks_over")
    assert rows(paper, "report.checks") == []
    stays = {row[-1] for row in rows(one(unit, recovery_id, "application", language),
                                     "holds.heading")}  # fmt: skip
    assert stays == {words("holds.paying")}


def test_an_open_objection_stands_in_the_report_without_its_words(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    first, _ = claims(unit, recovery_id)
    enter(unit.case_officer(), recovery_id, ObjectionKind.SHARE, first, WHY)
    paper, words = one(unit, recovery_id, "report", language), wording(language)
    ((against, claim, _, state, decided, left),) = rows(paper, "report.objections")
    assert (against, claim) == (words("objection_kind.share"), claim_number(first))
    assert (state, decided, left) == (words("objection_state.open"), "-", "-")
    assert (words("check.objection_first"), words("report.failed")) in rows(paper, "report.checks")
    assert not [h for h in HIDDEN if h in as_json(paper)]


def test_payees_other_than_the_senders_account_are_told_with_whose_they_are(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    first, second = claims(unit, recovery_id)
    compensated(unit, recovery_id, first, 60_000)
    unit.case_officer().change_payee(recovery_id, second, OTHER, WHY)
    unit.approve(recovery_id)
    acts.until(recovery_id, "notice")
    paper, words = made(unit, recovery_id, language, "report")[-1], wording(language)
    found = {(row[0], row[3]) for row in rows(paper, "report.payees")}
    assert found == {
        (claim_number(first), words("report.stood_in", amount="CNY 600.00")),
        (claim_number(second), words("report.stranger")),
    }
    assert {row[4] for row in rows(paper, "report.payees")} == {"-", "chen"}
    every = as_json(paper) + as_markdown(paper)
    assert not [h for h in HIDDEN if h in every]


def test_others_that_want_the_account_fail_the_checks_and_change_the_basis(
    unit: Any, acts: Any, asked: str, language: str
) -> None:
    acts.newcomer_wants(3)
    actions.file_claim(
        unit.case_officer(), asked,
        actions.Filing(ThirdPartyGround.GOOD_FAITH, WHY, "700.00"),
    )  # fmt: skip
    paper, words = one(unit, asked, "report", language), wording(language)
    assert words("report.shared", count=1) in told(paper, "report.others")
    ((ground, claimed, _, state),) = rows(paper, "report.others")
    assert (ground, claimed) == (words("third_party.good_faith"), "CNY 700.00")
    assert state == words("third_party_state.filed")
    failed = {row[0] for row in rows(paper, "report.checks") if row[1] == words("report.failed")}
    codes = ("basis", "third_party_first", "account_shared")
    assert failed == {words(f"check.{code}") for code in codes}
    other = [row[0] for row in rows(paper, "report.basis") if row[2] == words("report.other")]
    assert other == [words("report.basis_sharers")]


def test_a_discrepancy_is_told_in_the_readers_language_without_its_detail(
    unit: Any, asked: str, language: str
) -> None:
    hold = next(h for h in unit.file(asked).holds if h.state == "frozen")
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, asked))
        discrepancies.find(
            changes, DiscrepancyKind.AMOUNT_DIFFERS, EntityKind.HOLD, hold.id, unit.now,
            asset_id=hold.asset_id, expected=Money(1, "CNY"), stated=Money(2, "CNY"), detail=WHY,
        )  # fmt: skip
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    paper, words = one(unit, asked, "report", language), wording(language)
    ((_, what, looked),) = rows(paper, "report.discrepancies")
    assert "CNY 0.02" in what
    assert ("states" in what) == (language == "en")
    assert looked == words("report.open")
    assert (words("check.discrepancy_first"), words("report.failed")) in rows(
        paper, "report.checks"
    )
    assert WHY not in as_json(paper)


def test_the_second_person_is_told_how_to_get_the_report_where_there_is_one(
    unit: Any, asked: str, language: str
) -> None:
    (waiting,) = pending_approvals(unit.database, unit.laws)
    assert made(unit, asked, "en", waiting.report.split()[-1])
    assert waiting.report == f"recovery document {unit.file(asked).recovery.ref} report"
    with in_language(Language(language)):
        page = [shown(piece.value) for part in detail(waiting) if isinstance(part, Line)
                for piece in part.cell]  # fmt: skip
    (told_there,) = [text for text in page if waiting.report in text]
    assert told_there.startswith("All that it rests on" if language == "en" else "全部依据")
    unit.case_officer().change_payee(asked, claims(unit, asked)[0], OTHER, WHY)
    (payee,) = pending_approvals(unit.database, unit.laws)
    assert (payee.act, payee.report) == (ApprovalKind.PAYEE, "")
