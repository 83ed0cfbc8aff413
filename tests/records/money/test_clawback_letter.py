"""The letters of an order to give money back: to who got too much, and to his bank."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import as_markdown
from recovery_flows.correspondence.returns.reading import documents_of
from recovery_flows.correspondence.returns.wording import wording
from recovery_flows.correspondence.returns.writing import files_of
from tests.records.money.test_clawback import come, order, paid

__all__ = ["paid"]
SENDER = Sender("Synthetic Unit", answer_to="Synthetic Answer Desk", is_synthetic=True)
PRIVATE = ("9999000000000001", "9999000000000002", "Invented", "Mule")


def letters(unit: Any, recovery_id: str, language: str) -> tuple[Any, ...]:
    given = unit.database, unit.laws, recovery_id, SENDER, wall_clock(), language
    return tuple(documents_of(*given, ("clawback-order",)))


def text_of(paper: Any) -> str:
    return as_markdown(paper).replace("\\", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_payee_and_bank_are_told_the_sum_the_ground_and_by_when(
    unit: Any, acts: Any, paid: str, language: str
) -> None:
    words = wording(language)
    name = order(unit, paid, 60_000)
    payee, bank = letters(unit, paid, language)
    for paper in (payee, bank):
        assert words("decision.not_decided") in text_of(paper), "one person orders nothing"
    unit.approve(paid)
    come(unit, acts, paid, name, 20_000, "B-1")
    payee, bank = letters(unit, paid, language)
    told = text_of(payee)
    for figure in ("CNY 666.66", "CNY 600.00", "CNY 200.00", "CNY 400.00", name):
        assert figure in told
        assert figure in text_of(bank)
    assert words("clawback.too_much") in told
    assert words("clawback.due", due="@").partition("@")[0] in told
    assert "unit's own rule" in told
    assert words("clawback_bank.no") in text_of(bank)
    assert words("decision.not_decided") not in told
    assert not [word for word in PRIVATE if word in told + text_of(bank)]


def test_they_are_written_as_pdf_with_chinese_letters(unit: Any, paid: str) -> None:
    pytest.importorskip("typst")
    order(unit, paid, 60_000)
    unit.approve(paid)
    files = files_of(list(letters(unit, paid, "zh")), ("pdf", "md"))
    assert len(files) == 4
    pdfs = [raw for name, raw in files.items() if name.endswith(".pdf")]
    assert all(raw.startswith(b"%PDF") and len(raw) > 5_000 for raw in pdfs)
