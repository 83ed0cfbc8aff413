"""`recovery objection` and `recovery rounds`: entered by one person, decided by another."""

from typing import Any


def test_an_objection_is_entered_listed_and_decided_by_another_person(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    claim = unit.page(ref)["claims"][0]["claim_id"]
    words = ["objection", "enter", ref, "--kind", "claim", "--claim", claim]
    said = run(*words, "--reason", "an insurer has paid it", "--as", "both")
    assert "entered; another person decides it by 2026-03-" in said.out
    (found,) = run("objection", "list", ref, "--json").json()
    assert (found["kind"], found["state"], found["claim_id"]) == ("claim", "open", claim)
    assert found["law_row"] == "CN_OBJECTION_CLAIM"
    assert "insurer" not in run("objection", "list", ref).out
    decide = ["objection", "decide", ref, found["id"], "--uphold", "--loss", "400.00", "--reason"]
    alone = run(*decide, "so it is", "--as", "both")
    assert alone.code == 3
    assert "a second person has to" in alone.sentence()
    assert run(*decide, "so it is", "--as", "chen").out == f"{ref}: objection upheld\n"
    (line, *_) = run("victim", "status", ref).out.splitlines()
    assert "CNY 400.00 of the CNY 1,000.00 that you reported are upheld; you may appeal" in line
    assert "Nothing is distributed yet" in run("rounds", ref).out
    assert run("rounds", ref, "--compare").sentence().startswith(f"{ref} has no division under way")


def test_what_cannot_be_objected_to_is_refused_in_one_sentence(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    claim = unit.page(ref)["claims"][0]["claim_id"]
    for words, code, sentence in (
        (["--kind", "share", "--reason", "x"], 3, "no notice of a division runs"),
        (["--kind", "appeal", "--claim", claim, "--reason", "x"], 3, "no decision has left"),
        (["--kind", "claim", "--claim", "nobody", "--reason", "x"], 3, "has no claim nobody"),
        (["--kind", "claim", "--claim", claim, "--reason", " "], 2, "takes a reason"),
    ):
        said = run("objection", "enter", ref, *words)
        assert said.code == code
        assert sentence in said.sentence()
    assert run("objection", "list", ref).out == "no objections\n"
