"""Several at once from a shell: reports accepted, approvals given, a result for each."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any


def _pending(run: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run("approve", "--json").json()
    return found


def test_reports_are_accepted_together_and_what_is_none_is_left_as_it_is(
    run: Any, unit: Any
) -> None:
    one, two, three = unit.reported(3)
    said = run("accept", two, "--case-number", "A-9")
    assert said.out == f"✓ {two}: accepted under case number A-9\n"
    typed = f"{one}\n{two}\n\n{three} x\n"
    said = run("accept", "-", "--case-number", "B-099", "--json", stdin=typed)
    assert said.code == 3
    first, second, third = json.loads(said.out)
    assert first["done"] == f"{one}: accepted under case number B-099"
    assert "there is no report to accept" in second["refused"]
    assert third["done"] == f"{three}: accepted under case number B-101"
    assert run("accept", one, two, "--case-number", "words").code == 2
    assert run("accept", "-", "--case-number", "1").code == 2
    told = run("accept", "R-1999-0001", one, "--case-number", "1")
    assert (told.code, "0 accepted, 2 not" in told.out) == (3, True)


def test_approvals_are_given_together_and_what_is_looked_at_alone_is_refused(
    run: Any, unit: Any
) -> None:
    refs = unit.reported(3)
    for number, ref in enumerate(refs):
        assert run("advance", ref, "--case-number", str(number)).code == 0
        assert run("advance", ref, "--allow-duplicate").code == 0
    asked = run("refuse", *unit_report(unit), "--reason", "a duplicate").code
    assert asked == 0
    ids = {line["act"]: [] for line in _pending(run)}
    for line in _pending(run):
        ids[line["act"]].append(line["approval_id"])
    stops, alone = ids["order_stop"], ids["refuse_report"]
    own = run("approve", *stops[:2], "--as", "lin", "--json")
    assert own.code == 3
    told = run("approve", *stops[:2], *alone, "change-1", "appr-none", "--as", "chen")
    assert told.code == 3
    assert told.out.count("✓ ") == 2
    assert "a refusal of a report is approved by itself" in told.out
    assert "✕ appr-none: there is no such approval" in told.out
    assert "✕ change-1: a change of officers or partners is approved by itself" in told.out
    assert "2 approved, 3 not" in told.out
    again = run("approve", "-", "--as", "chen", "--json", stdin="\n".join(stops)).out
    assert [bool(one["done"]) for one in json.loads(again)] == [False, False, True]
    assert run("approve", *stops, "--deny", "--reason", "no").code == 2


def test_no_denial_is_read_as_a_yes_and_one_broken_file_leaves_the_others_told(
    run: Any, unit: Any
) -> None:
    """`-` with one id on standard input approved what was to be denied."""
    refs = unit.reported(3)
    for number, ref in enumerate(refs):
        assert run("advance", ref, "--case-number", str(number)).code == 0
        assert run("advance", ref, "--allow-duplicate").code == 0
    stops = [one["approval_id"] for one in _pending(run) if one["act"] == "order_stop"]
    for word in (("--deny", "--reason", "no"), ("--now",), ("--authority", "P-1")):
        said = run("approve", "-", *word, "--as", "chen", stdin=f"{stops[0]}\n")
        assert (said.code, said.out) == (2, "")
    with closing(sqlite3.connect(unit.folder / "data" / "recovery.sqlite3")) as raw:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'hold'"
        for (name,) in raw.execute(guards).fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        of = "SELECT subject_id FROM approval WHERE id = ?"
        raw.execute(f"UPDATE hold SET state = 'nonsense' WHERE id = ({of})", (stops[1],))
        raw.commit()
    told = run("approve", *stops, "--as", "chen")
    assert (told.code, "2 approved, 1 not" in told.out) == (3, True)


def unit_report(unit: Any) -> list[str]:
    path = unit.file_of(unit.row(9))
    from recovery_flows.cli.intake.complaints import import_reports

    filed = import_reports(unit.installation(), path, "", "CN").filed
    return [str(unit.page(one)["ref"]) for one in filed]
