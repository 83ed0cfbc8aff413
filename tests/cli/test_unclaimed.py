"""`recovery unclaimed`: what has not reached its payee is listed, and bad input is refused."""

from typing import Any


def test_nothing_is_unclaimed_where_all_has_arrived_and_a_stranger_is_refused(
    unit: Any, run: Any
) -> None:
    ref = unit.ordered()
    assert run("unclaimed", "list", ref).out == "everything has reached its payee\n"
    assert run("unclaimed", "list", ref, "--json").json() == {"announced": [], "not_paid": []}
    said = run("unclaimed", "announce", ref, "payout-of-nobody", "--reason", "no answer")
    assert said.code == 3
    assert "payout-of-nobody is none of this recovery" in said.sentence()
    silent = run("unclaimed", "announce", ref, "payout-of-nobody", "--reason", " ")
    assert silent.code == 2
    assert "--reason" in silent.sentence()


def test_a_refund_needs_a_paper_and_a_sum(unit: Any, run: Any, tmp_path: Any) -> None:
    ref, at = unit.ordered(), "2026-03-02T10:00+08:00"
    words = ["unclaimed", "refund", ref, "share-1", "--at", at]
    said = run(*words, "--amount", "1.00", "--proof", str(tmp_path / "none.pdf"))
    assert "none.pdf cannot be read" in said.sentence()
    paper = tmp_path / "slip.txt"
    paper.write_text("an invented slip", encoding="utf-8")
    said = run(*words, "--amount", "1.005", "--proof", str(paper))
    assert said.code == 2
    said = run(*words, "--amount", "1.00", "--proof", str(paper))
    assert "has no unclaimed share share-1: `recovery unclaimed list" in said.sentence()
