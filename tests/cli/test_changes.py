"""`recovery changes`: what others changed since one's last look, without a screen."""

from __future__ import annotations

from itertools import product
from typing import Any


def test_a_look_is_begun_and_what_others_do_afterwards_is_told(run: Any, unit: Any) -> None:
    ref = unit.ordered()
    assert "No earlier look is known" in run("changes").out
    assert run("changes", "--seen").code == 0
    assert "Nothing was changed" in run("changes").out
    unit.approve(ref)
    told = run("changes").out
    assert f"{ref}  freezing" in told
    assert "hold at bank-home: confirmed" in told
    assert "2 changes in 1 recovery since your last look" in told
    listed = run("list", "--filter", "changed:look", "--json").json()
    assert [(line["ref"], line["changed"]) for line in listed["lines"]] == [(ref, True)]
    assert "✱" in run("list").out
    assert run("changes", "--seen", "--json").json()["total"] == 2
    assert run("changes", "--json").json()["total"] == 0
    assert run("list", "--filter", "changed:look", "--json").json()["lines"] == []


def test_what_has_changed_is_asked_by_time_too(run: Any, unit: Any) -> None:
    unit.ordered()
    unit.later(2)
    assert run("changes", "--within", "1", "--json").json()["total"] == 0
    assert run("changes", "--within", "3", "--as", "chen", "--json").json()["total"] > 2
    assert run("changes", "--today", "--json").json()["total"] == 0  # all of it his own
    assert run("changes", "--today", "--within", "1").code == 2
    for command, hours in product(("changes", "deadlines"), ("1e8", "nan", "inf")):
        said = run(command, "--within", hours)
        assert said.code == 2
        assert "too many: 1000000 at most" in said.err or "Invalid value" in said.err
    assert len(run("list", "--filter", "changed<3h", "--as", "chen", "--json").json()["lines"]) == 1
    assert run("list", "--filter", "changed>3h").code == 2


def test_a_look_that_cannot_be_kept_is_said(run: Any, unit: Any) -> None:
    unit.ordered()
    (unit.folder / "data" / "seen").write_text("a file where a folder should be")
    said = run("changes", "--seen")
    assert (said.code, "Traceback" in said.err) == (2, False)
    assert "seen" in said.err
