"""A recovery's trace by the command: every rule, what can be held, the victims' ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Shown = Callable[..., str]


@pytest.fixture
def shown(run: Any) -> Shown:
    """What `recovery trace` prints with these words."""

    def _shown(*words: str) -> str:
        said = run("trace", *words)
        assert said.code == 0, said.err
        return str(said.out)

    return _shown


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


def test_every_rule_is_shown_in_eighty_columns_and_the_one_in_force_marked(
    shown: Shown, traced: str
) -> None:
    text = shown(traced)
    for told in ("▸fifo", "pro rata", "libr", "tiho", "poison", "lead"):
        assert told in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_what_left_in_cash_is_a_place_of_its_own(run: Any, traced: str) -> None:
    page = run("trace", traced, "--json").json()
    (cash,) = [row for row in page["rows"] if row["label"] == "cash"]
    (adopted,) = [n for n, c in enumerate(page["columns"]) if c["adopted"]]
    assert cash["values"][adopted] == 10_000


def test_a_victims_way_names_the_bookings(run: Any, shown: Shown, traced: str) -> None:
    text = shown(traced, "--paths")
    assert "shown by bank-home ···· 0001" in text
    assert "→ cash" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    (way,) = run("trace", traced, "--paths", "--json").json()["paths"]
    assert way["hops"][0]["claim_minor"] == 100_000
    assert shown(traced, "--claim", way["claim_id"]) == text


def test_a_claim_of_another_file_is_refused(run: Any, traced: str) -> None:
    said = run("trace", traced, "--claim", "claim-of-nobody")
    assert said.code == 2
    assert "has no claim" in said.sentence()


def test_before_any_statement_nothing_is_traced(shown: Shown, unit: Any) -> None:
    assert "nothing is traced yet" in shown(unit.accepted())


def test_another_rule_approved_by_a_second_person_traces_anew(
    run: Any, shown: Shown, unit: Any, traced: str
) -> None:
    assert run("rule", traced, "libr", "--among", "pro-rata", "--reason", "mixed").code == 0
    assert "lowest intermediate balance is asked for and waits for a second person" in shown(traced)
    assert run("approve", _asked(run, traced), "--as", "chen").code == 0
    unit.sweep()
    text = shown(traced)
    assert "traced by lowest intermediate balance" in " ".join(text.split())
    assert "chosen by lin, approved by chen" in text
    assert "because mixed" in text
    assert run("audit", "verify").code == 0
    assert run("ledger", "check").code == 0


def _asked(run: Any, ref: str) -> str:
    (asked,) = [a for a in run("approve", "--json").json() if a["act"] == "trace_rule"]
    assert asked["ref"] == ref
    return str(asked["approval_id"])


def test_it_leaves_the_unit_without_names_and_with_masked_numbers(
    run: Any, traced: str, tmp_path: Path
) -> None:
    for ending in (".csv", ".ftm", ".graphml"):
        out = tmp_path / f"out{ending}"
        said = run("trace", traced, "--out", str(out))
        assert said.code == 0, said.err
        text = out.read_text(encoding="utf-8")
        assert f"{traced}/1" in text
        assert "····" in text
        assert not re.search(r"(?<![0-9a-f.-])\d{9,}(?![0-9a-f])", text)
        assert "Victim" not in text
    rows = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1].split(",")[:2] == ["fifo", "rule"]
    assert sum(row.split(",")[-2] == "1000.00" for row in rows) == 1
