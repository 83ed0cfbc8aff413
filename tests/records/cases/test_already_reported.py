"""A payment that is in a recovery already is told of as such; a second one takes a decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.history import events_of
from models.store.reports.filing import file_reports
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.deconfliction_check import DeconflictionError
from recovery_flows.cases.report_and_stop import (
    AlreadyKnownError,
    AlreadyReportedError,
    stop_at_once,
)
from tests.records.cases.test_report_and_stop import event_count

OTHER = AccountRef("bank-slow", "9999000000000009", "Synthetic Other")


@pytest.mark.parametrize("changes", [{}, {"victim_name": "Another Spelling"}])
def test_the_same_report_a_second_time_does_nothing_and_names_the_recovery(
    unit: Any, fact: Any, changes: dict[str, str]
) -> None:
    stop_at_once(unit.case_officer(), fact(1), "1")
    before = event_count(unit)
    with pytest.raises(AlreadyKnownError, match="it is in R-2026-0001, yours; nothing is done"):
        stop_at_once(
            unit.case_officer(),
            replace(fact(1), **changes),
            "2",
            knowing=True,
            another_payment=True,
        )
    assert event_count(unit) == before


def minutes(count: float) -> Callable[[ReportFact], datetime]:
    return lambda report: report.paid_at + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("changes", "paid_at"),
    [
        ({"external_ref": "another"}, minutes(0)),
        ({"external_ref": "another", "victim_name": "Another Spelling"}, minutes(300)),
        ({"external_ref": "another", "end_to_end_id": ""}, minutes(1)),
        ({"external_ref": "another", "end_to_end_id": "NOTPROVIDED"}, minutes(-60)),
        ({"external_ref": "", "end_to_end_id": "e1"}, minutes(0)),
        ({"external_ref": "", "end_to_end_id": "", "amount": Money(100_000, "CNY")}, minutes(59)),
        ({"external_ref": "another", "amount": Money(99_900, "CNY")}, minutes(0)),
    ],
)
def test_the_same_payment_is_told_as_already_reported_and_takes_a_decision(
    unit: Any, fact: Any, changes: dict[str, Any], paid_at: Callable[[ReportFact], datetime]
) -> None:
    stop_at_once(unit.case_officer(), fact(1), "1")
    before = event_count(unit)
    again = replace(fact(1), **changes, paid_at=paid_at(fact(1)))
    told = "already reported as R-2026-0001: yours; nothing was done; if it is another payment"
    with pytest.raises(AlreadyReportedError, match=told):
        stop_at_once(unit.case_officer(), again, "2", knowing=True)
    assert event_count(unit) == before
    done = stop_at_once(unit.case_officer(), again, "2", another_payment=True)
    assert done.ref == "R-2026-0002"
    with unit.database.reading() as session:
        accepted = next(e for e in events_of(session, done.recovery_id) if e.event == "accepted")
    assert accepted.reason == "decided to be another payment than that of R-2026-0001"
    assert verify(unit.database) == ()


@pytest.mark.parametrize(
    ("changes", "paid_at"),
    [
        ({"end_to_end_id": "E2"}, minutes(0)),
        ({"end_to_end_id": ""}, minutes(61)),
        ({"end_to_end_id": "", "amount": Money(100_001, "CNY")}, minutes(0)),
        ({"end_to_end_id": "", "victim_account": OTHER}, minutes(0)),
    ],
)
def test_another_payment_to_the_same_account_is_only_also_in_another_recovery(
    unit: Any, fact: Any, changes: dict[str, Any], paid_at: Callable[[ReportFact], datetime]
) -> None:
    stop_at_once(unit.case_officer(), fact(1), "1")
    other = replace(fact(1), external_ref="another", **changes, paid_at=paid_at(fact(1)))
    with pytest.raises(DeconflictionError, match="the account is also in R-2026-0001: yours"):
        stop_at_once(unit.case_officer(), other, "2")
    assert stop_at_once(unit.case_officer(), other, "2", knowing=True).ref == "R-2026-0002"


def test_a_report_without_a_reference_is_known_again_by_its_payment(unit: Any, fact: Any) -> None:
    nameless = replace(fact(1), external_ref="")
    done = stop_at_once(unit.case_officer(), nameless, "1")
    assert done.ref == "R-2026-0001"
    with pytest.raises(AlreadyReportedError):
        stop_at_once(unit.case_officer(), nameless, "1")
    twin = stop_at_once(unit.case_officer(), nameless, "1", another_payment=True)
    assert twin.ref == "R-2026-0002"
    with pytest.raises(AlreadyReportedError, match="as R-2026-0001 and 1 more: yours"):
        stop_at_once(unit.case_officer(), nameless, "1")


def test_a_payment_that_another_officer_has_is_named_with_whom_to_ask(
    unit: Any, fact: Any, li: Any
) -> None:
    stop_at_once(unit.case_officer(li), fact(1), "1")
    with pytest.raises(AlreadyKnownError, match="it is in R-2026-0001, ask li"):
        stop_at_once(unit.case_officer(), fact(1), "2")
    with pytest.raises(AlreadyReportedError, match="reported as R-2026-0001: ask li"):
        stop_at_once(unit.case_officer(), replace(fact(1), external_ref="another"), "2")


def test_a_complaint_file_does_not_make_a_second_recovery_of_a_payment_reported_already(
    unit: Any, fact: Any
) -> None:
    stop_at_once(unit.case_officer(), fact(1), "1")
    rows = [replace(fact(1), row=2, external_ref="another"), replace(fact(2), row=3)]
    with unit_of_work(unit.database) as work:
        summary = file_reports(work, ENGINE, unit.now, "CN", rows)
    assert len(summary.filed) == 1
    ((row, name, why),) = summary.refused
    assert (row, name) == (2, "payment")
    assert why.startswith("is already reported as R-2026-0001; if it is another payment, enter it")
