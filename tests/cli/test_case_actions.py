"""Acting by the commands: steps, approvals by a second person, changes that void them."""

from __future__ import annotations

from typing import Any

import pytest

_HINT = "no engine is running: start `recovery engine`, or add --now"


def test_a_report_is_accepted_under_a_case_number(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    said = run("advance", ref)
    assert said.code == 3
    assert "case number" in said.sentence()
    done = run("advance", ref, "--case-number", "SYN-1")
    assert done.out.splitlines()[0] == f"{ref}: accepted under case number SYN-1"
    assert _HINT in done.out
    assert unit.page(ref)["case_number"] == "SYN-1"


def test_a_jump_to_returned_names_the_missing_steps(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    before = unit.page(ref)["version"]
    said = run("advance", ref, "--to", "returned")
    assert said.code == 3
    for missing in ("send the stop-payment", "trace the money", "freeze", "approve the return"):
        assert missing in said.sentence()
    assert unit.page(ref)["version"] == before
    assert run("advance", ref, "--to", "nowhere").code == 2
    assert "stop-payment sent; another person" in run("advance", ref, "--to", "stopped").out


def test_a_file_that_changed_since_it_was_seen_is_not_acted_on(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    seen = str(unit.page(ref)["version"])
    assert run("note", ref, "somebody else was here").code == 0
    said = run("advance", ref, "--seen-version", seen)
    assert said.code == 3
    assert "has changed since you looked" in said.sentence()
    newer = str(unit.page(ref)["version"])
    assert run("advance", ref, "--seen-version", newer, "--json").json()["engine_alive"] is False


@pytest.mark.parametrize("field", ["name", "=text", "name=", " = "])
def test_a_field_needs_a_name_and_a_text(run: Any, unit: Any, field: str) -> None:
    said = run("advance", unit.accepted(), "--field", field)
    assert said.code == 2
    assert "NAME=TEXT" in said.sentence()


def test_the_engine_and_a_supervisor_cannot_do_an_officers_step(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    said = run("advance", ref, "--as", "chen")
    assert said.code == 3
    assert "takes the role officer" in said.sentence()


def test_an_empty_note_is_not_written(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    said = run("note", ref, "-", stdin=" \n")
    assert said.code == 2
    assert "nothing was written" in said.sentence()
    assert unit.page(ref)["notes"] == []


def test_a_second_person_confirms_what_was_sent(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    waiting = run("approve").out
    for told in (
        ref,
        "asked by lin",
        "sent first, to be confirmed",
        "CNY 1,000.00",
        unit.approval(ref),
    ):
        assert told in waiting
    approval = unit.approval(ref)
    said = run("approve", approval, "--as", "chen", "--authority", "synthetic head, no. 1")
    assert said.out.startswith(f"{ref}: stop-payment approved")
    assert run("approve").out == "No approvals pending.\n"
    assert run("approve", "--json").json() == []
    again = run("approve", approval, "--as", "chen")
    assert again.code in (2, 3)
    assert again.sentence()


def test_one_shell_user_cannot_approve_what_the_same_identity_drafted(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    assert run("advance", ref, "--case-number", "SYN-1", "--as", "both").code == 0
    assert run("advance", ref, "--as", "both").code == 0
    approval = unit.approval(ref)
    for deny in ([], ["--deny", "--reason", "mine to take back"]):
        said = run("approve", approval, "--as", "both", *deny)
        assert said.code == 3
        assert "a second person has to" in said.sentence()
    assert unit.approval(ref) == approval
    lacking = run("approve", approval)
    assert lacking.code == 3
    assert "takes the role supervisor" in lacking.sentence()
    assert run("approve", approval, "--as", "chen").code == 0


def test_a_denial_takes_a_reason(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    approval = unit.approval(ref)
    for words in (["--deny"], ["--reason", "no"], ["--deny", "--reason", "no", "--authority", "x"]):
        said = run("approve", approval, "--as", "chen", *words)
        assert said.code == 2
        assert said.sentence()
    done = run("approve", approval, "--as", "chen", "--deny", "--reason", "not this account")
    assert done.out.startswith(f"{ref}: approval denied")
    assert unit.page(ref)["approvals"] == []


def test_an_unknown_approval_is_named(run: Any, unit: Any) -> None:
    del unit
    said = run("approve", "appr-of-nothing", "--as", "chen")
    assert said.code == 2
    assert "there is no approval appr-of-nothing" in said.sentence()


def _holds(page: Any) -> list[Any]:
    return [hold for asset in page["assets"] for hold in asset["holds"]]


@pytest.mark.usefixtures("banks")
def test_after_a_change_of_the_amount_the_approval_is_void(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    unit.approve(ref)
    unit.sweep()
    assert "freeze submitted" in run("advance", ref).out
    approval = unit.approval(ref)
    freeze = next(h for h in _holds(unit.page(ref)) if h["kind"] == "freeze")["hold_id"]
    less = run("hold", "amend", ref, "--hold", freeze, "--amount", "450.00")
    assert (less.code, "of victims' money that is stopped there" in less.sentence()) == (3, True)
    more = ("--amount", "901.00", "--reason", "by order of the court")
    assert run("hold", "amend", ref, "--hold", freeze, *more).code == 0
    said = run("approve", approval, "--as", "chen")
    assert said.code == 3
    assert "void" in said.sentence()
    assert "submit the freeze of CNY 901.00" in run("show", ref).out
    assert "freeze submitted" in run("advance", ref).out
    assert unit.approval(ref) != approval
    unit.approve(ref)


@pytest.mark.usefixtures("banks")
def test_after_a_change_of_the_payee_the_approval_is_void(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    unit.approve(ref)
    unit.sweep()
    while not any(a["act"] == "return" for a in unit.page(ref)["approvals"]):
        assert run("advance", ref).code == 0
        if any(a["act"] == "freeze" for a in unit.page(ref)["approvals"]):
            unit.approve(ref)
        unit.later(1)
        unit.sweep()
    approval = unit.approval(ref)
    claim = unit.page(ref)["claims"][0]["claim_id"]
    to = ["--bank", "bank-slow", "--reason", "the victim's account was closed"]
    words = ("payee", ref, "--claim", claim, *to, "--account", "-")
    said = run(*words, stdin="9999000000000007\n")
    assert (said.code, said.sentence()) == (2, "say whose account it is: --holder NAME")
    said = run(*words, "--holder", "Synthetic Victim", stdin="9999000000000006\n")
    assert said.code == 0, said.err
    refused = run("approve", approval, "--as", "chen")
    assert refused.code == 3
    assert "void" in refused.sentence()
    payee = next(a for a in unit.page(ref)["approvals"] if a["act"] == "payee")
    listed = run("approve").out
    assert "S·· (the victim)" in listed
    assert "the victim's account was closed" in listed
    assert run("approve", payee["approval_id"], "--as", "chen").code == 0
    assert "···· 0006" in run("show", ref).out
    assert "9999000000000006" not in run("show", ref, "--json").out


def test_a_hold_is_amended_before_it_is_ordered_and_not_after(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    (hold,) = _holds(unit.page(ref))
    words = ["hold", "amend", ref, "--hold", hold["hold_id"], "--amount"]
    assert run(*words, "800.00").code == 0
    assert _holds(unit.page(ref))[0]["requested"]["amount"] == "800.00"
    for amount, code in (("8e2", 2), ("800.001", 2), ("0", 3), ("-5", 3)):
        said = run(*words, amount)
        assert (said.code, bool(said.sentence())) == (code, True)
    assert (
        "has no hold" in run("hold", "amend", ref, "--hold", "hold-x", "--amount", "1").sentence()
    )
    assert run("advance", ref).code == 0
    fixed = run(*words, "700.00")
    assert fixed.code == 3
    assert "its sum is fixed" in fixed.sentence()


@pytest.mark.parametrize(
    ("claim", "bank", "account", "told"),
    [
        ("", "bank-unknown", "9999000000000006", "not a registered partner"),
        ("", "bank-slow", "12", "4 to 34 letters and digits"),
        ("claim-x", "bank-slow", "9999000000000006", "has no claim claim-x"),
    ],
)
def test_a_payee_that_cannot_be_paid_is_refused(
    run: Any, unit: Any, claim: str, bank: str, account: str, told: str
) -> None:
    ref = unit.accepted()
    named = claim or unit.page(ref)["claims"][0]["claim_id"]
    words = ["--claim", named, "--bank", bank, "--account", account, "--reason", "invented"]
    said = run("payee", ref, *words)
    assert said.code == 2
    assert told in said.sentence()
    assert account not in said.err


def test_two_recoveries_become_one_and_none_joins_itself(run: Any, unit: Any) -> None:
    first, second = unit.reported(2)
    assert run("merge", first, first).sentence() == "a recovery cannot be merged with itself"
    for ref in (first, second):
        assert run("advance", ref, "--case-number", "SYN-1").code == 0
    assert run("merge", second, first).out == f"{second} joined {first}\n"
    assert len(unit.page(first)["claims"]) == 2
    assert run("merge", second, first).code == 3
