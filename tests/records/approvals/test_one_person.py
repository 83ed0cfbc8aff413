"""One person alone moves no money: by command, by key, by flow, by the store, by SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.entities.claim import ClaimState, ObjectionKind, ObjectionState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.outcome import Transition
from models.store.unit import ENGINE, Actor
from recovery_flows.approvals.kinds import ApprovalKind, kind_word
from recovery_flows.cases.objection_actions import enter
from tests.cli.conftest import run
from tests.records.approvals.money_cases import transferred
from tests.records.approvals.one_person import (
    ALONE,
    WAYS,
    as_commands,
    by_flow,
    by_keys,
    by_sql,
    by_store,
    refused,
    with_one_person,
)

PAGE = Path(__file__).parents[3] / "docs/one-person.md"
A_SECOND = "a second person has to"
SUPERVISOR = Actor(ALONE, Role.SUPERVISOR)
OFFICER = Actor(ALONE, Role.OFFICER)


def shown(what: str, *cells: str) -> None:
    """A row stands in the documentation as it was found here."""
    line = f"| {' | '.join((what, *cells))} |"
    assert line in PAGE.read_text(encoding="utf-8"), f"docs/one-person.md lacks:\n{line}"


@pytest.fixture
def alone(unit: Any) -> Any:
    return with_one_person(unit)


async def tried(case: Any, kind: ApprovalKind) -> tuple[str, ...]:
    """Every way for the one person to carry out what he asked for; all of them are refused."""
    alone, way, asked = case.unit, WAYS[kind], case.pending(kind)
    assert asked.asked_by == ALONE
    before = case.file()
    with as_commands(alone):
        yes = run("approve", asked.id)
        no = run("approve", asked.id, "--deny", "--reason", "on second thoughts")
    for said in (yes, no):
        assert (said.code, said.out) == (3, "")
        assert A_SECOND in said.sentence()
    for said in await by_keys(alone, "a", "d"):
        assert "you asked for it: a second person decides" in said
    by_his_role = by_store(alone, case.recovery_id, asked, way)[::3]
    assert A_SECOND in by_his_role[0]
    given = {"id": asked.subject_id, "yes": asked.id}
    yes_itself = "UPDATE approval SET state = 'approved', decided_by = asked_by WHERE id = '{yes}'"
    sentence = by_sql(alone.path, yes_itself.format(**given))
    if way.sql:
        sentence = by_sql(alone.path, *(text.format(**given) for text in way.sql))
    assert way.sentence in sentence
    assert case.file() == before
    assert asked.subject_id not in by_flow(alone, case.recovery_id)
    assert case.pending(kind).id == asked.id
    moves = ", ".join(f"{noun} {event}" for noun, event in way.moves) or "the approval"
    return way.what, "refused", "refused", "nothing leaves", f"{moves}: refused", sentence


@pytest.mark.parametrize("kind", ApprovalKind, ids=str)
async def test_what_one_person_asked_for_he_cannot_carry_out_by_any_way(
    alone: Any, kinds: Any, kind: ApprovalKind
) -> None:
    shown(kind_word(kind), *await tried(kinds[kind](alone), kind))


async def test_one_person_sends_no_unclaimed_share_to_the_treasury(alone: Any, kinds: Any) -> None:
    case = transferred(alone, kinds[ApprovalKind.RETURN])
    (share,) = case.file().unclaimed
    cells = await tried(case, ApprovalKind.RETURN)
    paid = by_sql(alone.path, "UPDATE unclaimed_share SET state = 'treasury'")
    assert paid == "the treasury has what a bank has paid to it"
    assert [u.state for u in case.file().unclaimed] == [share.state]
    shown("unclaimed share", "the treasury is paid", *cells[1:])


def test_one_person_lets_no_loss_of_a_claim_rise(alone: Any, kinds: Any) -> None:
    case = kinds[ApprovalKind.RETURN](alone)
    (claim,) = case.file().claims
    enter(alone.case_officer(), case.recovery_id, ObjectionKind.CLAIM, claim.id, "it was more")
    (objection,) = case.file().objections
    with as_commands(alone):
        ref = case.file().recovery.ref
        words = ("--uphold", "--loss", "900.00", "--reason", "I say so")
        said = run("objection", "decide", ref, objection.id, *words)
    assert said.code == 3
    assert A_SECOND in said.sentence()
    upheld = Transition(
        EntityKind.OBJECTION, objection.id, "upheld", ObjectionState.OPEN,
        {"decided_by": ALONE, "decided_at": alone.now, "loss_minor": 90_000},
    )  # fmt: skip
    rises = Transition(
        EntityKind.CLAIM, claim.id, "decided", ClaimState(claim.state), {"decided_minor": 90_000}
    )
    assert A_SECOND in refused(alone, case.recovery_id, SUPERVISOR, upheld)
    for actor in (SUPERVISOR, OFFICER, ENGINE):
        refused(alone, case.recovery_id, actor, upheld)
        refused(alone, case.recovery_id, actor, rises)
    for text, sentence in (
        ("UPDATE objection SET state = 'upheld', decided_by = entered_by", "by another person"),
        ("UPDATE claim SET decided_minor = 90000", "that another person upheld"),
        ("UPDATE claim SET reported_minor = 900000", "what was reported is fixed"),
        ("UPDATE claim SET upheld_minor = 900000", "no more of a loss is upheld"),
    ):
        assert sentence in by_sql(alone.path, text)
    assert case.file().claims == (claim,)
    shown(
        "objection", "a loss rises or falls", "refused", "no key", "nothing leaves",
        "objection upheld, claim decided: refused",
        by_sql(alone.path, "UPDATE claim SET decided_minor = 90000"),
    )  # fmt: skip


async def test_one_person_moves_no_partners_address(alone: Any) -> None:
    alone.report(*alone.reports(1))
    with as_commands(alone):
        words = ("--name", "Synthetic", "--regime", "CN", "--currency", "CNY", "--home")
        asked = run("partner", "add", "bank-home", *words, "--url", "https://other.test",
                    "--token-from-stdin", "--json", stdin="t\n")  # fmt: skip
        change = asked.json()["change"]
        said = run("approve", change)
    assert said.code == 3
    assert A_SECOND in said.sentence()
    for told in await by_keys(alone, "a", "d"):
        assert "you asked for it: a second person decides" in told
    moved = Transition(
        EntityKind.PARTNER, "bank-home", "updated", "active", {"base_url": "https://other.test"}
    )
    for actor in (SUPERVISOR, OFFICER, ENGINE):
        assert "takes two people" in refused(alone, "", actor, moved)
    sentence = by_sql(alone.path, "UPDATE partner SET base_url = 'https://other.test'")
    by_sql(alone.path, "UPDATE register_change SET state = 'approved', decided_by = asked_by")
    shown(
        "register change", "a partner's address or keys", "refused", "refused", "nothing leaves",
        "partner updated: refused", sentence,
    )  # fmt: skip


async def test_one_person_neither_restricts_a_recovery_nor_lets_others_see_it(alone: Any) -> None:
    (recovery_id,) = alone.report(*alone.reports(1))
    with as_commands(alone):
        ref = "R-2026-0001"
        words = ("--member", ALONE, "--reason", "I alone", "--json")
        change = run("restrict", ref, *words).json()["change"]
        assert A_SECOND in run("approve", change).sentence()
    for told in await by_keys(alone, "a", "d"):
        assert "you asked for it: a second person decides" in told
    values = {
        "reason_sealed": "", "asked_by": ALONE, "confirmed_by": "wu", "since": alone.now,
        "begun_by": change,
    }  # fmt: skip
    begun = Transition(EntityKind.RESTRICTION, "mine", "begun", None, values)
    for actor in (SUPERVISOR, OFFICER):
        assert "takes two people" in refused(alone, recovery_id, actor, begun)
    assert "takes the role" in refused(alone, recovery_id, ENGINE, begun)
    columns = "(id, recovery_id, state, reason_sealed, asked_by, confirmed_by, since, begun_by, "
    row = f"('mine', '{recovery_id}', 'active', '', 'both', 'wu', '2026-03-02', '{change}', '')"
    sentence = by_sql(
        alone.path, f"INSERT INTO restriction {columns}ended_by) VALUES {row}",
    )  # fmt: skip
    by_sql(alone.path, "UPDATE register_change SET state = 'approved', decided_by = asked_by")
    copied = "INSERT INTO register_change SELECT * FROM copy"
    by_sql(
        alone.path, "CREATE TEMP TABLE copy AS SELECT * FROM register_change",
        "UPDATE copy SET id = 'mole', state = 'approved', decided_by = 'wu'", copied,
    )  # fmt: skip
    shown(
        "restriction of a recovery", "who sees a recovery changes", "refused", "refused",
        "nothing leaves", "restriction begun: refused", sentence,
    )  # fmt: skip


def test_one_person_makes_no_second_one_and_signs_for_nobody_else(alone: Any, kinds: Any) -> None:
    case = kinds[ApprovalKind.RETURN](alone)
    asked = case.pending(ApprovalKind.RETURN)
    appointed = Transition(
        EntityKind.OFFICER, "me-too", "appointed", None,
        {"handle": "me-too", "roles": "supervisor", "os_user": "", "secret_hash": ""},
    )  # fmt: skip
    assert "takes two people" in refused(alone, "", SUPERVISOR, appointed)
    values = {
        "subject_noun": asked.subject_noun, "subject_id": asked.subject_id, "action": "return",
        "subject_digest": asked.subject_digest, "asked_by": "chen", "asked_at": alone.now,
    }  # fmt: skip
    for event, sentence in (
        ("asked", "names chen; both acts, and signs for nobody"),
        ("asked_anew", "asked anew for chen, who has not asked before"),
    ):
        forged = Transition(EntityKind.APPROVAL, f"appr-{event}", event, None, values)
        assert sentence in refused(alone, case.recovery_id, OFFICER, forged)
    by_wu = {"decided_by": "wu", "decided_at": alone.now}
    yes = Transition(EntityKind.APPROVAL, asked.id, "approved", asked.state, by_wu)
    assert A_SECOND in refused(alone, case.recovery_id, SUPERVISOR, yes)
    assert "names wu" in refused(alone, case.recovery_id, Actor("lin", Role.SUPERVISOR), yes)
    taken = by_sql(alone.path, "UPDATE approval SET asked_by = 'chen'")
    assert taken == "an approval is given by another person than who asked for it"
    shown(
        "another's name", "a second person is made up", "refused", "no key", "nothing leaves",
        "officer appointed, approval asked: refused", taken,
    )  # fmt: skip


def test_the_page_lists_no_way_that_was_not_tried() -> None:
    rows = [x for x in PAGE.read_text(encoding="utf-8").splitlines() if x.startswith("| ")]
    assert len(rows) - 1 == len(ApprovalKind) + 5
