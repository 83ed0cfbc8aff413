"""What a restriction leaves behind: waiting changes after its end, bookings, steps of the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.facts import AccountRef, Direction, LineFact, LineKind, StatementFact
from models.money import Money
from models.store import documents
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cli.intake.complaints import import_reports
from tests.cli.restricted_unit import (
    CASE,
    MEMBERS,
    NUMBER,
    OTHER_SUPERVISOR,
    PAYMENT,
    VICTIM,
    Restricted,
    restrict,
    restricted,
)

WHY = "the reason names a colleague"
OF_THE_TRACE = (
    ("trace",), ("show",), ("trace", "--rule", "poison"), ("claim", "list"), ("group",),
    ("tui", "--plain", "--screen", "trace", "--recovery"),
)  # fmt: skip


def test_a_change_that_waits_when_a_restriction_is_lifted_is_told_only_to_who_saw_it(
    unit: Any, run: Any, by_two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = restricted(unit, run, by_two)
    asked = run("restrict", world.ref, "--add", "lin", "--reason", WHY, "--as", MEMBERS, "--json")
    change = asked.json()["change"]
    restrict(run, world.ref, "--lift")
    monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", OTHER_SUPERVISOR)
    for words in (
        ("approve",), ("approve", "--json"), ("restrict", "--list"),
        ("tui", "--plain", "--screen", "approvals"),
    ):  # fmt: skip
        said = run(*words)
        assert change not in said.out, words
        assert WHY not in said.out, words
    denied = run("approve", change, "--deny", "--reason", "lifted")
    assert "decided by a supervisor or a member" in denied.sentence()
    monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", "chen")  # who confirmed the restriction
    assert change in run("approve").out
    assert "deny it and ask again" in run("approve", change).sentence()
    assert run("approve", change, "--deny", "--reason", "it was lifted").code == 0
    assert run("audit", "verify").code == 0


def _statement(world: Restricted) -> None:
    """A statement of the account that both want: both victims pay in, one gets something back."""
    installation, row = world.unit.installation(), world.unit.row(1)
    mule, victim = (
        AccountRef(row[f"{who}_bank"], row[f"{who}_account"], "") for who in ("payee", "victim")
    )
    hidden, at = AccountRef("bank-slow", NUMBER, VICTIM), datetime.fromisoformat(row["paid_at"])
    booked = (
        (Direction.CREDIT, 100_000, victim, row["end_to_end_id"]),
        (Direction.CREDIT, 77_777_777, hidden, PAYMENT),
        (Direction.DEBIT, 50_000_000, hidden, "BACK-1"),
    )
    lines = tuple(
        LineFact(
            booked_at=at + timedelta(minutes=seq), seq=seq, direction=way, kind=LineKind.TRANSFER,
            amount=Money(minor, "CNY"), counter=counter, counter_amount=None, end_to_end_id=name,
        )
        for seq, (way, minor, counter, name) in enumerate(booked, 1)
    )  # fmt: skip
    fact = StatementFact(
        mule, at - timedelta(days=1), at + timedelta(hours=1), Money(0, "CNY"),
        Money(27_877_777, "CNY"), lines,
    )  # fmt: skip
    recovery_id = world.unit.one(f"SELECT id FROM recovery WHERE ref = '{world.seen}'")
    with unit_of_work(installation.database) as work:
        paper = documents.keep(work, b"invented", "statement", "text/plain", at)
        record_statement(work, ENGINE, at + timedelta(hours=2), recovery_id, fact, paper)


@pytest.mark.parametrize("who", ["lin", OTHER_SUPERVISOR])
def test_a_hidden_victims_account_in_a_statement_of_a_shared_one_is_shown_without_its_digits(
    unit: Any, run: Any, by_two: Any, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = restricted(unit, run, by_two)
    _statement(world)
    shown = set()
    for words in OF_THE_TRACE:
        for form in ((), ("--json",)):
            said = {}
            for reader in (MEMBERS, who):
                monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", reader)
                given = (*words, world.seen, *form)
                if words[:2] == ("trace", "--rule"):
                    given = ("trace", world.seen, *words[1:], *form)
                said[reader] = run(*given).out
            assert "4321" not in said[who], words
            assert NUMBER not in said[who], words
            shown |= {words[0]} if "4321" in said[MEMBERS] else set()
    assert {"trace", "tui"} <= shown


def test_to_split_an_account_says_nothing_of_the_hidden_loss(unit: Any, run: Any) -> None:
    stays = unit.ordered()
    import_reports(unit.installation(), unit.file_of(unit.row(7, currency="GBP")), "", "CN")
    other = f"R-{stays[2:6]}-0002"
    for words in (("accept", other, "--case-number", CASE), ("assign", stays, "--to", MEMBERS)):
        assert run(*words, "--as", MEMBERS).code == 0, words
    restrict(run, other, "--member", MEMBERS)
    step = "split? another recovery targets the same account"
    unit.sweep()
    before = [run(*words).out for words in (("show", stays), ("list",), ("next", stays))]
    assert step in before[0]
    done = run("advance", stays, "--allow-duplicate", "--as", MEMBERS)
    assert "stays in both files" in done.out
    after = [run(*words).out for words in (("show", stays), ("show", stays, "--json"))]
    for text in (*before, *after):
        assert "GBP" not in text
        assert "two currencies" not in text
