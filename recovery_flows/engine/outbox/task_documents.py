"""A partner's word on a task: the documents of its answers are kept, then it is booked."""

from __future__ import annotations

from datetime import datetime

from models.facts import TaskFact
from models.store.documents import keep
from models.store.unit import Unit
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import answers as task_answers, stage as multi_agency

DOCUMENT_KIND = "task answer"


def settle_task(
    unit: Unit, changes: Changeset, task_id: str, fact: TaskFact, now: datetime, wall_now: datetime
) -> None:
    """Keep each answer's document by its digest, and take what is new of the task."""
    if fact.revision > multi_agency.task_of(changes.file, task_id).partner_revision:
        for answer in fact.answers:
            keep(unit, answer.document, DOCUMENT_KIND, answer.media_type, wall_now)
    task_answers.apply_task_fact(changes, task_id, fact, now)
