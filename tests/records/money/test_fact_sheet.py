"""An account's fact sheet: what was given back, what its holder did, where else, who was harmed.

Two victims paid 1,000.00 each into the account; 500.00 are held, the rest left in cash.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from models.entities.officer import Role
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.views.repeats import repeats
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import Document, as_markdown
from recovery_flows.correspondence.returns.reading import documents_of
from recovery_flows.correspondence.returns.wording import wording
from tests.records.money.test_voluntary import promised, received, spent

__all__ = ["spent"]
SENDER = Sender("Synthetic Unit", is_synthetic=True)
SUMS, RETURNS, COOPERATION, REPEATS, HARM = range(5)


def sheet(
    unit: Any, recovery_id: str, language: str = "en", viewer: OfficerView | None = None
) -> Document:
    given = unit.database, unit.laws, recovery_id, SENDER, wall_clock(), language, ("fact-sheet",)
    (document,) = documents_of(*given, partial(repeats, viewer=viewer))
    return document


def rows(document: Document, place: int) -> list[tuple[str, ...]]:
    table = document.sections[place].table
    return list(table.rows) if table else []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_fact_sheets_of_two_differ_in_what_was_given_back_alone(
    unit: Any, acts: Any, spent: str, language: str
) -> None:
    words = wording(language)
    before = sheet(unit, spent, language)
    assert dict(rows(before, SUMS))[words("fact_sheet.open")] == "CNY 2,000.00"
    received(unit, spent, 60_000, "B-1", promised(unit, spent, 60_000))
    acts.decide(spent)
    after = sheet(unit, spent, language)
    assert dict(rows(after, SUMS)) == {
        **dict(rows(before, SUMS)), words("fact_sheet.promised"): "CNY 600.00",
        words("fact_sheet.given_back"): "CNY 600.00", words("fact_sheet.open"): "CNY 1,400.00",
    }  # fmt: skip
    assert [row[-1] for row in rows(after, RETURNS)] == ["CNY 600.00"]
    assert [row[1:] for row in rows(after, COOPERATION)] != []
    assert after.sections[REPEATS:] == before.sections[REPEATS:]
    text = as_markdown(after)
    assert "9999000000000001" not in text
    assert not {"sentence", "penalty"} & set(text.split())


def test_what_a_holder_did_is_told_by_day_with_its_source(unit: Any, acts: Any, spent: str) -> None:
    assert rows(sheet(unit, spent), COOPERATION) == []
    none = sheet(unit, spent).sections[COOPERATION].paragraphs[-1]
    assert none == "Nobody has been invited to give anything back, and nothing came by itself."
    name = promised(unit, spent, 60_000, 40_000)
    received(unit, spent, 60_000, "B-1", name)
    unit.later(24 * 61)
    acts.decide(spent)
    told = rows(sheet(unit, spent), COOPERATION)
    assert [row[1:] for row in told] == [
        ("invited to give the money back", "", f"this unit's record {name}"),
        ("given back by the holder, received by the unit", "CNY 600.00", "bank booking B-1"),
        ("promised for this day, received", "CNY 600.00", f"this unit's record {name}"),
        ("promised for this day, not received", "CNY 400.00", f"this unit's record {name}"),
    ]
    assert [row[0] for row in told] == sorted(row[0] for row in told)


def test_another_recovery_of_the_account_is_named_to_whom_it_may_be(unit: Any, spent: str) -> None:
    assert rows(sheet(unit, spent), REPEATS) == []
    (other,) = unit.report(unit.reports(4)[3])
    ref = unit.file(other).recovery.ref
    officer = OfficerView("chen", "chen", frozenset({Role.OFFICER}))
    supervisor = OfficerView("wu", "wu", frozenset({Role.SUPERVISOR}))
    hidden = "another recovery of this unit, not named to who made this sheet"
    for viewer in (None, officer):
        assert rows(sheet(unit, spent, viewer=viewer), REPEATS) == [
            ("-", "reported to this unit, under way", hidden)
        ]
    ((day, _, which),) = rows(sheet(unit, spent, viewer=supervisor), REPEATS)
    assert (which, day[:4]) == (ref, "2026")


def test_each_claim_that_was_harmed_is_told_with_its_sums_and_what_is_not_recorded(
    unit: Any, spent: str
) -> None:
    harmed = rows(sheet(unit, spent), HARM)
    assert [row[2:] for row in harmed] == [
        ("CNY 1,000.00", "CNY 1,000.00", "CNY 0.00"),
        ("CNY 1,000.00", "CNY 1,000.00", "CNY 0.00"),
        ("CNY 2,000.00", "CNY 2,000.00", "CNY 0.00"),
    ]
    assert harmed[-1][0] == "all 2"
    (told,) = sheet(unit, spent).sections[HARM].paragraphs
    assert "otherwise vulnerable is not recorded in this program" in told
