"""`recovery victim status`: five lines of one claim, and which claim where there are several."""

from typing import Any


def test_five_lines_are_printed_and_the_figures_as_json(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    lines = run("victim", "status", ref).out.splitlines()
    assert [line.split(":")[0] for line in lines[:4]] == [
        "Your report", "Your money", "Paid back to you", "What happens next",
    ]  # fmt: skip
    told = run("victim", "status", ref, "--json").json()
    assert (told["lines"], told["currency"]) == (lines, "CNY")
    assert (told["upheld_minor"], told["paid_minor"]) == (100_000, 0)


def test_a_payer_who_is_not_one_is_refused_in_one_sentence(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    said = run("victim", "status", ref, "--payer", "compensation-of-nobody")
    assert said.code == 2
    assert said.sentence().endswith("nobody has paid its victim")


def test_a_claim_that_is_not_there_is_refused_in_one_sentence(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    said = run("victim", "status", ref, "claim-of-nobody")
    assert said.code == 2
    assert said.sentence().startswith(f"{ref} has no claim claim-of-nobody: `recovery show {ref}`")
