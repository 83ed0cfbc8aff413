"""What people decide on a multi-agency request: start, confirm, deny, renew, cancel, take note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.multi_agency import (
    MultiAgencyRequestState,
    TaskKind,
    TaskRenewal,
    TaskRow,
    TaskState,
)
from models.entities.recovery import RecoveryState
from models.ids import canonical, derive_id
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from models.sealing.sealed_place import SealedPlace
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask
from recovery_flows.errors import StepRefusedError
from recovery_flows.law import terms
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Measure, Row, Status
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import stage as multi_agency
from recovery_flows.multi_agency.plan import Planned

Seal = Callable[[object, SealedPlace], str]
TASKS_MAX = 200
_LAST_INSTANT = timedelta(microseconds=1)
_WITHDRAWABLE = frozenset(
    {TaskState.ORDERED, TaskState.ACKNOWLEDGED, TaskState.DONE, TaskState.PRESERVED}
)


@dataclass(frozen=True, slots=True)
class Sealing:
    """How personal values are kept: sealed, and known again by a keyed fingerprint."""

    seal: Seal
    fingerprint: Callable[[str], str]


def check_open(file: CaseFile) -> None:
    """StepRefusedError unless a multi-agency request can be started on this file."""
    if file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: accept it before partners are asked",
                ref=file.recovery.ref,
                recovery_state=file.recovery.state,
            )
        )


def _check_law(law: Regime) -> None:
    if not law.has(Measure.MULTI_AGENCY_REQUEST):
        raise StepRefusedError(
            phrase("regime {code} has no rule for a multi-agency request", code=law.code)
        )


def _check_planned(file: CaseFile, planned: Sequence[Planned]) -> None:
    """StepRefusedError for nobody to ask, and for too many at once."""
    if len(planned) > TASKS_MAX:
        raise StepRefusedError(phrase(
            "{count} tasks at once are too many: {tasks_max} are the most", count=len(planned),
            tasks_max=TASKS_MAX,
        ))  # fmt: skip
    if not planned:
        raise StepRefusedError(
            phrase("there is nobody to ask about {ref} that was not", ref=file.recovery.ref)
        )


def start(
    changes: Changeset,
    planned: Sequence[Planned],
    copy: Mapping[str, object],
    identifiers: Sequence[Sequence[str]],
    sealing: Sealing,
    actor: str,
    now: datetime,
    laws: Regimes,
) -> str:
    """Send all tasks first, in one instant; another person confirms them within the unit's time.

    `copy` is what an authority is told, `identifiers` (kind, value) what was found. Returns the
    multi-agency request's id.
    """
    file = changes.file
    law = laws[file.recovery.regime]
    check_open(file)
    _check_law(law)
    _check_planned(file, planned)
    linkage_id = derive_id("linkage", file.recovery.id, len(file.multi_agency_requests) + 1)
    row = law.measure(Measure.MULTI_AGENCY_ANSWER)
    due = terms.due_at(row.limit, now, law)
    found = sorted(map(list, identifiers))
    values: dict[str, Scalar] = {
        "started_by": actor,
        "started_at": now,
        "due_at": due,
        "identifiers_sealed": sealing.seal(
            found, SealedPlace("linkage", linkage_id, "identifiers_sealed")
        ),
        "identifiers_digest": sealing.fingerprint(canonical(found).decode()),
    }
    basis = basis_text(row)
    changes.apply(
        Transition(
            EntityKind.MULTI_AGENCY_REQUEST, linkage_id, "started", None, values, legal_basis=basis
        ),
        *(_order(p, linkage_id, copy, sealing, now, due, law) for p in planned),
    )
    limit = law.measure(Measure.MULTI_AGENCY_REQUEST).limit
    confirm_by = terms.due_at(limit, now, law)
    ask(
        changes,
        ApprovalKind.MULTI_AGENCY_REQUEST,
        linkage_id,
        actor,
        now,
        due_at=confirm_by,
        post_hoc=True,
    )
    for task in multi_agency.tasks_of(changes.file, linkage_id):
        changes.call(multi_agency.intent(changes.file, task, CallKind.TASK))
    return linkage_id


def basis_text(row: Row) -> str:
    """A row of the law as it is told to a partner: the article only where it was read."""
    return f"{row.instrument}, {row.article}" if row.status is Status.CONFIRMED else row.instrument


def _order(
    planned: Planned,
    linkage_id: str,
    copy: Mapping[str, object],
    sealing: Sealing,
    now: datetime,
    due: datetime,
    law: Regime,
) -> Transition:
    key = planned.subject.key()
    print_of = sealing.fingerprint(key)
    task_id = derive_id("task", linkage_id, planned.partner_id, planned.kind, print_of)
    preserves = planned.kind is TaskKind.PRESERVE
    measure = Measure.PRESERVATION if preserves else Measure.MULTI_AGENCY_ANSWER
    row = law.measure(measure)
    told: dict[str, object] = {"type": planned.subject.kind, "value": planned.subject.value}
    if planned.kind is TaskKind.COPY:
        told["incident"] = dict(copy)
    values: dict[str, Scalar] = {
        "linkage_id": linkage_id,
        "asset_id": planned.asset_id,
        "partner_id": planned.partner_id,
        "kind": planned.kind,
        "subject_sealed": sealing.seal(told, SealedPlace("task", task_id, "subject_sealed")),
        "subject_digest": print_of,
        "subject_hint": planned.hint,
        "law_row": row.code,
        "ordered_at": now,
        "due_at": due,
    }
    return Transition(EntityKind.TASK, task_id, "ordered", None, values)


def confirm(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person said yes to exactly these tasks, which have been sent."""
    del now, laws
    request = multi_agency.request_of(changes.file, approval.subject_id)
    changes.apply(
        Transition(EntityKind.MULTI_AGENCY_REQUEST, request.id, "confirmed", request.state)
    )


def deny(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """A second person said no: every task is taken back at its partner."""
    request = multi_agency.request_of(changes.file, approval.subject_id)
    changes.apply(
        Transition(
            EntityKind.MULTI_AGENCY_REQUEST, request.id, "denied", request.state, reason=reason
        )
    )
    multi_agency.withdraw(changes, request.id, reason)


def new_end(task: TaskRow, law: Regime) -> datetime:
    """When a renewed preservation ends: one term more, from the last day of the present one."""
    if task.expires_at is None:
        raise ValueError(f"task {task.id} has no end that could be put off")
    return terms.due_at(law.row(task.law_row).limit, task.expires_at - _LAST_INSTANT, law)


def renew(changes: Changeset, task_id: str, now: datetime) -> None:
    """Ask a partner to preserve for another term; the officer decides it alone."""
    task = multi_agency.task_of(changes.file, task_id)
    if task.state is not TaskState.PRESERVED or task.expires_at is None:
        raise StepRefusedError(
            phrase(
                "task {task_id} is {task_state}: nothing is preserved to renew",
                task_id=task_id,
                task_state=task.state,
            )
        )
    if task.renewal == TaskRenewal.ORDERED:
        raise StepRefusedError(
            phrase(
                "task {task_id}: its renewal is on its way to {partner_id}",
                task_id=task_id,
                partner_id=task.partner_id,
            )
        )
    values: dict[str, Scalar] = {"renewal": TaskRenewal.ORDERED}
    changes.apply(Transition(EntityKind.TASK, task.id, "renewal_ordered", task.state, values))
    mark = now.isoformat()
    changes.call(multi_agency.intent(changes.file, task, CallKind.TASK_EXTEND, mark))


def acknowledge_expiry(changes: Changeset, task_id: str) -> None:
    """The owner takes note that what was preserved is not kept any longer."""
    task = multi_agency.task_of(changes.file, task_id)
    values: dict[str, Scalar] = {"renewal": TaskRenewal.SEEN}
    changes.apply(Transition(EntityKind.TASK, task.id, "expiry_seen", task.state, values))


def cancel_task(changes: Changeset, task_id: str, reason: str) -> None:
    """An officer takes one task back at its partner: it is not needed any longer."""
    task = multi_agency.task_of(changes.file, task_id)
    request = multi_agency.request_of(changes.file, task.linkage_id)
    before = len(changes.moves)
    if task.state in _WITHDRAWABLE and request.state is not MultiAgencyRequestState.DENIED:
        multi_agency.withdraw_task(changes, task, reason)
    if len(changes.moves) == before:
        raise StepRefusedError(
            phrase(
                "task {task_id} is {task_state}: it cannot be withdrawn now",
                task_id=task_id,
                task_state=task.state,
            )
        )
