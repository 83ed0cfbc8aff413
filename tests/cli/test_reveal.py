"""Looking at personal data by command, and the report of who has looked."""

from __future__ import annotations

from typing import Any


def test_a_look_is_shown_once_recorded_and_reported_without_its_value(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    why = ("--reason", "called back at the desk")
    assert "Synthetic Victim" in run("reveal", ref, "name", *why).out
    claim = unit.page(ref)["claims"][0]["claim_id"]
    shown = run("reveal", ref, "account", "--of", claim, *why, "--as", "chen", "--json").json()
    assert shown == {"fields": {"account": "9999000000000002"}}
    said = run("reveal", ref, "name", *why, "--of", claim, "--of", claim)
    assert (said.code, said.sentence()) == (
        2,
        "one victim or one account at a time: give --of once",
    )
    assert run("reveal", ref, "name", *why, "--as", "both").code == 0
    assert run("document", ref, "--out", str(unit.folder)).code == 0
    assert run("trace", ref, "--out", str(unit.folder / "t.csv")).code == 0
    report = run("privacy", "report", ref)
    assert "Synthetic Victim" not in report.out
    assert "9999000000000002" not in report.out
    assert "5 disclosures in the signed history: both 1, chen 1, lin 3" in report.out
    lines = run("privacy", "report", ref, "--json").json()["disclosures"]
    assert [(x["by"], x["kind"], x["reason"]) for x in lines[:2]] == [
        ("lin", "reveal", "called back at the desk"), ("chen", "reveal", "called back at the desk"),
    ]  # fmt: skip
    assert lines[-1]["kind"] == "trace_file"
