"""`recovery recall`: drafted, approved, sent, answered, returned; refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.recall_messages import UETR, answered, returned

REFS = ["--uetr", UETR, "--original-message", "MSG-1", "--instruction-id", "INS-1"]
REVERSED = ("--booking", "B", "--at", "2026-03-02T10:00:00+08:00", "--proof")


@pytest.fixture
def ref(unit: Any, run: Any) -> str:
    """An open recovery of one verified claim."""
    del run
    return str(unit.ordered())


def file_of(folder: Path, name: str, raw: bytes) -> str:
    (folder / name).write_bytes(raw)
    return str(folder / name)


def test_a_payment_is_called_back_and_a_part_of_it_comes(
    unit: Any, run: Any, ref: str, tmp_path: Path
) -> None:
    del unit
    asked = run("recall", "draft", ref, *REFS)
    assert asked.code == 0, asked.err
    approval = asked.out.split()[-1]
    (row,) = run("recall", "list", ref, "--json").json()
    name = row["recall"]["id"]
    out = str(tmp_path / "recall.xml")
    assert run("recall", "message", ref, name, "--out", out).code == 0
    assert f"<OrgnlUETR>{UETR}</OrgnlUETR>" in Path(out).read_text()
    assert run("approve", approval, "--as", "chen").code == 0
    said = run("recall", "sent", ref, name, "--how", "by the bank's portal")
    assert "an answer is due by" in said.out
    answer = file_of(tmp_path, "answer.xml", answered("ACCR", "AM04", conf="PECR"))
    assert "accepted for a part (AM04" in run("recall", "answer", answer).out
    money = file_of(tmp_path, "money.xml", returned("400.00"))
    entered = run("recall", "answer", money)
    assert "CNY 400.00 back by" in entered.out
    assert "nothing was entered" in run("recall", "answer", money).out
    listed = run("recall", "list", ref).out
    assert "CNY 0.00 of CNY 1,000.00 came back" in listed
    assert "asked, matched by uetr" in listed
    assert run("approve", entered.out.split()[-1], "--as", "chen").code == 0
    listed = run("recall", "list", ref).out
    assert "CNY 400.00 of CNY 1,000.00 came back" in listed
    back = ("--booking", "RTR-1", "--at", "2026-03-02T00:00:00Z", "--proof", money)
    undone = run("recall", "reversed", ref, name, *back)
    assert "the money counts until another person has confirmed it" in undone.out
    assert "confirmed, its reversal entered" in run("recall", "list", ref).out
    assert run("approve", undone.out.split()[-1], "--as", "chen").code == 0
    listed = run("recall", "list", ref).out
    assert "CNY 0.00 of CNY 1,000.00 came back" in listed
    assert run("ledger", "check").code == 0


def test_what_cannot_be_is_refused_in_one_sentence(run: Any, ref: str, tmp_path: Path) -> None:
    broken = file_of(tmp_path, "broken.xml", b"<Document>")
    empty = file_of(tmp_path, "empty.xml", b"")
    nobodys = file_of(tmp_path, "nobodys.xml", returned("1.00"))
    for words, code, sentence in (
        (["draft", ref], 2, "lacks uetr, original_message, original_instruction_id"),
        (["draft", ref, *REFS, "--channel", "fax"], 2, "there is no channel 'fax'"),
        (["draft", ref, *REFS, "--claim", "claim-x"], 3, "has no verified claim claim-x"),
        (["answer", broken], 2, "broken.xml is no XML"),
        (["answer", empty], 2, "FILE empty.xml is empty"),
        (["answer", str(tmp_path / "none.xml")], 2, "cannot be read"),
        (["answer", nobodys], 3, "answers no recall of this unit"),
        (["sent", ref, "recall-x", "--how", "x"], 3, "recall list"),
        (["chase", ref, "recall-x", "--reason", " "], 2, "takes a reason"),
        (["end", ref, "recall-x", "--reason", "x"], 3, "has no recall recall-x"),
        (["reversed", ref, "recall-x", *REVERSED, empty], 2, "--proof empty.xml is empty"),
        (["reversed", ref, "recall-x", *REVERSED, broken], 3, "has no recall recall-x"),
        (["message", ref, "recall-x", "--out", str(tmp_path / "o.xml")], 3, "has no recall"),
    ):
        said = run("recall", *words)
        assert said.code == code, (words, said)
        assert sentence in said.sentence()
