"""A report is refused by two people, and what is closed or refused can be opened again."""

from __future__ import annotations

from typing import Any


def _pending(run: Any) -> str:
    (line,) = run("approve", "--json").json()
    return str(line["approval_id"])


def test_a_report_is_refused_by_two_people_with_its_reason(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    said = run("refuse", ref, "--reason", "the payment was a loan between brothers")
    assert said.out == f"{ref}: refusal asked for; another person decides\n"
    assert unit.page(ref)["state"] == "reported"
    assert "a loan between brothers" in run("approve").out
    assert run("approve", _pending(run)).code == 3
    done = run("approve", _pending(run), "--as", "chen")
    assert done.out.startswith(f"{ref}: refusal of a report approved")
    page = unit.page(ref)
    assert page["state"] == "rejected"
    assert ref not in run("list").out
    (claim,) = page["claims"]
    told = run("victim", "status", ref, claim["claim_id"]).out
    assert "was not accepted" in told
    for check in (("ledger", "check"), ("audit", "verify")):
        assert run(*check).code == 0
    (books,) = run("report", "rates", "--json").json()["currencies"]
    terms = {one["account"]: one["amount"]["amount"] for one in books["terms"]}
    assert {name: sum_ for name, sum_ in terms.items() if sum_ != "0.00"} == {
        "not_upheld": books["reported"]["amount"]
    }


def test_a_denied_refusal_leaves_the_report_to_be_accepted(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    run("refuse", ref, "--reason", "not for us")
    assert run("refuse", ref, "--reason", "again").code == 3
    assert run("approve", _pending(run), "--deny", "--reason", "it is", "--as", "chen").code == 0
    assert run("advance", ref, "--case-number", "SYN-1").code == 0
    assert unit.page(ref)["state"] == "open"


def test_a_report_that_was_accepted_meanwhile_is_not_refused(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    run("refuse", ref, "--reason", "not for us")
    named = _pending(run)
    assert run("advance", ref, "--case-number", "SYN-1").code == 0
    said = run("approve", named, "--as", "chen")
    assert said.code == 3
    assert "is void already" in said.sentence()
    assert unit.page(ref)["state"] == "open"
    again = run("refuse", ref, "--reason", "not for us")
    assert "only a report that nobody has accepted is refused" in again.sentence()


def test_a_refused_report_is_opened_again_by_a_supervisor(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    run("refuse", ref, "--reason", "not for us")
    run("approve", _pending(run), "--as", "chen")
    assert run("reopen", ref, "--reason", "the victim objected").code == 3
    assert run("reopen", ref, "--reason", " ", "--as", "chen").code == 3
    done = run("reopen", ref, "--reason", "the victim objected", "--as", "chen")
    assert done.out == f"{ref}: opened again\n"
    assert unit.page(ref)["state"] == "reported"
    assert run("advance", ref, "--case-number", "SYN-1").code == 0
    for check in (("ledger", "check"), ("audit", "verify")):
        assert run(*check).code == 0


def test_what_is_open_is_not_opened_again(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    said = run("reopen", ref, "--reason", "to be sure", "--as", "chen")
    assert said.code == 3
    assert "it is open" in said.sentence()


def test_a_refusal_needs_a_reason(run: Any, unit: Any) -> None:
    (ref,) = unit.reported()
    assert "the victim is told it" in run("refuse", ref, "--reason", " ").sentence()
