"""Screen 7, `recovery rounds` and the page as text say the same of rounds and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from models.entities.claim import ObjectionKind
from models.entities.officer import Role
from models.money import Money
from models.store.unit import Actor
from recovery_flows.cases import objection_actions
from recovery_flows.cases.pages import restitution
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.pages.value import Line, Part, Section, Table
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.restitution_page import restitution_page
from recovery_flows.cases.views.restitution_views import RestitutionPage
from recovery_flows.cli.page_text import section_lines
from recovery_flows.restitution.rounds import rounds_of
from tests.cli.conftest import run
from tests.screens.test_one_page import facts, stands
from tui.panels import restitution as panel
from tui.text import zoned_time

ZONE = "Asia/Shanghai"
SUPERVISOR = Actor("wu", Role.SUPERVISOR)


@pytest.fixture
def two_rounds(unit: Any, acts: Any) -> str:
    """An upheld objection has ended the first round; the second one is paid in part."""
    recovery_id = acts.pooled(3, 200_000, until="notice")
    claim = unit.file(recovery_id).claims[0].id
    objected = objection_actions.enter(
        unit.case_officer(), recovery_id, ObjectionKind.CLAIM, claim, "an insurer paid half"
    )
    assert objected
    (one,) = unit.file(recovery_id).objections
    objection_actions.decide(
        unit.case_officer(SUPERVISOR), recovery_id, one.id, "its letter shows it",
        is_upheld=True, loss=Money(50_000, "CNY"),
    )  # fmt: skip
    acts.until(recovery_id, "approved")
    going = [p for p in unit.file(recovery_id).payouts if p.state == "instructed"]
    acts.settle(recovery_id, going[0].id)
    acts.decide(recovery_id)
    return str(recovery_id)


def page_of(unit: Any, recovery_id: str) -> RestitutionPage:
    return restitution_page(unit.database, unit.laws, recovery_id, unit.now, QueueQuery(), 100)


def shown(parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts as a panel in full shows them, none of them left out."""
    yield from (replace(p, detail=False) if isinstance(p, Line | Table) else p for p in parts)


def absent(section: Section, text: str, *, plain: bool = False) -> list[str]:
    """Facts of a section that a text lacks; instants as that text spells them."""
    flat = " ".join(text.split())
    spell = (lambda at: f"{at:%Y}") if plain else (lambda at: zoned_time(at, ZONE))
    return [fact for fact in facts(shown(section.parts), spell) if not stands(fact, flat)]


def test_the_screen_and_the_text_say_the_same_of_each_round_and_rule(
    unit: Any, two_rounds: str
) -> None:
    page = page_of(unit, two_rounds)
    rounds, rules = restitution.rounds(page), restitution.rules(page)
    screen = "\n".join(x.plain for x in panel.rounds_lines(page, ZONE, 200, full=True))
    assert absent(rounds, screen) == []
    assert absent(rules, "\n".join(x.plain for x in panel.rules_lines(page, None, ZONE, 200))) == []
    plain = "\n".join(plain_lines(restitution.written(page, ZONE)))
    assert absent(rounds, plain, plain=True) == []
    assert absent(rules, plain, plain=True) == []
    assert "Round 2" in screen
    assert "an objection was upheld" in screen, "and what ended the first one"


def test_the_figures_of_the_rounds_are_those_of_the_ledger(unit: Any, two_rounds: str) -> None:
    text = "\n".join(section_lines(restitution.rounds(page_of(unit, two_rounds)), ZONE))
    (one,) = rounds_of(unit.file(two_rounds))
    assert one.paid.minor > 0
    told = [str(one.pool), str(one.paid), one.release, *map(str, one.reserves.values())]
    flat = " ".join(text.split())
    assert [figure for figure in told if " ".join(figure.split()) not in flat] == []


def test_the_command_prints_the_rounds_as_the_screen_has_them(
    unit: Any, two_rounds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.database.dispose()
    data = unit.folder.with_name("data")
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(data))
    monkeypatch.setenv("RECOVERY_KEY_DIR", str(unit.folder / "keys"))
    monkeypatch.setenv("RECOVERY_DATABASE_URL", f"sqlite:///{unit.path}")
    out = run("rounds", "R-2026-0001").out
    section = restitution.rounds(page_of(unit, two_rounds))
    assert [line.strip() for line in out.splitlines()] == [
        line.strip() for line in section_lines(section, ZONE)
    ]
