"""What a partner says of a task that is settled is a move, a repetition, or is looked into."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.multi_agency import TaskKind, TaskRow, TaskState
from models.entities.recovery import RecoveryRow, RecoveryState
from models.facts import PartnerTaskState, TaskFact
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency.answers import NOTHING_NEW, apply_task_fact

S, P = TaskState, PartnerTaskState
AT = datetime(2026, 3, 2, tzinfo=UTC)
LATER = AT + timedelta(days=30)


def told(state: TaskState, fact: PartnerTaskState, **more: Any) -> Changeset:
    """A partner's next revision on a task that is recorded in a state."""
    task = TaskRow(
        id="task-1", linkage_id="link-1", asset_id="asset-1", partner_id="telecom",
        kind=TaskKind.PRESERVE, state=state, ordered_at=AT, partner_ref="T-1",
        partner_revision=3, expires_at=LATER if state in (S.PRESERVED, S.EXPIRED) else None,
    )  # fmt: skip
    values: dict[str, Any] = {
        "partner_ref": "T-1", "revision": 4, "order_ref": "task-1", "state": fact,
        "preserved_until": None, "modified_at": AT, "answers": (), "reason": "OTHER",
    }  # fmt: skip
    changes = Changeset(replace(_file(), tasks=(task,)))
    apply_task_fact(changes, "task-1", TaskFact(**(values | more)), AT)
    return changes


def _file() -> CaseFile:
    recovery = RecoveryRow(
        id="rec-1", ref="R-2026-0001", state=RecoveryState.OPEN, regime="CN", currency="CNY",
        reported_at=AT,
    )  # fmt: skip
    return CaseFile(
        recovery=recovery, claims=(), assets=(), holds=(), requests=(), allocations=(),
        payouts=(), approvals=(), calls=(), trace=None, balances=(), shared_with=(),
    )  # fmt: skip


def kinds(changes: Changeset) -> list[DiscrepancyKind]:
    return [d.kind for d in changes.file.discrepancies]


@pytest.mark.parametrize(("state", "fact"), list(product(TaskState, PartnerTaskState)))
def test_every_word_on_a_task_is_a_move_or_nothing_new_or_looked_into(
    state: TaskState, fact: PartnerTaskState
) -> None:
    changes = told(state, fact)
    event = changes.moves[0].event
    is_move = event not in ("updated", "undone")
    repeats = (state, fact) in NOTHING_NEW or (state, fact) == (S.PRESERVED, P.PRESERVED)
    assert [is_move, repeats, bool(kinds(changes))].count(True) == 1, event


@pytest.mark.parametrize(
    ("state", "fact"),
    [
        (S.REFUSED, P.DONE), (S.REFUSED, P.PRESERVED), (S.CANCELLED, P.DONE),
        (S.CANCELLED, P.PRESERVED), (S.DONE, P.CANCELLED), (S.DONE, P.REFUSED),
        (S.DONE, P.IN_PROGRESS), (S.EXPIRED, P.DONE), (S.PRESERVED, P.DONE),
    ],
)  # fmt: skip
def test_news_that_contradicts_a_settled_task_is_a_discrepancy(
    state: TaskState, fact: PartnerTaskState
) -> None:
    changes = told(state, fact)
    (found,) = changes.file.discrepancies
    assert (found.kind, found.subject_noun, found.asset_id) == (
        DiscrepancyKind.CONTRADICTS_OUTCOME, EntityKind.TASK, "asset-1",
    )  # fmt: skip
    assert found.detail == f"recorded as {state}, stated now as {fact}"


def test_a_renewal_that_comes_after_the_end_is_in_force_and_no_contradiction() -> None:
    changes = told(S.EXPIRED, P.PRESERVED, preserved_until=LATER + timedelta(days=30))
    assert changes.file.tasks[0].state is S.PRESERVED
    assert kinds(changes) == []
    assert kinds(told(S.EXPIRED, P.PRESERVED, preserved_until=None)) == ["contradicts_outcome"]
