"""`recovery multi-agency` by its commands: previewed, started, shown, renewed, refused."""

from __future__ import annotations

from typing import Any

import pytest

NUMBER = "+999000110001"


@pytest.fixture
def ref(by_two: Any, unit: Any) -> str:
    """An accepted recovery; a telecom and an authority are registered too."""
    for name, kind in (("the-telecom", "telecom"), ("the-authority", "authority")):
        words = ["--name", name, "--regime", "CN", "--currency", "CNY", "--home", "--kind", kind]
        said = by_two("partner", "add", name, *words, "--url", "http://127.0.0.1:9",
                      "--client-id", "unit")  # fmt: skip
        assert said.code == 0, said.err
    accepted: str = unit.accepted()
    return accepted


def test_a_partner_is_registered_with_its_kind(run: Any, ref: str) -> None:
    del ref
    kinds = {p["id"]: p["kind"] for p in run("partner", "list", "--json").json()}
    assert kinds["the-telecom"] == "telecom"
    assert kinds["bank-home"] == "bank"
    assert "authority" in run("partner", "list").out
    assert run("partner", "add", "x", "--kind", "friend").code == 2


def test_a_preview_says_who_would_get_what_and_sends_nothing(run: Any, ref: str) -> None:
    said = run("multi-agency", "start", ref, "--number", NUMBER, "--query", "--preview")
    assert said.code == 0, said.err
    assert [line.split()[:2] for line in said.out.splitlines()[1:]] == [
        ["the-telecom", "preserve"], ["the-telecom", "suspend"], ["the-telecom", "query"],
        ["bank-slow", "warn"], ["the-authority", "copy"], ["an", "authority"],
    ]  # fmt: skip
    assert '"victims": 1' in said.out
    assert NUMBER not in said.out
    assert "has no multi-agency request" in run("multi-agency", "show", ref).out


def test_a_linkage_is_started_shown_and_told_to_a_regulator_without_anybody(
    run: Any, unit: Any, ref: str
) -> None:
    done = run("multi-agency", "start", ref, "--number", "-", stdin=f"{NUMBER}\n")
    assert done.out.splitlines()[0] == (
        f"{ref}: request started, 4 tasks to 3 partners at once; another person confirms it"
    )
    board = run("multi-agency", "show", ref).out
    assert "4 tasks to 3 partners  ? awaiting confirmation  started" in board
    assert board.count("\n▸ ") == 1
    assert "1d 00h" in board
    told = run("multi-agency", "show", ref, "--regulator").out
    assert f"{ref}  running, 1 victim" in told
    for private in ("lin ", "··", "the-telecom", "bank-slow", "Synthetic"):
        assert private not in told
    tasks = run("multi-agency", "show", ref, "--json").json()[0]["tasks"]
    assert {t["partner_kind"] for t in tasks} == {"telecom", "bank", "authority"}
    assert "answers due" in run("show", ref).out
    assert "telecom" in run("approve").out
    run("approve", unit.page(ref)["approvals"][-1]["approval_id"], "--as", "chen")
    assert "✓ confirmed" in run("multi-agency", "show", ref).out
    again = run("multi-agency", "start", ref, "--number", NUMBER)
    assert (again.code, "nobody to ask" in again.sentence()) == (3, True)


def test_what_cannot_be_asked_is_refused_in_one_sentence(run: Any, ref: str) -> None:
    for words, code, sentence in (
        (["--number", "12ab"], 2, "a number is 5 to 15 digits"),
        (["--ip", "10.0.0.1"], 2, "private network"),
        (["--domain", "nowhere"], 2, "a domain is a name"),
        (["--imei", "1"], 2, "IMEI"),
        (["--account-name", " "], 2, "plain characters"),
        (["--partner", "nobody"], 2, "nobody cannot be given a task"),
        (["--partner", "bank-abroad"], 2, "no registered partner at home"),
        (["--account-name", "Synthetic Victim"], 3, "of a victim of R-2026-0001"),
        (["--as", "chen"], 3, "takes the role officer"),
        (["--seen-version", "0"], 3, "has changed since you looked"),
    ):
        said = run("multi-agency", "start", ref, *words)
        assert (said.code, sentence in said.sentence()) == (code, True), words


def test_acts_on_a_task_that_is_not_there_or_not_answered_are_refused(run: Any, ref: str) -> None:
    run("multi-agency", "start", ref, "--number", NUMBER)
    tasks = run("multi-agency", "show", ref, "--json").json()[0]["tasks"]
    name = next(t["task_id"] for t in tasks if t["kind"] == "preserve")
    for words, code, sentence in (
        (("renew", ref, "task-none"), 2, "no single task task-none"),
        (("renew", ref, "task-"), 2, "no single task task-"),
        (("renew", ref, name[:12]), 3, "nothing is preserved to renew"),
        (("read", ref, name), 3, "has not answered task"),
        (("cancel", ref, name, "--reason", " "), 2, "takes a reason"),
    ):
        said = run("multi-agency", *words)
        assert (said.code, sentence in said.sentence()) == (code, True), words
    assert "is withdrawn" in run("multi-agency", "cancel", ref, name, "--reason", "a mistake").out
    states = {
        t["task_id"]: t["state"]
        for t in run("multi-agency", "show", ref, "--json").json()[0]["tasks"]
    }
    assert states[name] == "cancelled"


def test_two_files_that_become_one_bring_their_linkages_and_say_what_both_ask(
    run: Any, unit: Any, ref: str
) -> None:
    (other,) = unit.reported(2)
    assert run("advance", other, "--case-number", "SYN-2").code == 0
    assert "asks about too" not in run("multi-agency", "start", ref, "--number", NUMBER).out
    done = run("multi-agency", "start", other, "--number", NUMBER, "--partner", "the-telecom").out
    assert "another recovery asks about the subject of 2 too" in done
    assert run("merge", ref, other).code == 0
    assert run("multi-agency", "show", ref).out.count("tasks to") == 2
    assert run("multi-agency", "show", other).out.startswith(f"{other} has no multi-agency request")
    assert run("audit", "verify").code == 0


def test_a_report_names_banks_and_no_telecom(run: Any, unit: Any, ref: str) -> None:
    del ref
    path = unit.file_of(unit.row(7, payee_bank="the-telecom"))
    assert "row 1, payee_bank: 'the-telecom'" in run("intake", "reports", str(path)).out
