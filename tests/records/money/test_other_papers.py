"""Papers about money by other ways: two languages, figures as they are, nobody named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.cases.money_actions import Incoming
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.other_ways import KINDS
from recovery_flows.correspondence.returns.page import as_markdown
from recovery_flows.correspondence.returns.reading import documents_of
from recovery_flows.correspondence.returns.wording import wording
from recovery_flows.correspondence.returns.writing import files_of
from tests.recall_messages import UETR, drafted, returned, sent, take

OURS = AccountRef("treasury", "9999000000000077", "Synthetic Unit")
SENDER = Sender("Synthetic Unit", answer_to="Synthetic Answer Desk", is_synthetic=True)
PRIVATE = ("9999000000000001", "9999000000000002", "9999000000000077", "Invented", "Mule")


@pytest.fixture
def told(unit: Any, acts: Any, treasury: None) -> str:
    """100.00 of 200.00 promised were given back; 400.00 came back by a recall after costs."""
    del treasury
    recovery_id = str(unit.traced(30_000, left_minor=70_000))
    acts.decide(recovery_id)
    asset, officer = unit.file(recovery_id).assets[0], unit.case_officer()
    money_actions.invite(officer, recovery_id, asset.id, "told at the interview", None)
    name = unit.file(recovery_id).voluntary_returns[-1].id
    parts = [(Money(10_000, "CNY"), unit.now + timedelta(days=30 * n)) for n in (1, 2)]
    money_actions.promise(officer, recovery_id, name, parts, "agreed")
    came = Incoming(OURS, "B-1", Money(10_000, "CNY"), unit.now, b"an invented slip", name)
    money_actions.receive(officer, recovery_id, came)
    drafted(unit, recovery_id)
    unit.approve(recovery_id)
    sent(unit, recovery_id)
    take(unit, returned("400.00", costs="20.00"))
    unit.approve(recovery_id)
    acts.decide(recovery_id)
    return recovery_id


def papers(unit: Any, recovery_id: str, language: str, kind: str) -> list[Any]:
    given = unit.database, unit.laws, recovery_id, SENDER, wall_clock(), language, (kind,)
    return list(documents_of(*given))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_paper_says_its_figures_and_names_nobody(unit: Any, told: str, language: str) -> None:
    words = wording(language)
    said = {
        "invitation": ("CNY 1,000.00", "CNY 100.00", words("way.met"), words("way.due")),
        "payer-receipt": ("B-1", "CNY 200.00", "CNY 100.00 (50.0 %)"),
        "recall-letter": (UETR, "CNY 1,000.00", words("way.partly_returned")),
        "victim-message": ("CNY 400.00", "CNY 600.00", words("victim_message.free")),
    }
    assert set(said) == set(KINDS)
    for kind, figures in said.items():
        (paper,) = papers(unit, told, language, kind)
        text = as_markdown(paper).replace("\\", "")
        for figure in figures:
            assert figure in text, (kind, figure)
        for name in PRIVATE:
            assert name not in text, (kind, name)


def test_they_are_written_as_pdf_with_chinese_letters(unit: Any, told: str) -> None:
    pytest.importorskip("typst")
    made = [p for kind in KINDS for p in papers(unit, told, "zh", kind)]
    files = files_of(made, ("pdf",))
    assert len(files) == len(KINDS)
    assert all(raw.startswith(b"%PDF") and len(raw) > 5_000 for raw in files.values())


def test_a_recovery_without_other_ways_gives_only_the_victims_message(unit: Any) -> None:
    recovery_id = str(unit.traced())
    found = {kind: len(papers(unit, recovery_id, "en", kind)) for kind in KINDS}
    assert found == {"invitation": 0, "payer-receipt": 0, "recall-letter": 0, "victim-message": 1}
