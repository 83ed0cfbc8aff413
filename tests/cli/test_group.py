"""`recovery group`: the sums of some recoveries, as text and as JSON."""

from typing import Any


def test_the_sums_of_a_group_are_printed_and_a_stranger_is_refused(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    out = run("group", ref, ref).out
    assert out.startswith(f"1 recovery, 1 claim: {ref}\n")
    assert "taken = held + returned + treasury + others + kept" in out
    (told,) = run("group", ref, "--json").json()
    assert told["taken"] == {"amount": "1000.00", "currency": "CNY"}
    assert told["secured"]["amount"] == "0.00"
    said = run("group", ref, "R-1999-0001")
    assert said.code == 2
    assert "R-1999-0001" in said.sentence()
