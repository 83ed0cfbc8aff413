"""`recovery third-party`: a claim on a held account from its filing to its letter; bad input."""

from pathlib import Path
from typing import Any


def test_a_claim_for_a_wrong_freeze_is_filed_rejected_and_told_by_letter(
    unit: Any, banks: None, run: Any, tmp_path: Path
) -> None:
    del banks
    ref = unit.ordered()
    assert run("third-party", "list", ref).out == "no third party has filed a claim\n"
    words = ["third-party", "file", ref, "--ground", "excess", "--words", "it is mine"]
    said = run(*words)
    assert said.code == 2
    assert "is held now" in said.sentence()
    unit.sweep()
    said = run(*words, "--amount", "1.005")
    assert said.code == 2
    said = run(*words)
    assert said.code == 3
    assert "held there beyond what is disputed" in said.sentence()
    paper = tmp_path / "none.pdf"
    said = run(*words, "--proof", str(paper))
    assert "none.pdf cannot be read" in said.sentence()
    words[4], words[6] = "wrong-freeze", "the rent bounced"
    said = run(*words, "--amount", "80.00")
    assert said.code == 0
    assert "CNY 80.00 claimed; to be decided by" in said.out
    (claim,) = run("third-party", "list", ref, "--json").json()
    name = claim["id"]
    assert claim["ground"] == "wrong_freeze"
    said = run("third-party", "decide", ref, name, "--reject", "--amount", "1.00", "--reason", "x")
    assert said.code == 2
    said = run("third-party", "decide", ref, name, "--reject", "--reason", "no fees are shown")
    assert f"{name} to be rejected when another person approves" in said.out
    said = run("third-party", "appeal", ref, name, "--words", "they are")
    assert said.code == 3
    said = run("document", ref, "third-party-letter", "--out", str(tmp_path), "--format", "md")
    (letter,) = tmp_path.glob("*.md")
    assert said.code == 0
    assert "harm done by a wrong freeze" in letter.read_text(encoding="utf-8")
