"""The unit's application for a return, and what holds of it and of the report alike."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from models.entities.allocation import AllocationState as A
from models.entities.claim import ObjectionKind, ObjectionState
from models.entities.hold import HoldKind
from models.money import Money
from recovery_flows.cases.objection_actions import decide, enter
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.correspondence.returns.page import Document
from recovery_flows.correspondence.returns.wording import languages, wording
from recovery_flows.correspondence.returns.writing import files_of
from recovery_flows.law.rows import Measure
from recovery_flows.restitution import guards
from tests.records.money.test_compensation import SUPERVISOR, claims, compensated
from tests.records.money.test_court_list import confirm, enter as enter_list, rows as listed
from tests.records.money.test_documents import made

WHY = "Invented Victim 2 of Synthetic Street says that a payment is missing"
HIDDEN = (
    "Invented Victim", "Synthetic Victim", "Synthetic Mule", "Synthetic Insurer", "invented-",
    "Synthetic Street", "a payment is missing", "9999000000",
)  # fmt: skip


@pytest.fixture(name="language", params=languages())
def _language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(name="asked")
def _asked(acts: Any) -> str:
    """Two victims of 1,000.00 each, 1,500.00 held: the return waits for its second person."""
    return str(acts.pooled(victims=2, held_minor=150_000, until=A.PENDING_APPROVAL))


def one(unit: Any, recovery_id: str, kind: str, language: str = "en") -> Document:
    (document,) = made(unit, recovery_id, language, kind)
    return document


def rows(document: Document, heading: str) -> list[tuple[str, ...]]:
    """The rows of the part with this heading, by its key."""
    words = wording(document.language)
    (part,) = [s for s in document.sections if s.heading == words(heading)]
    return list(part.table.rows) if part.table else []


def told(document: Document, heading: str) -> str:
    words = wording(document.language)
    return " ".join(
        p for s in document.sections if s.heading == words(heading) for p in s.paragraphs
    )


def cny(minor: int) -> str:
    return str(Money(minor, "CNY"))


def last(unit: Any, recovery_id: str) -> str:
    """The division that is under way."""
    (found,) = [a.id for a in unit.file(recovery_id).allocations if a.state != "void"]
    return str(found)


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


def test_an_application_asks_for_exactly_the_payouts_that_are_stored(
    unit: Any, asked: str, language: str
) -> None:
    paper, file = one(unit, asked, "application", language), unit.file(asked)
    payments = rows(paper, "application.payments")
    assert [(row[0], row[-1]) for row in payments[:-1]] == [
        (claim_number(p.claim_id), cny(p.amount_minor)) for p in file.payouts
    ]
    assert payments[-1][-1] == cny(sum(p.amount_minor for p in file.payouts)) == "CNY 1,500.00"
    assert [row[2:6] for row in rows(paper, "application.claims")] == [
        ("CNY 1,000.00", "CNY 0.00", "CNY 1,000.00", "CNY 750.00"),
        ("CNY 1,000.00", "CNY 0.00", "CNY 1,000.00", "CNY 750.00"),
        ("CNY 2,000.00", "CNY 0.00", "CNY 2,000.00", "CNY 1,500.00"),
    ]
    live_holds = [h for h in file.holds if h.state == "frozen"]
    assert [(row[2], row[4], row[5]) for row in rows(paper, "holds.heading")] == [
        (cny(h.held_minor), cny(h.held_minor), "CNY 0.00") for h in live_holds
    ]
    assert sum(h.held_minor for h in live_holds) == 150_000
    (approval,) = [a for a in file.approvals if a.action == "return"]
    assert approval.asked_by in told(paper, "application.signature")


def test_every_claim_has_its_evidence_by_the_digest_of_bytes_that_are_kept(
    unit: Any, asked: str, language: str
) -> None:
    compensated(unit, asked, claims(unit, asked)[0], 60_000)
    with unit.database.reading() as session:
        kept = {
            row[0] for row in session.connection().exec_driver_sql("SELECT digest FROM document")
        }
    for kind in ("application", "report"):
        for paper in made(unit, asked, language, kind):
            found = rows(paper, "application.evidence")
            assert [row[0] for row in found] == ["E1", "E2"]
            assert {row[2] for row in found} <= kept
            assert [row[-1] for row in rows(paper, "application.claims")] == ["E1 E2", "E1", ""]


def test_what_is_not_asked_for_stays_held_and_is_told_with_its_end(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    first, _ = claims(unit, recovery_id)
    enter(unit.case_officer(), recovery_id, ObjectionKind.CLAIM, first, WHY)
    (objection,) = unit.file(recovery_id).objections
    decide(
        unit.case_officer(SUPERVISOR), recovery_id, objection.id, WHY, is_upheld=True,
        loss=Money(20_000, "CNY"),
    )  # fmt: skip
    acts.until(recovery_id, "notice")
    paper, words = made(unit, recovery_id, language, "application")[-1], wording(language)
    held = rows(paper, "holds.heading")
    assert sum(cents(row[2]) for row in held) == 150_000
    asked_minor = sum(
        p.amount_minor for p in unit.file(recovery_id).payouts_of(last(unit, recovery_id))
    )
    assert sum(cents(row[4]) for row in held) == asked_minor
    assert sum(cents(row[5]) for row in held) == 150_000 - asked_minor > 0
    ends = {h.expires_at for h in unit.file(recovery_id).holds if h.state == "frozen"}
    assert {row[3][:10] for row in held} == {f"{end + timedelta(hours=8):%Y-%m-%d}" for end in ends}
    report = made(unit, recovery_id, language, "report")[-1]
    ((*_, state, decided, left),) = rows(report, "report.objections")
    assert (state, left) == (words("objection_state.upheld"), "CNY 200.00")
    assert decided != "-"


def test_neither_paper_holds_a_name_a_note_or_a_whole_account_number_in_any_form(
    unit: Any, asked: str, language: str
) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    documents = made(unit, asked, language, "application", "report")
    files = files_of(documents, ("pdf", "md", "json"))
    assert len(files) == 6
    assert files == files_of(made(unit, asked, language, "application", "report"),
                             ("pdf", "md", "json"))  # fmt: skip
    assert not [(name, h) for name, raw in files.items() for h in HIDDEN if h.encode() in raw]


def test_a_direct_return_is_rounded_by_nothing_and_has_both_papers(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id, words = acts.decided(), wording(language)
    paper = one(unit, recovery_id, "report", language)
    assert words("report.no_rounding") in told(paper, "rule.heading")
    assert words("report.no_authority") in told(paper, "report.who")
    application = one(unit, recovery_id, "application", language)
    (payout,) = unit.file(recovery_id).payouts
    assert rows(application, "application.payments")[-1][-1] == cny(payout.amount_minor)


def test_a_division_by_a_court_names_its_paper_and_no_rule_of_ours(
    unit: Any, acts: Any, language: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    first, second = claims(unit, recovery_id)
    enter_list(unit, recovery_id, listed((first, "900.00"), (second, "300.00")))
    confirm(unit, acts, recovery_id)
    words = wording(language)
    (court,) = unit.file(recovery_id).court_lists
    for kind in ("application", "report", "decision"):
        paper = one(unit, recovery_id, kind, language)
        assert words("rule.by_court", reference=court.reference) in told(paper, "rule.heading")
        assert "as the court" not in told(paper, "rule.heading")
    paper = one(unit, recovery_id, "report", language)
    assert words("report.court_rounding") in told(paper, "rule.heading")
    assert court.proof in [row[2] for row in rows(paper, "application.evidence")]
    shares = [row[5] for row in rows(paper, "application.claims")]
    assert shares == ["CNY 900.00", "CNY 300.00", "CNY 1,200.00"]
    assert words("common.rest", rest="CNY 300.00") in told(
        one(unit, recovery_id, "application", language), "application.stays"
    )


def test_everything_that_can_stand_in_them_has_its_words(unit: Any, language: str) -> None:
    words, law = wording(language), unit.laws["CN"]
    wanted = [f"holds.{kind}" for kind in HoldKind]
    wanted += [f"check.{code}" for code in guards.CHECKS]
    wanted += [f"objection_kind.{kind}" for kind in ObjectionKind]
    wanted += [f"objection_state.{state}" for state in ObjectionState]
    wanted += [f"approver.{one.notice.approver}" for one in unit.laws.values()
               if one.has(Measure.NOTICE)]  # fmt: skip
    assert not [key for key in wanted if key not in words.texts]
    measures = (Measure.STOP, Measure.FREEZE, Measure.FREEZE_MAJOR, Measure.VOLUNTARY,
                Measure.NOTICE)  # fmt: skip
    for measure in measures:
        row = law.measure(measure)
        for group, text in (("instrument", row.instrument), ("article", row.article)):
            assert f"{group}.{text}" in words.texts, f"{row.code} has no words of its {group}"


def test_there_is_no_such_paper_before_a_division_and_none_of_a_void_one(
    unit: Any, acts: Any, asked: str
) -> None:
    acts.newcomer_wants(3)
    acts.decide(asked)
    assert {a.state for a in unit.file(asked).allocations} == {"void"}
    assert made(unit, asked, "en", "application", "report") == ()
