"""A recovery's trace by the command: every rule, what can be held, the victims' ways."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from recovery_flows.cli.trace_case import show_case_trace
from recovery_flows.errors import MisuseError


def shown(ref: str, **options: Any) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        show_case_trace(ref, **options)
    return out.getvalue()


@pytest.fixture
def traced(unit: Any, banks: None) -> str:
    """A recovery of 1,000.00, stopped and traced; 100.00 of it left in cash."""
    del banks
    ref = unit.ordered()
    unit.approve(ref)
    unit.sweep()
    unit.later(24)
    unit.sweep()
    return str(ref)


def test_every_rule_is_shown_in_eighty_columns_and_the_one_in_force_marked(traced: str) -> None:
    text = shown(traced)
    for told in ("*fifo", "pro rata", "libr", "tiho", "poison", "Leads: where to look"):
        assert told in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_what_left_in_cash_is_a_place_of_its_own(traced: str) -> None:
    page = json.loads(shown(traced, as_json=True))
    (cash,) = [row for row in page["rows"] if row["label"] == "cash"]
    (adopted,) = [n for n, c in enumerate(page["columns"]) if c["adopted"]]
    assert cash["values"][adopted] == 10_000


def test_a_victims_way_names_the_bookings(traced: str) -> None:
    text = shown(traced, paths=True)
    assert "shown by bank-home ···· 0001" in text
    assert "-> cash" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    (way,) = json.loads(shown(traced, paths=True, as_json=True))["paths"]
    assert way["hops"][0]["claim_minor"] == 100_000
    assert shown(traced, claim=way["claim_id"]) == text


def test_a_claim_of_another_file_is_refused(traced: str) -> None:
    with pytest.raises(MisuseError, match="has no claim"):
        shown(traced, claim="claim-of-nobody")


def test_before_any_statement_nothing_is_traced(unit: Any) -> None:
    assert "nothing is traced yet" in shown(unit.accepted())
