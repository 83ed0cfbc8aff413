"""docs/restitution.md: one recovery from claim to receipt, every figure in it recomputed here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from models.entities.claim import ObjectionKind
from models.entities.officer import Role
from models.money import Money
from models.store.unit import Actor
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.objection_actions import decide, enter
from recovery_flows.cases.views.victim_line import victim_line
from recovery_flows.restitution.claims_file import read_claims
from recovery_flows.restitution.explanation import page_of
from recovery_flows.restitution.methods.catalogue import RuleName, divide
from recovery_flows.restitution.rounds import REASONS, rounds_of

PAGE = Path(__file__).parents[3] / "docs" / "restitution.md"
SUPERVISOR = Actor("wu", Role.SUPERVISOR)
NAMES = ("first", "second", "third")


def blocks() -> dict[str, str]:
    """The page's blocks of code by their names: ```name."""
    text = PAGE.read_text(encoding="utf-8")
    return dict(re.findall(r"^```(\w[\w-]*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def told(unit: Any, recovery_id: str) -> str:
    """The rounds as the page shows them."""
    lines = []
    for one in rounds_of(unit.file(recovery_id)):
        lines += [f"round {one.number}, {one.method}, {one.state}", f"  pool {one.pool}"]
        lines += [f"  paid {one.paid}"]
        lines += [f"  {reason}: {money} ({REASONS[reason]})" for reason, money in
                  one.reserves.items()]  # fmt: skip
        lines += [f"  {one.release}"]
    return "\n".join(lines) + "\n"


def shares(unit: Any, recovery_id: str) -> list[str]:
    """What each victim is to get of the division under way, the earliest payment first."""
    file = unit.file(recovery_id)
    (division,) = [a for a in file.allocations if a.state != "void"]
    claims = sorted(file.claims, key=lambda claim: claim.paid_at)
    sums = [
        sum(p.amount_minor for p in file.payouts_of(division.id) if p.claim_id == claim.id)
        for claim in claims
    ]
    return [str(Money(minor, "CNY")) for minor in sums]


def by_file(tmp_path: Path, claims: str, pool: str) -> list[str]:
    """What `recovery allocate` gives each claimant of a file."""
    path = tmp_path / "claims.csv"
    path.write_text(claims, encoding="utf-8")
    stakes = read_claims(path, "CNY")
    division = divide(RuleName.PRO_RATA, Money.parse(pool, "CNY").minor, "CNY", stakes)
    return [str(Money(minor, "CNY")) for minor in division.parts.minor]


@pytest.fixture
def noticed(acts: Any) -> str:
    recovery_id = acts.pooled(3, 200_000, until="notice")
    return str(recovery_id)


def test_the_example_of_the_page_runs_as_it_is_told(
    unit: Any, acts: Any, noticed: str, tmp_path: Path
) -> None:
    said = blocks()
    first = shares(unit, noticed)
    assert first == by_file(tmp_path, said["claims"], "2000.00")
    assert said["round-1"] == "".join(
        f"{name:<8}{share}\n" for name, share in zip(NAMES, first, strict=True)
    )
    third = max(unit.file(noticed).claims, key=lambda claim: claim.paid_at)
    enter(unit.case_officer(), noticed, ObjectionKind.CLAIM, third.id, "an insurer has paid half")
    (objection,) = unit.file(noticed).objections
    decide(
        unit.case_officer(SUPERVISOR), noticed, objection.id, "the insurer's letter shows it",
        is_upheld=True, loss=Money(50_000, "CNY"),
    )  # fmt: skip
    acts.until(noticed, "notice")
    second = shares(unit, noticed)
    assert second == by_file(tmp_path, said["claims-2"], "2000.00")
    assert said["round-2"] == "".join(
        f"{name:<8}{share}\n" for name, share in zip(NAMES, second, strict=True)
    )
    acts.until(noticed, "approved")
    clocks = [c for c in running(unit.file(noticed), unit.laws) if "booked" in c.what]
    assert said["clock"] == f"{clocks[0].what}: {clocks[0].due_at:%Y-%m-%d %H:%M} UTC\n"
    assert said["before"] == told(unit, noticed)
    for payout in unit.file(noticed).payouts:
        if payout.state == "instructed":
            acts.settle(noticed, payout.id)
    assert said["after"] == told(unit, noticed)
    file = unit.file(noticed)
    third = next(claim for claim in file.claims if claim.id == third.id)
    lines = victim_line(file, third, unit.now, "Asia/Shanghai").lines
    assert said["victim"] == "\n".join(lines) + "\n"


def test_the_page_of_a_claimant_is_the_one_that_the_program_prints(tmp_path: Path) -> None:
    said = blocks()
    path = tmp_path / "claims.csv"
    path.write_text(said["claims-2"], encoding="utf-8")
    division = divide(RuleName.PRO_RATA, 200_000, "CNY", read_claims(path, "CNY"))
    assert said["page"] == "\n".join(page_of(division, "third")) + "\n"
