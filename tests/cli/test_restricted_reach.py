"""How far a restriction reaches: to who is no officer, and to what was merged into a recovery."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.cli.intake.complaints import import_reports
from tests.cli.restricted_unit import (
    CASE,
    CONTACT,
    MEMBERS,
    NUMBER,
    PAYMENT,
    REPORT,
    VICTIM,
    restrict,
)

LISTS = (
    ("list", "--all"), ("find", CASE), ("find", NUMBER), ("find", PAYMENT), ("report", "rates"),
    ("approve",), ("deadlines",), ("changes", "--within", "999"), ("audit", "verify"),
    *(("tui", "--plain", "--screen", name) for name in ("now", "approvals", "summary")),
)  # fmt: skip


def told(said: Any, words: tuple[str, ...], planted: tuple[str, ...]) -> list[str]:
    text = (said.out + said.err).replace(repr(words[-1]), "")
    return [one for one in planted if one in text]


@pytest.mark.parametrize("named", [True, False])
def test_who_is_no_officer_does_not_see_a_restricted_recovery_that_is_assigned_to_nobody(
    unit: Any, run: Any, monkeypatch: pytest.MonkeyPatch, *, named: bool
) -> None:
    (ref,) = unit.reported(1)
    restrict(run, ref, "--member", MEMBERS)
    assert ref in run("list", "--as", MEMBERS).out
    if named:
        monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", "stranger")
    else:
        unit.tamper("UPDATE officer SET os_user = 'somebody-else' WHERE os_user <> ''")
    for words in LISTS:
        assert told(run(*words), words, (ref, "1,000.00 r", "S··")) == [], words
    for words in (("show", ref), ("list", "--as", "stranger"), ("show", ref, "--as", "stranger")):
        said = run(*words)
        assert "1,000.00" not in said.out + said.err, words
    assert run("show", ref).sentence().startswith(f"there is no recovery {ref}")


@pytest.fixture
def two(unit: Any, run: Any) -> tuple[str, str]:
    """Two recoveries that want one account."""
    stays = unit.ordered()
    row = unit.row(
        7, external_ref=REPORT, victim_name=VICTIM, victim_contact=CONTACT, victim_account=NUMBER,
        amount="777777.77", end_to_end_id=PAYMENT,
    )  # fmt: skip
    import_reports(unit.installation(), unit.file_of(row), "", "CN")
    joins = f"R-{stays[2:6]}-0002"
    for words in (
        ("accept", joins, "--case-number", CASE), ("advance", joins, "--allow-duplicate"),
    ):  # fmt: skip
        assert run(*words, "--as", MEMBERS).code == 0, words
    return stays, joins


@pytest.fixture
def merged(run: Any, two: tuple[str, str]) -> tuple[str, str]:
    """A restricted recovery of `both`, and the one that was merged into it before."""
    stays, joins = two
    for words in (("merge", stays, joins), ("assign", stays, "--to", MEMBERS)):
        assert run(*words, "--as", MEMBERS).code == 0, words
    assert "777,777.77" in run("show", joins).out
    restrict(run, stays, "--member", MEMBERS)
    return stays, joins


def test_what_was_merged_into_a_restricted_recovery_is_hidden_with_it(
    unit: Any, run: Any, merged: tuple[str, str]
) -> None:
    stays, joins = merged
    planted = (stays, joins, "777,777.77", CASE, "1 restricted recoveries")
    for words in LISTS:
        assert told(run(*words), words, planted) == [], words
    for ref in merged:
        assert run("show", ref).sentence().startswith(f"there is no recovery {ref}")
        assert ref in run("show", ref, "--as", MEMBERS).out
    assert "without 1 restricted recovery that you do not see" in run("report", "rates").out
    unit.tamper(f"UPDATE recovery SET owner_id = 'lin' WHERE ref = '{joins}'")
    said = run("audit", "verify")
    assert said.code == 5
    assert told(said, ("",), planted) == []
    assert "a row of a restricted recovery is not as it was left" in said.out
    restrict(run, stays, "--lift")
    assert joins in run("list", "--all").out


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DELETE FROM recovery WHERE ref = '{}'", "a recovery was removed, and it may be a"),
        ("UPDATE recovery SET ref = 'R-X' WHERE ref = '{}'", "a recovery was removed, and it may"),
        ("DELETE FROM queue_entry WHERE id = '{}'", "a row of a restricted recovery is not as it"),
        ("UPDATE tally SET value = value + 1", "a count or sum of all recoveries is not what"),
    ],
)
def test_what_was_changed_by_hand_of_it_is_found_for_all_and_named_to_who_sees_it(
    unit: Any, run: Any, two: tuple[str, str], change: str, sentence: str
) -> None:
    _, ref = two
    recovery_id = unit.one(f"SELECT id FROM recovery WHERE ref = '{ref}'")
    restrict(run, ref, "--member", MEMBERS)
    unit.tamper(
        "PRAGMA foreign_keys = OFF", change.format(recovery_id if "queue" in change else ref)
    )
    for form in ((), ("--json",)):
        said = run("audit", "verify", *form)
        assert said.code == 5
        assert told(said, ("",), (ref, recovery_id, "777", "77777777", "778")) == []
        assert sentence in said.out


def test_a_victims_name_is_not_revealed_by_reporting_a_payment_to_his_account(
    unit: Any, run: Any, two: tuple[str, str]
) -> None:
    stays, joins = two
    restrict(run, joins, "--member", MEMBERS)
    row = unit.row(
        9, payee_bank="bank-slow", payee_account=NUMBER, payee_name="",
        victim_account="9999000000000006",
    )  # fmt: skip
    assert run("intake", "reports", str(unit.file_of(row))).code == 0
    ref = joins.replace("0002", "0003")
    assert run("accept", ref, "--case-number", "SYN-3").code == 0
    assert said_of(run, ref).sentence() == (
        "the account is a victim's own in a restricted recovery: ask both for its holder"
    )
    assert "reveal" not in run("privacy", "report", ref).out
    assert "Synthetic Mule" in said_of(run, stays).out  # a payee's account that both have
    restrict(run, joins, "--lift")
    assert VICTIM in said_of(run, ref).out


def said_of(run: Any, ref: str) -> Any:
    """What is answered to who wants to know the holder of a recovery's first account."""
    (asset,) = run("show", ref, "--json").json()["assets"]
    words = ("--of", asset["asset_id"], "--reason", "to know him")
    return run("reveal", ref, "holder", *words)


def test_an_account_that_a_hidden_recovery_wants_is_split_by_who_sees_both(
    unit: Any, run: Any
) -> None:
    stays = unit.ordered()
    import_reports(unit.installation(), unit.file_of(unit.row(7, currency="GBP")), "", "CN")
    other = f"R-{stays[2:6]}-0002"
    for words in (("accept", other, "--case-number", CASE), ("assign", stays, "--to", MEMBERS)):
        assert run(*words, "--as", MEMBERS).code == 0, words
    restrict(run, other, "--member", MEMBERS)
    split = ("advance", stays, "--allow-duplicate")
    assert run(*split).sentence() == (
        "the other recovery that wants the account is restricted: ask both"
    )
    assert unit.one("SELECT count(*) FROM asset WHERE shared_decision = 'split'") == 0
    assert "stays in both files" in run(*split, "--as", MEMBERS).out


def test_what_was_merged_since_is_not_restricted_by_a_yes_that_would_hide_nothing(
    run: Any, two: tuple[str, str]
) -> None:
    stays, joins = two
    words = ("restrict", joins, "--member", MEMBERS, "--reason", "x", "--as", MEMBERS, "--json")
    change = run(*words).json()["change"]
    assert run("merge", stays, joins, "--as", MEMBERS).code == 0
    said = run("approve", change, "--as", "chen").sentence()
    assert said == f"{joins} was merged: restrict what it was merged into"
    denied = run("approve", change, "--deny", "--reason", "merged", "--as", "chen")
    assert denied.code == 0, denied.err
    assert joins in run("list", "--all").out


def test_a_banks_day_is_told_without_sums_to_who_does_not_see_all_of_it(
    unit: Any, run: Any, banks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del banks
    ref = unit.ordered()
    unit.sweep()
    assert run("assign", ref, "--to", MEMBERS, "--as", MEMBERS).code == 0
    restrict(run, ref, "--member", MEMBERS)
    unit.later(24)
    unit.tamper("UPDATE posting SET asset_minor = asset_minor + 1 WHERE rowid = "
                "(SELECT max(rowid) FROM posting WHERE hold_id != '')")  # fmt: skip
    days, show = ("reconcile", "--days"), ("partner", "show", "bank-home")
    said = run(*days)
    assert (said.code, "held: different" in said.out) == (5, True)
    assert "no sums are shown: a bank's day is of all recoveries; without 1" in said.out
    monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", MEMBERS)
    assert "CNY 0.01 more in our books" in run(*days).out
    monkeypatch.delenv("RECOVERY_SECURITY__OFFICER")
    unsaid = run(*days, "--json")
    unit.tamper("UPDATE partner SET disagreement = 'ours CNY 1,000.01' WHERE id = 'bank-home'")
    screen = run("tui", "--plain", "--screen", "partners")
    for one in (said, unsaid, run(*show), run("partner", "list"), screen):
        assert told(one, ("",), ("1,000", "1000.0", "100001", "0.01")) == []
        assert "differ" in one.out
    monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", MEMBERS)
    assert "1,000.01" in run(*show).out


def test_who_is_in_charge_of_what_somebody_does_not_see_is_dismissed_by_who_sees_it(
    unit: Any, run: Any, by_two: Any
) -> None:
    added = by_two("officer", "add", "wu", "--role", "supervisor", "--secret-from-stdin",
                   stdin="an invented secret of tests")  # fmt: skip
    assert added.code == 0, added.err
    ref = unit.ordered()
    assert run("assign", ref, "--to", MEMBERS, "--as", MEMBERS).code == 0
    restrict(run, ref, "--member", MEMBERS)
    assert "in charge of no open recovery" in run(
        "assign", "--all-of", MEMBERS, "--to", "lin", "--as", "wu"
    ).out  # fmt: skip
    assert run("officer", "dismiss", MEMBERS, "--as", "wu").sentence() == (
        f"{MEMBERS} is needed for a restricted recovery that you do not see: ask {MEMBERS}"
    )
    seen = run("officer", "dismiss", MEMBERS, "--as", "chen").sentence()
    assert seen.startswith(f"{MEMBERS} is still in charge of open recoveries (1)")
