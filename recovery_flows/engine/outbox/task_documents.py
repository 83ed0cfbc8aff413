"""A partner's word on a task: the documents of its answers are kept, then it is booked."""

from __future__ import annotations

from datetime import datetime

from models.facts import TaskFact
from models.store.documents import keep
from models.store.unit import Unit
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import answers as task_answers, stage as multi_agency

DOCUMENT_KIND = "task answer"


def take_task(
    unit: Unit, progress: Changeset, task_id: str, fact: TaskFact, now: datetime, wall: datetime
) -> None:
    """Keep each answer's document by its digest, and take what is new of the task."""
    if fact.revision > multi_agency.task_of(progress.file, task_id).partner_revision:
        for answer in fact.answers:
            keep(unit, answer.document, DOCUMENT_KIND, answer.media_type, wall)
    task_answers.take_task_fact(progress, task_id, fact, now)
