"""`recovery voluntary`: invited, promised, received; each by its command, refused in a sentence."""

from pathlib import Path
from typing import Any

import pytest

PART = "250.00@2026-05-01T00:00+08:00"


@pytest.fixture
def slip(tmp_path: Path) -> str:
    path = tmp_path / "slip.pdf"
    path.write_bytes(b"an invented bank slip")
    return str(path)


@pytest.fixture
def ref(unit: Any, run: Any) -> str:
    """A recovery, and the bank of the unit's own account, which takes orders on paper."""
    found = str(unit.ordered())
    words = ["partner", "add", "treasury", "--name", "Synthetic treasury", "--regime", "CN"]
    asked = run(*words, "--currency", "CNY", "--home", "--channel", "letter", "--as", "chen")
    assert asked.code == 0, asked.err
    change = asked.out.split()[-1]
    assert run("approve", change).code == 0
    return found


def test_a_return_is_invited_planned_received_and_listed(
    unit: Any, run: Any, ref: str, slip: str
) -> None:
    said = run("voluntary", "invite", ref, "--reason", "told at the interview")
    assert "invited, return-" in said.out
    (row,) = run("voluntary", "list", ref, "--json").json()["returns"]
    name = row["return"]["id"]
    plan = run("voluntary", "plan", ref, name, "--part", PART, "--part",
               "250.00@2026-06-01T00:00+08:00", "--reason", "agreed")  # fmt: skip
    assert plan.out == f"{ref}: CNY 500.00 promised in 2 parts; nothing of it counts yet\n"
    into = ["--bank", "treasury", "--account", "9999000000000077", "--booking", "B-1"]
    enter = run(
        "voluntary", "receive", ref, *into, "--of", name, "--amount", "250.00", "--at",
        unit.now.isoformat(), "--proof", slip, "--as", "both",
    )  # fmt: skip
    approval = enter.out.split()[-1]
    alone = run("approve", approval, "--as", "both")
    assert alone.code == 3
    assert "a second person has to" in alone.sentence()
    assert "CNY 0.00 of CNY 500.00 received" in run("voluntary", "list", ref).out
    assert run("approve", approval, "--as", "chen").code == 0
    listed = run("voluntary", "list", ref).out
    assert "CNY 250.00 of CNY 500.00 received (50.0 %)" in listed
    assert "receipt B-1" in listed
    assert "interview" not in listed


def test_what_cannot_be_is_refused_in_one_sentence(
    unit: Any, run: Any, ref: str, slip: str
) -> None:
    run("voluntary", "invite", ref, "--reason", "told at the interview")
    (row,) = run("voluntary", "list", ref, "--json").json()["returns"]
    name = row["return"]["id"]
    into = ["--bank", "treasury", "--account", "9999000000000077", "--booking", "B-1"]
    sum_ = ["--amount", "250.00", "--at", unit.now.isoformat(), "--proof", slip]
    for words, code, sentence in (
        (["plan", ref, name, "--part", "250.00", "--reason", "x"], 2, "is not AMOUNT@INSTANT"),
        (["plan", ref, "return-x", "--part", PART, "--reason", "x"], 3, "voluntary list"),
        (["plan", ref, name, "--part", PART, "--reason", " "], 2, "takes a reason"),
        (["remind", ref, name, "--reason", "x"], 3, "is overdue: there is nothing to remind of"),
        (["receive", ref, *into], 2, "no imported statement of this account has a credit 'B-1'"),
        (["receive", ref, *into, *sum_[:-1], "/no/such"], 2, "cannot be read"),
        (["receive", ref, "--bank", "bank-home", *into[2:], *sum_], 3, "--channel letter"),
    ):
        said = run("voluntary", *words)
        assert said.code == code, (words, said)
        assert sentence in said.sentence()
