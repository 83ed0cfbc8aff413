"""What a partner's word on a task does to the file: each answer is an event with its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.multi_agency import TaskKind, TaskRenewal, TaskRow, TaskState
from models.facts import PartnerTaskState, TaskAnswer, TaskFact
from models.ids import digest_bytes
from models.language.phrase import joined, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.ledger import bank_contradictions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import stage as multi_agency

_S, _P = TaskState, PartnerTaskState
_SHOWN = 12
_EVENTS: dict[tuple[TaskState, PartnerTaskState], str] = {
    (_S.ACKNOWLEDGED, _P.DONE): "done",
    (_S.ACKNOWLEDGED, _P.PRESERVED): "preserved",
    (_S.ACKNOWLEDGED, _P.REFUSED): "refused",
    (_S.ACKNOWLEDGED, _P.CANCELLED): "refused",
    (_S.ORDERED, _P.RECEIVED): "acknowledged",
    (_S.ORDERED, _P.IN_PROGRESS): "acknowledged",
    (_S.ORDERED, _P.DONE): "done",
    (_S.ORDERED, _P.PRESERVED): "preserved",
    (_S.ORDERED, _P.REFUSED): "refused",
    (_S.ORDERED, _P.CANCELLED): "refused",
    (_S.PRESERVED, _P.EXPIRED): "expired",
    (_S.PRESERVED, _P.CANCELLED): "expired",
    (_S.PRESERVED, _P.REFUSED): "expired",
    (_S.DONE, _P.CANCELLED): "undone",
    (_S.DONE, _P.REFUSED): "undone",
    (_S.CANCEL_PENDING, _P.CANCELLED): "cancelled",
    (_S.CANCEL_PENDING, _P.EXPIRED): "cancelled",
    (_S.CANCEL_PENDING, _P.REFUSED): "cancelled",
}
NOTHING_NEW: Mapping[tuple[TaskState, PartnerTaskState], str] = {
    (_S.ACKNOWLEDGED, _P.RECEIVED): stored_phrase("it works on it, as recorded"),
    (_S.ACKNOWLEDGED, _P.IN_PROGRESS): stored_phrase("it works on it, as recorded"),
    (_S.PRESERVED, _P.IN_PROGRESS): stored_phrase("it works on it, the data are preserved"),
    (_S.DONE, _P.DONE): stored_phrase("done, as recorded"),
    (_S.REFUSED, _P.REFUSED): stored_phrase("refused, as recorded"),
    (_S.REFUSED, _P.CANCELLED): stored_phrase("nothing was done, as recorded"),
    (_S.EXPIRED, _P.EXPIRED): stored_phrase("nothing is preserved, as recorded"),
    (_S.EXPIRED, _P.CANCELLED): stored_phrase("nothing is preserved, as recorded"),
    (_S.EXPIRED, _P.REFUSED): stored_phrase("nothing is preserved, as recorded"),
    **{
        (_S.CANCELLED, told): stored_phrase("nothing is done or kept, as recorded")
        for told in (_P.CANCELLED, _P.EXPIRED, _P.REFUSED)
    },
    **{
        (_S.CANCEL_PENDING, told): stored_phrase("its taking back is on its way")
        for told in (_P.RECEIVED, _P.IN_PROGRESS, _P.DONE, _P.PRESERVED)
    },
}
"""What only repeats our records; a test finds every other pair to be a move or a discrepancy."""

_WHY = {
    (_S.ORDERED, _P.CANCELLED): stored_phrase("the partner cancelled it"),
    (_S.ACKNOWLEDGED, _P.CANCELLED): stored_phrase("the partner cancelled it"),
    (_S.PRESERVED, _P.EXPIRED): stored_phrase("the partner let it end early"),
    (_S.PRESERVED, _P.CANCELLED): stored_phrase("the partner let it go without being told to"),
    (_S.DONE, _P.CANCELLED): stored_phrase("the partner undid it without being told to"),
}


def apply_task_fact(changes: Changeset, task_id: str, fact: TaskFact, now: datetime) -> None:
    """Take what is new in a partner's word on a task, answer by answer.

    A revision that was taken already changes nothing; what contradicts the recorded outcome of a
    task is a discrepancy.
    """
    task = multi_agency.task_of(changes.file, task_id)
    if fact.revision <= task.partner_revision:
        return
    new = [a for a in fact.answers if a.number > task.answers]
    for answer in new:
        _apply(changes, task_id, fact, answer.state, answer, now)
    if not new or new[-1].state is not fact.state:
        _apply(changes, task_id, fact, fact.state, None, now)


def _apply(
    changes: Changeset,
    task_id: str,
    fact: TaskFact,
    state: PartnerTaskState,
    answer: TaskAnswer | None,
    now: datetime,
) -> None:
    task = multi_agency.task_of(changes.file, task_id)
    values: dict[str, Scalar] = {
        "partner_ref": fact.partner_ref,
        "partner_revision": fact.revision,
        "answered_at": fact.modified_at if answer is None else answer.at,
    }
    reason = _why(task, fact, state)
    if answer is not None:
        document = digest_bytes(answer.document)
        values |= {"answers": answer.number, "document": document}
        told = stored_phrase(
            "answer {number}, document {document}", number=answer.number, document=document[:_SHOWN]
        )
        reason = joined("; ", filter(None, (reason, told)))
    if state is PartnerTaskState.REFUSED:
        values["reason"] = fact.reason
    event, more = _event(task, fact, state)
    move = Transition(
        EntityKind.TASK, task.id, event, task.state, {**values, **more}, reason=reason
    )
    changes.apply(move)
    if contradicts(task, fact, state, event):
        about = bank_contradictions.About(EntityKind.TASK, task.id, task.asset_id)
        bank_contradictions.contradicts(changes, about, task.state, state, fact.revision, now)


def contradicts(task: TaskRow, fact: TaskFact, state: PartnerTaskState, event: str) -> bool:
    """Whether a partner's state of a task is none that could follow on the recorded one."""
    if event == "undone":
        return True
    if event != "updated" or (task.state, state) in NOTHING_NEW:
        return False
    if state is not PartnerTaskState.PRESERVED or task.state is TaskState.EXPIRED:
        # What is still preserved beyond its recorded end has an end of its own.
        return state is not PartnerTaskState.PRESERVED or fact.preserved_until is None
    return task.state is not TaskState.PRESERVED


def _why(task: TaskRow, fact: TaskFact, state: PartnerTaskState) -> str:
    if state is PartnerTaskState.REFUSED:
        after = stored_phrase("refused after it was preserved: {code}", code=fact.reason)
        return after if task.state is TaskState.PRESERVED else fact.reason
    ended = task.expires_at is not None and task.expires_at <= fact.modified_at
    if state is PartnerTaskState.EXPIRED and task.state is TaskState.PRESERVED and ended:
        return multi_agency.why_ended(task)
    return _WHY.get((task.state, state), "")


def _event(task: TaskRow, fact: TaskFact, state: PartnerTaskState) -> tuple[str, dict[str, Scalar]]:
    """Which event a partner's state is here, with the columns that it changes."""
    if state is PartnerTaskState.PRESERVED:
        return _preserved(task, fact)
    event = _EVENTS.get((task.state, state), "updated")
    ends: dict[str, Scalar] = {"renewal": TaskRenewal.NONE} if event == "expired" else {}
    return event, ends


def _preserved(task: TaskRow, fact: TaskFact) -> tuple[str, dict[str, Scalar]]:
    until, ends = fact.preserved_until, task.expires_at
    if task.state in (TaskState.ORDERED, TaskState.ACKNOWLEDGED):
        return "preserved", {"expires_at": until, "reminded_hours": 0, "escalated_at": None}
    if task.state not in (TaskState.PRESERVED, TaskState.EXPIRED) or until is None:
        return "updated", {}
    if ends is None or until > ends:
        return "renewed", {
            "expires_at": until,
            "renewal": TaskRenewal.NONE,
            "renewals": task.renewals + 1,
            "reminded_hours": 0,
            "escalated_at": None,
        }
    return "updated", {"expires_at": until} if task.state is TaskState.PRESERVED else {}


def apply_refusal(changes: Changeset, kind: CallKind, task_id: str, code: str) -> None:
    """A partner refused a call about a task for good; the task says so."""
    task = multi_agency.task_of(changes.file, task_id)
    if kind is CallKind.TASK and task.state is TaskState.ORDERED:
        values: dict[str, Scalar] = {"reason": code}
        changes.apply(
            Transition(EntityKind.TASK, task.id, "refused", task.state, values, reason=code)
        )
    elif kind is CallKind.TASK_EXTEND and task.state is TaskState.PRESERVED:
        reason = stored_phrase("the partner did not prolong it: {code}", code=code)
        values = {"renewal": TaskRenewal.REFUSED}
        changes.apply(
            Transition(
                EntityKind.TASK, task.id, "renewal_refused", task.state, values, reason=reason
            )
        )
    elif kind is CallKind.TASK_CANCEL and task.state is TaskState.CANCEL_PENDING:
        reason = stored_phrase("the partner did not take it back: {code}", code=code)
        values = {"reason": code}
        changes.apply(
            Transition(EntityKind.TASK, task.id, _kept(task), task.state, values, reason=reason)
        )


def _kept(task: TaskRow) -> str:
    """The event after which a task that was not taken back is what it was before."""
    if task.kind is not TaskKind.PRESERVE:
        return "cancel_refused"
    return "preservation_kept" if task.expires_at is not None else "still_asked"
